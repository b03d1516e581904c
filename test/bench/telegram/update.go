// Package telegram makes the updates that a load generator posts to Bellhop's webhook. It refuses to be complete: it knows
// one kind, an operator's text in a topic.
package telegram

import (
	"encoding/json"
	"time"
)

// SecretHeader carries the webhook's secret.
const SecretHeader = "X-Telegram-Bot-Api-Secret-Token"

type chat struct {
	ID      int64  `json:"id"`
	Type    string `json:"type"`
	Title   string `json:"title"`
	IsForum bool   `json:"is_forum"`
}

type user struct {
	ID        int64  `json:"id"`
	FirstName string `json:"first_name"`
}

type message struct {
	ID       int64  `json:"message_id"`
	ThreadID int64  `json:"message_thread_id"`
	IsTopic  bool   `json:"is_topic_message"`
	From     user   `json:"from"`
	Chat     chat   `json:"chat"`
	Date     int64  `json:"date"`
	Text     string `json:"text"`
}

// Text is the update of an operator's text in a topic. id and messageID must be new each time.
func Text(id, chatID, topicID, messageID int64, text string) []byte {
	raw, err := json.Marshal(struct {
		ID      int64   `json:"update_id"`
		Message message `json:"message"`
	}{id, message{
		ID: messageID, ThreadID: topicID, IsTopic: true, From: user{7, "Olga"}, Date: time.Now().Unix(), Text: text,
		Chat: chat{chatID, "supergroup", "Support", true},
	}})
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	return raw
}
