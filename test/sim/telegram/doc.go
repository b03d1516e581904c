// Package telegram simulates Telegram's Bot API and the group behind it: a stateful, strict server on loopback with
// forum topics, operators, rights, budgets, webhooks, long polling, injected faults, and a page to type in.
//
// It reads the Bot API's documents on its own and shares no code with the product, so that a mistake in
// one of the two shows up as a disagreement.
//
// It refuses what the real server refuses, in its words; it refuses to listen anywhere but on 127.0.0.1 and to
// deliver to a webhook that is not on loopback. It is a part of the Bot API: a method outside of that part
// answers 404 and leaves a warning.
//
// In a test:
//
//	sim := telegram.New(telegram.Options{})
//	if err := sim.Start(ctx); err != nil { … }
//	defer sim.Close()
//	… point the bot at sim.URL(), with sim.Token() and sim.ChatID() …
//	topic := sim.Topics()[0]
//	sim.Say(ctx, topic.ID, "hello", telegram.As("Olga"))
//
// # Control API
//
// The same over HTTP, as JSON, under /_sim/. Errors are 400 with {"error": "…"}. Durations end in Ns and are nanoseconds.
//
// Where there are several groups, "chat" (of a GET: ?chat=) names the one that is meant, else it is the first.
//
//	GET  state topics topics/{id}/messages messages/{id} pinged requests?method= deliveries callbacks
//	     limits warnings faults files/{id} snapshot, and events (server-sent, one per change)
//	POST say            {"topic", "text", "as", "replyTo", "quote", "anonymous", "bot", "files": [{"kind", "name", "type", "data"}]}
//	POST edit           {"message", "text"}            delete, pin {"message"}
//	POST react          {"message", "emoji", "as", "anonymous"}
//	POST press          {"message", "button", "as", "inaccessible"}
//	POST topic/create   {"name", "as"}                 topic/close, topic/reopen, topic/delete {"topic"}
//	POST topic/rename   {"topic", "name"}
//	POST fault          a Fault                        fault/delivery a DeliveryFault
//	POST fault/release  {"id"}                         fault/clear {}
//	POST trouble        {"name", "on"}: a switch of the page
//	POST budget         a Budget                       clock {"seconds"}: moves the time forward
//	POST right          {"right", "has"}               bot {"status"}
//	POST token/revoke   {}                             token/replace {"token"}
//	POST forum          {"forum"}                      migrate {}
//	POST reset          {}                             restore: a snapshot
package telegram
