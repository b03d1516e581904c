package wire

import (
	"testing"
	"time"
)

// shown is what PocketPing's widget makes of a list: an equal text of the same sender within two seconds is the same message to it.
func shown(messages []Message) (texts []string) {
	var kept []Message
	for _, m := range messages {
		hidden := false
		for _, old := range kept {
			apart := time.Time(*m.Timestamp).Sub(time.Time(*old.Timestamp)).Abs()
			hidden = hidden || m.Sender != visitor && m.Sender == old.Sender && m.Content == old.Content && apart < equalWithin
		}
		if !hidden {
			kept, texts = append(kept, m), append(texts, m.Content)
		}
	}
	return texts
}

func TestEqualMessagesOfTheTeamAreAllShownByAWidgetThatDropsWhatComesTwiceWithinTwoSeconds(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var list []Message
	say := func(sender, content string, after time.Duration) {
		at := Time(begin.Add(after))
		list = append(list, Message{Sender: sender, Content: content, Timestamp: &at})
	}
	say("operator", "yes", 0)
	say("operator", "yes", 100*time.Millisecond)
	say("visitor", "yes", 150*time.Millisecond)
	say("operator", "", 200*time.Millisecond) // two pictures
	say("operator", "", 200*time.Millisecond)
	say("ai", "yes", 300*time.Millisecond)
	say("operator", "yes", 3900*time.Millisecond)
	say("operator", "no", 4*time.Second)
	say("operator", "yes", 20*time.Second)
	if got := shown(list); len(got) == len(list) {
		t.Fatal("the widget of this test drops nothing")
	}
	Space(list)
	if got := shown(list); len(got) != len(list) {
		t.Errorf("shown: %q", got)
	}
	for i, after := range map[int]time.Duration{
		0: 0, 1: 2 * time.Second, 2: 150 * time.Millisecond, 4: 2200 * time.Millisecond, 5: 300 * time.Millisecond, 6: 4 * time.Second, 7: 4 * time.Second, 8: 20 * time.Second,
	} {
		if got := time.Time(*list[i].Timestamp).Sub(begin); got != after {
			t.Errorf("message %d is shown at %v, want %v", i, got, after)
		}
	}
}

func TestSpacingRemembersNoMoreThanCanHideAMessage(t *testing.T) {
	var s Spacer
	at := time.Unix(0, 0)
	for range 1000 {
		at = at.Add(time.Second)
		s.At("operator", at.String(), at)
	}
	if len(s.said) > 2 {
		t.Errorf("%d messages are remembered", len(s.said))
	}
}
