// Package slack simulates Slack for one app in one workspace: the Web API, the Events API with its signatures and retries, Socket
// Mode, interactivity, files, and the channel behind it with its operators. A stateful, strict server on loopback with
// limits, scopes, injected faults, and a page to type in.
//
// It reads Slack's documents on its own and shares no code with the product, so that a mistake in one of the two shows up
// as a disagreement.
//
// It refuses what Slack refuses, in its words; it refuses to listen anywhere but on 127.0.0.1 and to deliver to what is not on
// loopback. It is a part of the Web API: a method outside of that part answers unknown_method and leaves a warning.
//
// In a test:
//
//	sim := slack.New(slack.Options{})
//	if err := sim.Start(ctx); err != nil { … }
//	defer sim.Close()
//	… point the app at sim.URL(), with sim.Token(), sim.AppToken(), sim.SigningSecret() and sim.ChannelID() …
//	err := sim.SetEventsURL(ctx, "http://127.0.0.1:8080/slack/events") // or let the app open a socket
//	thread, err := sim.AwaitThread(ctx, "Ana")
//	sim.Say(ctx, thread.TS, "hello", slack.As("Olga"))
//
// # Where things are
//
//	/api/<method>             the Web API           /upload/v1/…, /files-pri/…  uploads and downloads
//	/link/                    Socket Mode           /services/…                 the incoming webhook
//	/respond/…                response_url          /archives/…                 permalinks
//	/                         the operators' page
//
// # Control API
//
// The same over HTTP, as JSON, under /_sim/. Errors are 400 with {"error": "…"}. Durations end in Ns and are nanoseconds.
//
//	GET  state threads threads/{ts}/messages messages messages/{ts} pinged requests?method= deliveries interactions views
//	     connections files files/{id} limits warnings faults snapshot, and events (server-sent, one per change)
//	POST say            {"thread", "text", "as", "app", "channel", "broadcast", "me", "raw", "files": [{"name", "type", "data"}]}
//	POST edit           {"message", "text"}            delete {"message"}
//	POST react, unreact {"message", "emoji", "as"}     press {"message", "button", "as"}
//	POST shortcut       {"message", "callback", "as"}  slash {"command", "text", "as", "thread"}
//	POST submit         {"view", "values"}             thread/delete {"thread"}
//	POST thread/lock    {"thread", "on"}               channel/archive, channel/unarchive {}
//	POST channel/rename {"name"}                       channel/restrict {"code"}
//	POST channel/add    {"name", "private", "has"}     bot/kick, bot/invite {}
//	POST scope          {"scope", "has"}               subscription {"event", "on"}
//	POST token/revoke, token/uninstall {}              token/replace {"token"}
//	POST url            {"to", "url"}: events, interactivity, commands or all
//	POST forge          {"to", "how"}: missing, wrong, stale, altered, replayed or case
//	POST sockets/refresh, sockets/cut {}               sockets/stall, sockets/mode {"on"}
//	POST fault          a Fault                        fault/delivery a DeliveryFault
//	POST fault/release  {"id"}                         fault/clear {}
//	POST trouble        {"name", "on"}: a switch of the page
//	POST budget         a Budget                       clock {"seconds"}: moves the time forward
//	POST orphans        {"on"}: refuse them            skew {"seconds"}: of the time that is signed
//	POST reset          {}                             restore: a snapshot
package slack
