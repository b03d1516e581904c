// Package block reads Block Kit: it checks the blocks of a message as strictly as Slack's schema does, finds their
// buttons and texts, and fills in what Slack fills in.
//
// It draws nothing and knows no message. Kinds of blocks that Bellhop never sends are accepted as they are.
package block
