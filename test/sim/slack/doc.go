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
package slack
