package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

var (
	// ErrUnknown says that there is no such session, or no longer such a visit.
	ErrUnknown = errors.New("unknown session")
	// ErrUnavailable says that the sessions service cannot answer now.
	ErrUnavailable = errors.New("sessions service unavailable")
)

// Key names a session.
type Key struct {
	Project id.Project
	Session id.Session
}

// Entry is one session as this gateway knows it.
type Entry struct {
	Key
	Visitor string
	asked   time.Time // when the sessions service was asked

	mu     sync.Mutex
	visit  *bellhopv1.Session // set while nothing of it is on the bus
	closed bool
	seq    uint64 // newest event of the session that this gateway knows of
	seen   uint64 // what the visitor's page has been shown by the last connect, 0 for not known
}

// Opening is what must go on the bus before the session's next fact.
type Opening struct {
	// Start is the session to start; nil when it has been started.
	Start *bellhopv1.Session
	// Reopen tells that the session is closed.
	Reopen bool
	// Seq is the newest event known: it makes a reopening's id stable, so that two gateways reopen once.
	Seq uint64
}

// Opening tells what must come before the session's next fact.
func (e *Entry) Opening() Opening {
	e.mu.Lock()
	defer e.mu.Unlock()
	return Opening{Start: e.visit, Reopen: e.closed, Seq: e.seq}
}

// Recorded notes facts that are on the bus now, the newest at seq.
func (e *Entry) Recorded(facts []bus.Event, seq uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range facts {
		e.note(f.Type)
	}
	e.seq = max(e.seq, seq)
}

func (e *Entry) note(t bus.Type) {
	switch t {
	case bus.SessionStarted:
		e.visit = nil
	case bus.SessionClosed:
		e.closed = true
	case bus.SessionReopened:
		e.closed = false
	}
}

// Visit tells whether nothing of the session is on the bus yet.
func (e *Entry) Visit() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.visit != nil
}

// visitRenewal is how often a visit is asked for again, so that its day does not end while somebody looks at the page.
const visitRenewal = time.Hour

func (e *Entry) stale() bool { return e.Visit() && time.Since(e.asked) > visitRenewal }

// Shown notes up to which event the page has just been shown the conversation.
func (e *Entry) Shown(seq uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.seen = seq
}

// TakeShown answers what Shown noted, once: it is good for the socket that follows a connect, not for a later one.
func (e *Entry) TakeShown() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	seq := e.seen
	e.seen = 0
	return seq
}

// Directory is the cache.
type Directory struct {
	client sessionsv1.SessionsClient
	cache  *lru.Cache[Key, *Entry]
}

// New makes a directory that remembers at most size sessions.
func New(client sessionsv1.SessionsClient, size int) (*Directory, error) {
	cache, err := lru.New[Key, *Entry](size)
	if err != nil {
		return nil, fmt.Errorf("make session cache: %w", err)
	}
	return &Directory{client: client, cache: cache}, nil
}

// Find answers a session: ErrUnknown, ErrUnavailable.
func (d *Directory) Find(ctx context.Context, key Key) (*Entry, error) {
	known, ok := d.cache.Get(key)
	if ok && !known.stale() {
		return known, nil
	}
	record, err := d.client.Get(ctx, &sessionsv1.GetRequest{Project: string(key.Project), SessionId: string(key.Session)})
	switch code := status.Code(err); {
	case code == codes.OK:
		return d.Put(key, record), nil
	case ok: // what is known of a visit is all there is to know
		return known, nil
	case code == codes.NotFound || code == codes.InvalidArgument:
		return nil, ErrUnknown
	default:
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
}

// Put remembers what the sessions service has answered.
func (d *Directory) Put(key Key, record *sessionsv1.SessionRecord) *Entry {
	e := &Entry{Key: key, asked: time.Now(), Visitor: record.GetSession().GetVisitorId(), seq: record.GetSeq(), closed: record.GetSession().GetStatus() == "closed"}
	if record.GetVisit() {
		e.visit = record.GetSession()
	}
	d.cache.Add(key, e)
	return e
}

// Hear keeps the cache current.
func (d *Directory) Hear(live bus.Live) {
	e, ok := d.cache.Peek(Key{live.Project, live.Session})
	if !ok {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if live.Seq > e.seq {
		e.seq = live.Seq
		e.note(live.Type)
	}
}

// Forget drops everything: after a hole in the live events nothing in the cache is sure.
func (d *Directory) Forget() { d.cache.Purge() }
