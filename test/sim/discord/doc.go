// Package discord simulates Discord's REST API, its gateway and the guild behind them: a stateful, strict server on loopback with
// a forum (or text) channel, threads, operators, permissions, rate limits, webhooks, interactions, injected faults, and a page to
// type in.
//
// It reads Discord's documents on its own and shares no code with the product, so that a mistake in one of the two shows up
// as a disagreement. The client library disgo talks to it in the conformance tests.
//
// It refuses what the real server refuses, in its words; it refuses to listen anywhere but on 127.0.0.1 and to deliver to an
// interactions endpoint that is not on loopback. It is a part of the API (routes.go lists it): a call outside of that part
// answers 404 and leaves a warning. Of compression the gateway knows zlib-stream only.
//
// In a test:
//
//	sim := discord.New(discord.Options{})
//	if err := sim.Start(ctx); err != nil { … }
//	defer sim.Close()
//	… point the bot at sim.URL(), with sim.Token() and sim.ChannelID() …
//	thread, err := sim.AwaitThread(ctx, "Ana")
//	sim.Say(ctx, thread.ID, "hello", discord.As("Olga"))
//
// Everything that has a time runs on Options.Clock, but how long a client may leave its heartbeats out, because it beats by the
// machine's clock. Idle threads archive themselves when somebody looks or does something, so that no timer is armed for them.
//
// # Control API
//
// The same over HTTP, as JSON, under /_sim/. Errors are 400 with {"error": "…"}. Durations end in Ns and are nanoseconds.
//
//	GET  state threads threads/{id}/messages messages/{id} pinged requests?method= deliveries interactions sessions
//	     limits warnings faults files/{id} snapshot, and events (server-sent, one per change)
//	POST say            {"thread", "text", "as", "replyTo", "bot", "files": [{"name", "type", "data"}]}
//	POST edit           {"message", "text"}            delete, touch {"message"}
//	POST react          {"message", "emoji", "as"}     unreact likewise; an empty emoji is all of them
//	POST press          {"message", "button", "as"}    slash {"thread", "command", "values", "as"}
//	POST typing         {"thread", "as"}
//	POST thread/create  {"name", "text", "as"}         thread/close, archive, lock, reopen, delete {"thread"}
//	POST thread/rename  {"thread", "name"}             thread/tag {"thread", "tags"}
//	POST channel/delete {}                             webhook/create {"name"}, webhook/delete {"webhook"}
//	POST fault          a fault.Fault                  fault/delivery a fault.Delivery
//	POST fault/release  {"id"}                         fault/clear {}
//	POST trouble        {"name", "on"}: a switch or a button of the page
//	POST budget         a Budget                       clock {"seconds"}: moves the time forward
//	POST right          {"right", "has"}               overwrite {"allow", "deny"}: of the bot's role in the channel
//	POST intent         {"intent", "on"}: in the portal
//	POST token/revoke   {}                             token/replace {"token"}
//	POST bot/remove     {}                             bot/invite {}
//	POST endpoint       {"url"}: where interactions go; "" is the gateway
//	POST gateway/reconnect, drop, half-open, heartbeat, forget {}
//	POST gateway/invalidate {"resumable"}              gateway/close {"code"}, gateway/acks {"on"}
//	POST reset          {}                             restore: a snapshot
package discord
