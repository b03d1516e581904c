// Package session is what a gateway knows of sessions: a cache over the sessions service, kept current by the live events.
//
// It saves the question "does this session exist, and whose is it?" on every message. It refuses to be a store: whatever is
// not here is asked for, and what is here may be forgotten at any time.
package session
