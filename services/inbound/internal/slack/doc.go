// Package slack receives what operators do in Slack: by its webhook, or over sockets where Slack can't reach us. A Bot is one app in
// one channel; it verifies, translates, hands in, and only then tells Slack that something has arrived. After an absence that was longer
// than Slack's patience it reads in the threads what was written meanwhile.
//
// It refuses to post conversations: all it sends are short answers to the operator who did something, which nobody else sees.
package slack
