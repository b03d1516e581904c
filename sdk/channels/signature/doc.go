// Package signature has the signatures of the Pusher Channels protocol: of subscriptions, of sign-ins, of requests to the HTTP API and of
// webhooks. Who signs and who verifies both call it, so that they can't disagree.
//
// Each signature is the lower-case hex of an HMAC-SHA256 over a string, keyed by an app's secret. The …String functions are that string:
// a server tells it to whom it refuses, for with it developers find their mistake, and it tells nothing secret. [Digest] signs it.
//
// The package knows nothing of clocks, keys or apps: that a timestamp is recent, that body_md5 fits the body and that a key is
// the app's is for the caller to see to. It does no I/O, and needs nothing beyond the standard library.
package signature
