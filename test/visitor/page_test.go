package visitor

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func frame(kind, data string) []byte { return fmt.Appendf(nil, `{"type":%q,"data":%s}`, kind, data) }

func said(id, sender, content, status, at string) []byte {
	return frame("message", fmt.Sprintf(`{"id":%q,"sender":%q,"content":%q,"status":%q,"timestamp":%q}`, id, sender, content, status, at))
}

const (
	noon  = "2026-01-02T12:00:00.000Z"
	later = "2026-01-02T12:00:01.000Z"
	last  = "2026-01-02T12:00:09.000Z"
)

func TestPageShowsWhatAWidgetWould(t *testing.T) {
	cases := map[string]struct {
		frames [][]byte
		want   []string
		counts Counts
	}{
		"in the order of coming": {
			[][]byte{said("1", "visitor", "a", "sent", noon), said("2", "operator", "b", "sent", later)}, []string{"a sent", "b sent"}, Counts{},
		},
		"known id": {
			[][]byte{said("1", "visitor", "a", "sent", noon), said("1", "visitor", "a", "sent", noon), said("1", "visitor", "a", "read", noon)},
			[]string{"a read"}, Counts{Repeats: 1},
		},
		"same words of the team within two seconds": {
			[][]byte{said("1", "operator", "a", "sent", noon), said("2", "operator", "a", "sent", later), said("3", "operator", "a", "sent", last)},
			[]string{"a sent", "a sent"}, Counts{Doubles: 1},
		},
		"same words of the visitor": {
			[][]byte{said("1", "visitor", "a", "sent", noon), said("2", "visitor", "a", "sent", noon)}, []string{"a sent", "a sent"}, Counts{},
		},
		"a status that goes back": {
			[][]byte{said("1", "visitor", "a", "read", noon), frame("read", `{"messageIds":["1"],"status":"delivered"}`)},
			[]string{"a delivered"}, Counts{Regressions: 1},
		},
		"edited and deleted": {
			[][]byte{
				said("1", "operator", "a", "sent", noon), said("2", "operator", "b", "sent", noon),
				frame("message_edited", `{"messageId":"1","content":"A","editedAt":"`+later+`"}`),
				frame("message_deleted", `{"messageId":"2","deletedAt":"`+later+`"}`),
			},
			[]string{"A sent", " sent"}, Counts{},
		},
		"of unknown messages": {
			[][]byte{frame("message_edited", `{"messageId":"1","content":"A"}`), frame("read", `{"messageIds":["1"],"status":"read"}`), frame("news", `7`)},
			nil, Counts{},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := newPage()
			for _, f := range c.frames {
				p.take(f)
			}
			var shown []string
			for _, m := range p.Messages() {
				shown = append(shown, m.Content+" "+m.Status)
			}
			c.counts.Frames = len(c.frames)
			if !slices.Equal(shown, c.want) || p.Counts() != c.counts || len(p.Unreadable()) > 0 {
				t.Errorf("%q %+v %q, want %q %+v", shown, p.Counts(), p.Unreadable(), c.want, c.counts)
			}
		})
	}
}

func TestBubbleIsNamedByWhicheverAnswerComesFirst(t *testing.T) {
	for name, socketFirst := range map[string]bool{"HTTP": false, "socket": true} {
		t.Run(name, func(t *testing.T) {
			p := newPage()
			p.edit(func() {
				p.messages = append(p.messages, &Message{ID: "temp-1", Content: "a", Sender: "visitor", Status: "sending"})
			})
			echo := func() { p.take(said("7", "visitor", "a", "sent", noon)) }
			if socketFirst {
				echo()
			}
			p.edit(func() { p.answered("temp-1", Sent{MessageID: "7"}, nil) })
			if !socketFirst {
				echo()
			}
			if shown := p.Messages(); len(shown) != 1 || shown[0].ID != "7" || shown[0].Status != "sent" {
				t.Errorf("shown: %v", shown)
			}
		})
	}
}

func TestRefusedBubbleGoes(t *testing.T) {
	p := newPage()
	p.edit(func() { p.messages = append(p.messages, &Message{ID: "temp-1", Content: "a", Sender: "visitor"}) })
	p.edit(func() { p.answered("temp-1", Sent{}, context.DeadlineExceeded) })
	if shown := p.Messages(); len(shown) != 0 {
		t.Errorf("shown: %v", shown)
	}
}

func TestUnreadableFramesAreKept(t *testing.T) {
	p := newPage()
	p.take([]byte("no JSON"))
	p.take(frame("message", `[]`))
	p.take(frame("read", `{"messageIds":"1"}`))
	if got := len(p.Unreadable()); got != 3 {
		t.Errorf("%d unreadable frames, want 3", got)
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := newPage().Wait(ctx, func() bool { return false }); err == nil {
		t.Error("waited for nothing and was told that it came")
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(said("1", "visitor", "a", "sent", noon))
	f.Add(frame("read", `{"messageIds":["1"],"status":"read"}`))
	f.Add([]byte(`{"type":"message","data":null}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		p := newPage()
		p.take(raw) // must not panic, whatever a server sends
		_ = p.String()
	})
}
