package discord

// Intents are the groups of events that the gateway sends. https://discord.com/developers/docs/events/gateway#gateway-intents
type Intents int

// The groups in use: threads, messages, reactions, typing, and what messages say, which must be switched on for the bot.
const (
	IntentGuilds         Intents = 1 << 0
	IntentMessages       Intents = 1 << 9
	IntentReactions      Intents = 1 << 10
	IntentTyping         Intents = 1 << 11
	IntentMessageContent Intents = 1 << 15

	// AllIntents is what Bellhop asks for.
	AllIntents = IntentGuilds | IntentMessages | IntentReactions | IntentTyping | IntentMessageContent
)

// Ending is what a gateway's close code means.
type Ending int

const (
	// EndingResume: connect again and resume the session.
	EndingResume Ending = iota
	// EndingAnew: connect again and begin a new session.
	EndingAnew
	// EndingFatal: connecting again changes nothing; a person must.
	EndingFatal
)

// endings are the codes that are not EndingResume, with what is to be done about the fatal ones.
// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
var endings = map[int]struct {
	ending Ending
	advice string
}{
	4003: {EndingAnew, ""}, // not authenticated, or the session was ended
	4007: {EndingAnew, ""}, // a sequence that never was
	4009: {EndingAnew, ""}, // the session timed out
	4004: {EndingFatal, "Discord does not take DISCORD_BOT_TOKEN: reset the token on the application's Bot page and set it anew"},
	4010: {EndingFatal, "Discord does not take the shard"},
	4011: {EndingFatal, "the bot is in more than 2,500 servers, which needs several gateways: use a bot of its own for Bellhop"},
	4012: {EndingFatal, "Discord no longer speaks this version of its gateway: update Bellhop"},
	4013: {EndingFatal, "Discord does not know the intents that Bellhop asks for: update Bellhop"},
	4014: {EndingFatal, "switch on Message Content Intent on the application's Bot page, https://discord.com/developers/applications"},
}

// EndingOf tells what a close code means, and for EndingFatal what a person must do. 0 is a connection that was lost.
func EndingOf(code int) (ending Ending, advice string) {
	known := endings[code]
	return known.ending, known.advice
}
