// Package telegram simulates Telegram's Bot API and the group behind it: a stateful, strict server on loopback with
// forum topics, operators, rights, budgets, webhooks, long polling, injected faults, and a page to type in.
//
// It reads the Bot API's documents on its own and shares no code with the product, so that a mistake in
// one of the two shows up as a disagreement.
//
// It refuses what the real server refuses, in its words; it refuses to listen anywhere but on 127.0.0.1 and to
// deliver to a webhook that is not on loopback. It is not a complete Bot API: a method that is not implemented
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
package telegram
