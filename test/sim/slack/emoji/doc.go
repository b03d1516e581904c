// Package emoji holds the short names of the emoji that people and bots use most. It is a part of Slack's list; a name
// outside of it is refused by the simulator, so add it here when a bot needs it.
package emoji
