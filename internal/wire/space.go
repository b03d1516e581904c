package wire

import (
	"hash/maphash"
	"slices"
	"time"
)

// equalWithin is how long after a message PocketPing's widget takes another one of the same sender with the same text for the same message, and
// never shows it. It compares their timestamps.
const equalWithin = 2 * time.Second

// Spacer finds the timestamps at which equal messages of a conversation's team are all shown. It remembers a message for no longer than it can
// hide another. The zero value is ready; its user locks.
type Spacer struct{ said []said }

type said struct {
	what uint64 // sender and text
	at   time.Time
}

var seed = maphash.MakeSeed()

// At answers the timestamp to show a message with: its own, unless that is too near to an equal one's. Messages come in their order.
func (s *Spacer) At(sender, content string, at time.Time) time.Time {
	if sender == visitor {
		return at
	}
	what := maphash.String(seed, sender+"\x00"+content)
	s.said = slices.DeleteFunc(s.said, func(old said) bool { return at.Sub(old.at) >= equalWithin })
	for _, old := range s.said { // each is later than the equal one before it
		if old.what == what {
			at = old.at.Add(equalWithin)
		}
	}
	s.said = append(s.said, said{what, at})
	return at
}

// Space gives messages of a conversation, in their order, timestamps at which a widget shows them all.
func Space(messages []Message) {
	var spacer Spacer
	for i, m := range messages {
		if m.Timestamp != nil && m.DeletedAt == nil {
			at := Time(spacer.At(m.Sender, m.Content, time.Time(*m.Timestamp)))
			messages[i].Timestamp = &at
		}
	}
}
