// Package bellhop is the client of Bellhop for a customer's own backend: it reads conversations, answers visitors, sends events to
// their pages, and hears what they do, over a stream that it keeps open ([Client.Listen]) or by webhooks that it verifies
// ([WebhookHandler]). It needs nothing beyond the standard library.
//
//	client, err := bellhop.New(bellhop.Options{URL: "https://chat.example.com", Key: os.Getenv("BELLHOP_KEY")})
//	...
//	client.OnMessage(func(ctx context.Context, m bellhop.Message, e *bellhop.Event) error {
//		_, err := client.SendMessage(ctx, e.SessionID, bellhop.Outgoing{Content: "One moment!"})
//		return err
//	})
//	err = client.Listen(ctx)
//
// # Errors and retries
//
// What Bellhop refuses is an [*Error] with its status and code. Calls are tried again, with a growing and jittered pause that honours
// Retry-After, when the connection fails or the answer is 429, 502, 503 or 504 — as far as doing a thing twice does no harm. A message
// has a key of its sender ([Outgoing].IdempotencyKey, made up if need be), so [Client.SendMessage] stores one message however often it is tried.
// Events to pages have no such key: [Client.EmitEvent] and [Client.BroadcastEvent] are tried again only when Bellhop can't have taken
// them, and otherwise the caller decides.
//
// # Handlers
//
// The On… methods of [Handlers] say what is to be done with events. Events are handled one at a time, in order, each at least once: one
// that was handled just before a crash comes again, so handlers must bear that ([Event].ID is the same both times). What an error of a
// handler leads to depends on who calls it: [Client.Listen] calls that handler again, with a growing pause, before it goes on to anything else;
// [WebhookHandler] answers 500, and Bellhop sends the event again later.
//
// # Filters
//
// ClientIP, CheckIPFilter, IsBot and CheckUAFilter, which Bellhop itself filters visitors with, are in package
// github.com/bellhop-chat/bellhop/sdk/guard.
//
// The package refuses to be a widget: it does not speak for visitors.
package bellhop
