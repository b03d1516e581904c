// Package foreign finds the session that a customer's backend means: by an id of ours, or by one of its own. What it calls a session
// becomes, by a secret that all gateways share, an id of ours that nobody can guess from it: ids of sessions are bearer secrets, and
// a backend may number its own. It refuses to remember which is which: the session says it.
package foreign
