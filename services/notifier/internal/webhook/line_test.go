package webhook

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestANoteComesBackForAnySession(t *testing.T) {
	for _, session := range []id.Session{"ses_2KuyjJT0JIPUz4BgziZYi4", "a/b", "%2F", "a%b/c", "ü 😀", "all", "../x"} {
		want := note{Next: 7, Through: 9, Attempts: 3, Due: time.Unix(1_700_000_000, 0).UTC(), Told: true, Since: time.Unix(1_600_000_000, 0).UTC()}
		value, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		key := lineKey{"default", session}
		l, err := readNote(Events, bus.Note{Key: key.path(Events), Value: value, Revision: 5})
		if err != nil || l.key != key || l.note != want || l.revision != 5 {
			t.Errorf("%q: %+v, %v", session, l, err)
		}
	}
}

func FuzzReadNote(f *testing.F) {
	f.Add("outgoing/webhook/waiting/05/default/ses_1", []byte(`{"next":1,"through":2}`))
	f.Add("outgoing/webhook/waiting/05/default", []byte(`{}`))
	f.Add("outgoing/webhook/disabled", []byte(`null`))
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		if l, err := readNote(Events, bus.Note{Key: key, Value: value}); err == nil && l.note.Next == 0 {
			t.Error("nothing to begin with")
		}
	})
}

func FuzzTyping(f *testing.F) {
	f.Add([]byte(`{"sender":"operator","isTyping":true}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		if signal, ok := typingOf("s", payload); ok && signal.session != "s" {
			t.Error(signal)
		}
	})
}

func TestRecentForgetsTheOldestOnly(t *testing.T) {
	r := newRecent()
	key := func(n int) lineKey {
		return lineKey{"default", id.Session(string(rune('a'+n%26)) + time.Duration(n).String())}
	}
	for n := range 2*remembered + 1 {
		r.done(key(n), 5)
	}
	if r.covers(key(0), 5) || !r.covers(key(2*remembered), 5) || !r.covers(key(remembered+1), 4) || r.covers(key(2*remembered), 6) {
		t.Error("remembers the wrong ones")
	}
}
