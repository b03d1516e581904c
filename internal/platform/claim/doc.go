// Package claim is what a project has for itself on the platforms: its bots, its chats and its webhooks.
//
// A bot is received from in one place and has one budget, and what is written in a chat is read by everybody there. So two projects
// share neither. The package refuses to know what is done with them.
package claim
