package visitor

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Page is what the visitor's browser shows. All methods are safe for concurrent use.
type Page struct {
	mu       sync.Mutex
	changed  chan struct{}
	messages []*Message
	events   []CustomEvent
	counts   Counts
	closed   int
	ratings  int
	pictures []ScreenshotRequest
	typing   bool
	online   bool
	// transport is how the page hears the server: socket, events or polling; empty before it has begun.
	transport string
	unread    []string // frames that were not JSON
}

// Counts tell of what a page was sent and does not show.
type Counts struct {
	// Repeats were messages that the page had already and that told nothing new: harmless, the widget finds them by id.
	Repeats int
	// Doubles were new ids with a sender, text and second that the page had: the widget drops them.
	Doubles int
	// Regressions were statuses that went back, from read to delivered for example.
	Regressions int
	// Frames is everything that came over the socket.
	Frames int
}

func newPage() *Page { return &Page{changed: make(chan struct{})} }

// edit changes the page and wakes who waits.
func (p *Page) edit(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	close(p.changed)
	p.changed = make(chan struct{})
}

// read looks at the page.
func read[T any](p *Page, look func() T) T {
	p.mu.Lock()
	defer p.mu.Unlock()
	return look()
}

// Messages are the messages shown, in the page's order.
func (p *Page) Messages() []Message {
	return read(p, func() []Message {
		out := make([]Message, len(p.messages))
		for i, m := range p.messages {
			out[i] = *m
		}
		return out
	})
}

// Events are the custom events that the page was sent.
func (p *Page) Events() []CustomEvent {
	return read(p, func() []CustomEvent { return slices.Clone(p.events) })
}

// Counts are the page's counters.
func (p *Page) Counts() Counts { return read(p, func() Counts { return p.counts }) }

// Ratings counts how often the rating card was shown, Pictures are the pictures of the page that were asked for.
func (p *Page) Ratings() int { return read(p, func() int { return p.ratings }) }
func (p *Page) Pictures() []ScreenshotRequest {
	return read(p, func() []ScreenshotRequest { return slices.Clone(p.pictures) })
}

// Closed counts session_closed frames, Typing tells whether the dots are shown, Online what the header says.
func (p *Page) Closed() int  { return read(p, func() int { return p.closed }) }
func (p *Page) Typing() bool { return read(p, func() bool { return p.typing }) }
func (p *Page) Online() bool { return read(p, func() bool { return p.online }) }

// Transport is how the page hears the server: socket, events or polling; empty before it has begun.
func (p *Page) Transport() string { return read(p, func() string { return p.transport }) }

// Wait returns nil as soon as the condition holds; it looks again after each change.
func (p *Page) Wait(ctx context.Context, condition func() bool) error {
	for {
		changed := read(p, func() chan struct{} { return p.changed })
		if condition() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// String is the page for a failing test.
func (p *Page) String() string {
	lines := []string{"the page shows:"}
	for _, m := range p.Messages() {
		lines = append(lines, "  "+m.String())
	}
	return strings.Join(append(lines, fmt.Sprintf("  closed %d times, %d events, %+v", p.Closed(), len(p.Events()), p.Counts())), "\n")
}

// find is the message with an id. The caller holds mu.
func (p *Page) find(id string) *Message {
	for _, m := range slices.Backward(p.messages) {
		if m.ID == id {
			return m
		}
	}
	return nil
}

// show adds a message or updates the one that is there, as the widget does. The caller holds mu.
func (p *Page) show(m Message) {
	if known := p.find(m.ID); known != nil {
		p.update(known, m)
		return
	}
	for _, shown := range p.messages {
		switch {
		case m.Sender == "visitor" && shown.temporary() && shown.Content == m.Content:
			*shown = m
			return
		case m.Sender != "visitor" && shown.Sender == m.Sender && shown.Content == m.Content && near(shown.Timestamp, m.Timestamp):
			p.counts.Doubles++
			return
		}
	}
	p.messages = append(p.messages, &m)
	p.typing = p.typing && m.Sender == "visitor"
}

func near(a, b time.Time) bool { return a.Sub(b).Abs() < 2*time.Second }

// update merges news into a message. The caller holds mu.
func (p *Page) update(known *Message, news Message) {
	if progress[news.Status] < progress[known.Status] && news.Status != "" {
		p.counts.Regressions++
	}
	if !known.merge(news) {
		p.counts.Repeats++
	}
}

// newest is the "after" of a polling page; zero for an empty one.
func (p *Page) newest() time.Time {
	return read(p, func() time.Time {
		var newest time.Time
		for _, m := range p.messages {
			if t := m.known(); t.After(newest) {
				newest = t
			}
		}
		return newest
	})
}

// take shows one frame of the socket.
func (p *Page) take(raw []byte) {
	var f Frame
	p.edit(func() {
		p.counts.Frames++
		if err := json.Unmarshal(raw, &f); err != nil {
			p.unread = append(p.unread, string(raw))
			return
		}
		if react, known := reactions[f.Type]; known {
			if err := react(p, f.Data); err != nil {
				p.unread = append(p.unread, string(raw))
			}
		}
	})
}

// Unreadable are the frames that were no JSON or not of their type's shape.
func (p *Page) Unreadable() []string {
	return read(p, func() []string { return slices.Clone(p.unread) })
}
