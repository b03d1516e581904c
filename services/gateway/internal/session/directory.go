package session

import (
	"context"
	"fmt"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Directory is the cache.
type Directory struct {
	client sessionsv1.SessionsClient

	mu    sync.Mutex // an event is noted either on the entry or on the question that will become it
	cache *lru.Cache[Key, *Entry]
	open  map[Key]*asking
}

// asking is a session that the sessions service is being asked for, and what is heard of it until the answer is here.
type asking struct {
	entry  *Entry
	askers int
}

// New makes a directory that remembers at most size sessions.
func New(client sessionsv1.SessionsClient, size int) (*Directory, error) {
	cache, err := lru.New[Key, *Entry](size)
	if err != nil {
		return nil, fmt.Errorf("make session cache: %w", err)
	}
	return &Directory{client: client, cache: cache, open: map[Key]*asking{}}, nil
}

// Find answers a session: ErrUnknown, ErrUnavailable.
func (d *Directory) Find(ctx context.Context, key Key) (*Entry, error) {
	known, ok := d.cache.Get(key)
	if ok && known.Erased() {
		return nil, ErrUnknown
	}
	if ok && !known.stale() {
		return known, nil
	}
	key.Session = id.Session(strings.Clone(string(key.Session))) // not a piece of a request that it would keep alive
	question := d.Ask(key)
	defer question.End()
	record, err := d.client.Get(ctx, &sessionsv1.GetRequest{Project: string(key.Project), SessionId: string(key.Session)})
	switch code := status.Code(err); {
	case code == codes.OK:
		return question.Answer(record)
	case ok: // what is known of a visit is all there is to know
		return known, nil
	case code == codes.NotFound || code == codes.InvalidArgument:
		return nil, ErrUnknown
	default:
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
}

// Begin remembers a session of which nothing is on the bus yet: its first fact starts it, as a visit's does. One that is known is
// answered as it is.
func (d *Directory) Begin(key Key, session *bellhopv1.Session) (*Entry, error) {
	question := d.Ask(key)
	defer question.End()
	return question.Answer(&sessionsv1.SessionRecord{Project: string(key.Project), Session: session, Visit: true})
}

// Looks tells whether a session is known to be a visit of which nothing is on the bus. It asks nobody.
func (d *Directory) Looks(key Key) bool {
	e, ok := d.cache.Peek(key)
	return ok && e.Visit()
}

// Question is a question to the sessions service about one session.
type Question struct {
	directory *Directory
	asking    *asking
}

// Ask begins a question: what is heard of the session from now on counts, even if the answer does not know of it. End must
// follow.
func (d *Directory) Ask(key Key) *Question {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.open[key]
	if !ok {
		a = &asking{entry: &Entry{Key: key}}
		d.open[key] = a
	}
	a.askers++
	return &Question{directory: d, asking: a}
}

// Answer remembers what the sessions service has answered.
func (q *Question) Answer(record *sessionsv1.SessionRecord) (*Entry, error) {
	d, e := q.directory, q.asking.entry
	d.mu.Lock()
	defer d.mu.Unlock()
	known, ok := d.cache.Peek(e.Key)
	if e.Erased() || ok && known.Erased() {
		return nil, ErrUnknown
	}
	if ok {
		return known, known.keep(record)
	}
	if err := e.keep(record); err != nil {
		return nil, err
	}
	if visitor := record.GetSession().GetVisitorId(); e.Visitor != visitor { // it never changes: a second asker only reads it
		e.Visitor = visitor
	}
	if external := record.GetSession().GetExternalId(); e.External != external {
		e.External = external
	}
	if d.open[e.Key] == q.asking { // else everything was forgotten meanwhile: good for this one request only
		d.cache.Add(e.Key, e)
	}
	return e, nil
}

// End must be called when the question is over, with or without an answer.
func (q *Question) End() {
	d, key := q.directory, q.asking.entry.Key
	d.mu.Lock()
	defer d.mu.Unlock()
	if q.asking.askers--; q.asking.askers == 0 && d.open[key] == q.asking {
		delete(d.open, key)
	}
}

// Hear keeps the cache current.
func (d *Directory) Hear(live bus.Live) {
	key := Key{live.Project, live.Session}
	d.mu.Lock()
	defer d.mu.Unlock()
	if e, ok := d.cache.Peek(key); ok {
		e.hear(live)
	}
	if a, ok := d.open[key]; ok {
		a.entry.hear(live)
	}
}

// Bury notes that a session was erased, which the bus has and the live events are about to tell.
func (d *Directory) Bury(key Key) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.cache.Peek(key)
	if !ok {
		e = &Entry{Key: key}
		d.cache.Add(key, e)
	}
	e.bury()
	if a, ok := d.open[key]; ok {
		a.entry.bury()
	}
}

// Forget drops everything, questions under way included: after a hole in the live events nothing is sure.
func (d *Directory) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cache.Purge()
	clear(d.open)
}
