package absence

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nuid"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// Default is how long after a visitor has left that is said.
const Default = 15 * time.Second

// Why a visitor left, as far as is known.
const (
	PageUnload   = "page_unload"
	SocketClosed = "closed" // without a word
)

// Left is what is known of a leaving.
type Left struct {
	// Stay is how long the visitor was there.
	Stay   time.Duration
	Reason string
}

// Options are what a watch works with.
type Options struct {
	Intake *intake.Intake
	Hub    *hub.Hub
	// After is how long a visitor must be away; Default unless it is set.
	After time.Duration
	Log   *zap.Logger
}

// Watch waits for visitors to come back.
type Watch struct {
	Options
	self string

	mu      sync.Mutex
	leaving map[session.Key]*leaving
	stopped bool
	running sync.WaitGroup
}

// leaving is one visitor who seems to have left.
type leaving struct {
	Left
	began time.Time
	timer *time.Timer
	// back is closed when another gateway knows better.
	back chan struct{}
	once sync.Once
}

// New makes a watch. Run makes it work.
func New(o Options) *Watch {
	if o.After == 0 {
		o.After = Default
	}
	return &Watch{Options: o, self: nuid.Next(), leaving: map[session.Key]*leaving{}}
}

// grace is what tells "at the same time" from "later": a page that is left says so in several ways, to several gateways, and its
// last requests may arrive after that.
func (w *Watch) grace() time.Duration { return w.After / 5 }

// answer is how long another gateway may take to say that the visitor is there.
func (w *Watch) answer() time.Duration { return w.After / 15 }

// Run listens to the other gateways until ctx ends.
func (w *Watch) Run(ctx context.Context) error {
	for noun, hear := range map[string]bus.SignalHandler{questionNoun: w.asked, answerNoun: w.answered} {
		stop, err := w.Intake.Bus.OnSignal(noun, hear)
		if err != nil {
			return fmt.Errorf("hear other gateways: %w", err)
		}
		defer stop()
	}
	<-ctx.Done()
	w.stop()
	return nil
}

func (w *Watch) stop() {
	w.mu.Lock()
	w.stopped = true
	for key, l := range w.leaving {
		w.drop(key, l)
	}
	w.mu.Unlock()
	w.running.Wait()
}

// Closed notes that a connection of a visitor to this gateway has ended, and how long it was there: with the last of them he seems to leave. A
// gateway that closes has asked its clients to connect again, and who has only looked leaves nothing. A nil *Watch notes nothing.
func (w *Watch) Closed(key session.Key, stay time.Duration) {
	if w != nil && !w.Hub.Closing() && w.Hub.Holds(key) == 0 && !w.Intake.Directory.Looks(key) {
		w.Leaving(key, Left{Stay: stay, Reason: SocketClosed})
	}
}

// Leaving notes that a visitor seems to leave. What a page says of it counts more than that its socket was closed. A nil *Watch
// notes nothing.
func (w *Watch) Leaving(key session.Key, left Left) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return
	}
	after := w.After
	if before := w.leaving[key]; before != nil {
		if left.Reason == SocketClosed && time.Since(before.began) < w.grace() {
			left = before.Left
		}
		w.drop(key, before)
	}
	if left.Reason == SocketClosed { // perhaps another gateway was told more, and then it goes first
		after += 2 * w.answer()
	}
	l := &leaving{Left: left, began: time.Now(), back: make(chan struct{})}
	w.leaving[key] = l
	w.running.Add(1)
	l.timer = time.AfterFunc(after, func() {
		defer w.running.Done()
		w.decide(key, l)
	})
}

// Heard notes that it was said on the bus that a visitor left: once is enough. A leaving that has just begun is another one. A nil
// *Watch notes nothing.
func (w *Watch) Heard(key session.Key) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if l := w.leaving[key]; l != nil && time.Since(l.began) > w.After/2 {
		w.drop(key, l)
	}
}

// drop forgets a leaving; w.mu is held.
func (w *Watch) drop(key session.Key, l *leaving) {
	if w.leaving[key] == l {
		delete(w.leaving, key)
	}
	if l.timer.Stop() {
		w.running.Done()
	}
	l.once.Do(func() { close(l.back) })
}

// still tells whether a leaving is the newest that is known here, and the visitor was not seen again.
func (w *Watch) still(key session.Key, l *leaving) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.leaving[key] == l && !w.there(key, l.began)
}

// there tells whether a visitor was here after a leaving began, by what this gateway sees.
func (w *Watch) there(key session.Key, began time.Time) bool {
	return w.Hub.Holds(key) > 0 || w.Intake.Directory.Seen(key).After(began.Add(w.grace()))
}

type question struct {
	Gateway string `json:"gateway"`
	// Age is how long ago the leaving began, in milliseconds: gateways' clocks differ.
	Age int64 `json:"age"`
}

// Nouns of the signals between gateways.
const (
	questionNoun = "absent"
	answerNoun   = "present"
)

// asked answers another gateway, if the visitor is here, or has left here later.
func (w *Watch) asked(p id.Project, s id.Session, payload []byte) {
	var q question
	if p != w.Intake.Project || json.Unmarshal(payload, &q) != nil || q.Gateway == w.self {
		return
	}
	key := session.Key{Project: p, Session: s}
	began := time.Now().Add(-time.Duration(q.Age) * time.Millisecond)
	w.mu.Lock()
	l := w.leaving[key]
	knows := w.there(key, began) || l != nil && l.began.After(began.Add(w.grace()))
	w.mu.Unlock()
	if knows {
		w.signal(key, answerNoun, question{Gateway: q.Gateway})
	}
}

func (w *Watch) answered(p id.Project, s id.Session, payload []byte) {
	var q question
	if json.Unmarshal(payload, &q) != nil || q.Gateway != w.self {
		return
	}
	key := session.Key{Project: p, Session: s}
	w.mu.Lock()
	defer w.mu.Unlock()
	if l := w.leaving[key]; l != nil {
		w.drop(key, l)
	}
}

func (w *Watch) signal(key session.Key, noun string, q question) {
	payload, err := json.Marshal(q)
	if err == nil {
		err = w.Intake.Bus.Signal(key.Project, key.Session, noun, payload)
	}
	if err != nil {
		w.Log.Debug("other gateways not asked", zap.Error(err))
	}
}
