package telegram

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// ChatFor is the group in which a conversation with this key is opened: each of the configured groups gets its share, a key always
// gets the same one, and a further group takes over only what becomes its own share (rendezvous hashing). It is 0 without a chat.
//
// Telegram counts a bot's messages by group, so several groups carry several budgets. https://core.telegram.org/bots/faq
func (c Config) ChatFor(key string) int64 {
	var chosen int64
	var most uint64
	for _, chat := range c.ChatIDs() {
		if score := score(chat, key); chosen == 0 || score > most || score == most && chat > chosen {
			chosen, most = chat, score
		}
	}
	return chosen
}

// score is a number that depends on both, and on nothing else, for ever: conversations are found again by it.
func score(chat int64, key string) uint64 {
	sum := sha256.Sum256([]byte(strconv.FormatInt(chat, 10) + "/" + key))
	return binary.BigEndian.Uint64(sum[:])
}
