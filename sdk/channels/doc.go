// Package channels is what a backend needs of Pusher Channels, as Bellhop's gateway serves it, or Pusher: it triggers events, asks who is
// there, lets visitors into private and presence channels, signs users in and out, and reads webhooks.
//
//	client, err := channels.FromURL(os.Getenv("PUSHER_URL")) // https://KEY:SECRET@chat.example.com/apps/ID
//	...
//	_, err = client.Trigger(ctx, []string{"orders"}, "shipped", map[string]any{"order": 7})
//	http.Handle("/pusher/auth", client.AuthHandler(mayJoin))
//
// # Errors
//
// What can't be right is refused before anything is sent, by one of the Err… variables. What the server refuses is an [*Error] with its
// status and what it said; [ErrAuthentication], [ErrTooLarge] and [ErrProxyAuthentication] are the same for errors.Is. Where no answer came
// the error is [ErrConnection], and says why. No error has a secret or a proxy's password in it.
//
// Nothing is tried again: an event has no id by which a server could tell that it has it already, so who calls decides whether twice
// is better than never. That is the same with the gem and with Pusher's libraries.
//
// # Concurrency
//
// A [Client] is safe for concurrent use, keeps its connections open, and needs no closing. Where the gem has trigger_async, Go has go.
// Events that must arrive in order have to be triggered one after the other.
//
// # Encrypted channels
//
// On channels whose name begins with private-encrypted- data are sealed before they are sent (NaCl secretbox), and those who may join are
// told the key by the auth endpoint; the server sees neither. That needs [Options].EncryptionMasterKey.
//
// The package refuses to be a subscriber: hearing events is for browsers, with pusher-js.
package channels
