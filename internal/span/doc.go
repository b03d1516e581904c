// Package span is how Bellhop traces: OpenTelemetry's spans, sent by OTLP where the standard variables say so, and nothing at all
// where they don't. A span begins where a process is entered, by whoever has the provider; everything beneath takes it from its parent.
//
// It refuses to write addresses or texts into spans: Telegram's address holds the bot's token, a file's its ticket, and what people
// write is theirs. How a trace rides the bus is internal/bus's.
package span
