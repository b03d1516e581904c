// Package forum reads the simulated Telegram as operators do who look for one visitor's conversation. It refuses to know how
// Bellhop finds it: a topic is the visitor's whose posts name the visitor.
package forum

import (
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// Of are the topics that are not deleted and in which the bot names a visitor, oldest first.
func Of(state telegram.State, name string) []int64 {
	var found []int64
	for _, candidate := range state.Topics() {
		if candidate.State == telegram.TopicDeleted {
			continue
		}
		for _, m := range state.Messages(candidate.ID) {
			if m.FromBot() && strings.Contains(m.Text, name) {
				found = append(found, candidate.ID)
				break
			}
		}
	}
	return found
}

// Posts are the bot's messages that stand in a topic, oldest first.
func Posts(state telegram.State, id int64) []telegram.Message {
	var posts []telegram.Message
	for _, m := range state.Messages(id) {
		if m.FromBot() && !m.Deleted {
			posts = append(posts, m)
		}
	}
	return posts
}

// Text is everything that the bot's posts in a topic show, one below the other.
func Text(state telegram.State, id int64) string {
	var text strings.Builder
	for _, m := range Posts(state, id) {
		text.WriteString(m.Text + "\n")
	}
	return text.String()
}
