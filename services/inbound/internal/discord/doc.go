// Package discord receives what operators do in Discord: what they write by the gateway, commands and buttons by the gateway or
// posted by Discord. A Bot is one bot of one project; it translates, has it stored, and remembers how far it has come only then.
//
// It refuses to post conversations: all it sends are short answers to the operator who did something. It hears nothing but the
// threads of the configured channel. It refuses to believe what is posted without Discord's signature.
package discord
