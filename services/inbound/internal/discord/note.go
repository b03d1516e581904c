package discord

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/discord/gateway"
)

// mark is how far the bot has come: everything up to it is stored.
type mark struct {
	Session gateway.Session `json:"session"`
	// Seen is the newest message that was handled, of any channel. When a session is lost what came after it is read from the threads.
	Seen string `json:"seen,omitempty"`
}

const (
	// saveEvery is how often the mark is written: what a killed process has not written comes again, and is known.
	saveEvery = time.Second
	// saveTimeout bounds one writing.
	saveTimeout = 3 * time.Second
)

// ledger keeps the mark of events that are handled beside each other: it moves when all before have been handled.
type ledger struct {
	mu      sync.Mutex
	pending []*entry
	at      mark
	changed bool
}

// entry is one event on its way.
type entry struct {
	session gateway.Session
	message string
	done    bool
}

// begin enters an event.
func (l *ledger) begin(session gateway.Session, message string) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := &entry{session: session, message: message}
	l.pending = append(l.pending, e)
	return e
}

// finish says that an event is handled.
func (l *ledger) finish(e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.done = true
	for len(l.pending) > 0 && l.pending[0].done {
		first := l.pending[0]
		l.pending = l.pending[1:]
		l.at.Session, l.changed = first.session, true
		if first.message != "" && (l.at.Seen == "" || api.OlderID(l.at.Seen, first.message)) {
			l.at.Seen = first.message
		}
	}
}

// due is the mark if it has moved since the last time.
func (l *ledger) due() (mark, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	changed := l.changed
	l.changed = false
	return l.at, changed
}

// start is where the reading of what was missed begins if no message is ever handled.
func (l *ledger) start(seen string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at.Seen, l.changed = seen, true
}

// owe has the mark written once more.
func (l *ledger) owe() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed = true
}

// seen is the newest message that was handled.
func (l *ledger) seen() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at.Seen
}

// note is where the mark is written, for whoever holds the lease next.
type note struct {
	book *bus.Notebook
	key  string
	log  *zap.Logger

	mu       sync.Mutex
	revision uint64
}

func (b *Bot) note() *note {
	return &note{book: b.desk.Bus.Notebook(), key: Name + "/" + b.cfg.BotID() + "/" + string(b.project), log: b.log}
}

// load reads the mark; a new one if there is none, or none that can be read.
func (n *note) load(ctx context.Context) (mark, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var at mark
	found, err := n.book.Get(ctx, n.key)
	switch {
	case errors.Is(err, bus.ErrNoNote):
		n.revision = 0
		return at, nil
	case err != nil:
		return at, err
	}
	n.revision = found.Revision
	if json.Unmarshal(found.Value, &at) != nil {
		return mark{}, nil
	}
	return at, nil
}

// save writes the mark. An older one that overwrites a newer only makes things come again that are known.
func (n *note) save(ctx context.Context, at mark) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, saveTimeout)
	defer cancel()
	value, err := json.Marshal(at)
	if err != nil {
		n.log.Error("what was received cannot be written", zap.Error(err))
		return true
	}
	var revision uint64
	if n.revision == 0 {
		revision, err = n.book.Create(ctx, n.key, value)
	} else {
		revision, err = n.book.Update(ctx, n.key, value, n.revision)
	}
	if err == nil {
		n.revision = revision
		return true
	}
	if errors.Is(err, bus.ErrNoteChanged) { // perhaps by ourselves, whose answer was lost
		if found, err := n.book.Get(ctx, n.key); err == nil {
			n.revision = found.Revision
		}
	}
	n.log.Warn("what was received cannot be noted", zap.Error(err))
	return false
}
