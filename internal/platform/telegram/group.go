package telegram

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
)

// ChatsFor are the groups for a conversation with this key, the one in which it is opened first: each of the configured groups gets
// its share, a key always gets the same order, and a further group takes over only what becomes its own share (rendezvous hashing).
//
// Telegram counts a bot's messages by group, so several groups carry several budgets. https://core.telegram.org/bots/faq
func (c Config) ChatsFor(key string) []int64 {
	chats := c.ChatIDs()
	slices.SortFunc(chats, func(a, b int64) int {
		return cmp.Or(cmp.Compare(score(b, key), score(a, key)), cmp.Compare(b, a))
	})
	return chats
}

// score is a number that depends on both, and on nothing else, for ever: conversations are found again by it.
func score(chat int64, key string) uint64 {
	sum := sha256.Sum256([]byte(strconv.FormatInt(chat, 10) + "/" + key))
	return binary.BigEndian.Uint64(sum[:])
}
