package session

import (
	"fmt"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
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
	// External is what a customer's backend calls the session, if it came in by the bridge API.
	External string

	mu    sync.Mutex
	asked time.Time // when the sessions service was asked
	// visit is the session to start, encoded: a gateway holds many of them, and most are never looked at again. Nil as soon
	// as anything of the session is on the bus.
	visit     []byte
	begun     bool // something of the session has been on the bus
	closed    bool
	seq       uint64 // newest event of the session that this gateway knows of
	status    uint64 // the event that closed or reopened it last
	read      string // the newest message of the visitor that the team is known to have read
	readKnown bool   // read is all that was read before this gateway's start, too

	erased  bool // everything of it is forgotten: nothing more is taken
	blocked bool
	rated   bool
	rating  int64       // when the rating that is still to be given was asked for, in milliseconds; 0 for none
	version string      // what the visitor's widget has said of itself, until its page was told that it is old
	said    wire.Spacer // what the team has said just now
	seen    int64       // when the visitor asked for anything last, in nanoseconds
}

// Opening is what must go on the bus before the session's next fact.
type Opening struct {
	// Start is the session to start; nil when it has been started.
	Start *bellhopv1.Session
	// Reopen tells that the session is closed.
	Reopen bool
	// Closed is the event that closed it: it makes a reopening's id stable, so that two gateways reopen once.
	Closed uint64
}

// Opening tells what must come before the session's next fact.
func (e *Entry) Opening() Opening {
	e.mu.Lock()
	defer e.mu.Unlock()
	opening := Opening{Reopen: e.closed, Closed: e.status}
	if e.visit != nil {
		opening.Start = new(bellhopv1.Session)
		if proto.Unmarshal(e.visit, opening.Start) != nil { // keep has encoded it
			opening.Start = &bellhopv1.Session{Id: string(e.Session), VisitorId: e.Visitor}
		}
	}
	return opening
}

// Shown is the id by which a customer's backend knows the session.
func (e *Entry) Shown() string {
	if e.External != "" {
		return e.External
	}
	return string(e.Session)
}

// Visit tells whether nothing of the session is on the bus yet.
func (e *Entry) Visit() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.visit != nil
}

// Recorded notes facts that are on the bus now, the newest at seq.
func (e *Entry) Recorded(facts []bus.Event, seq uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if seq <= e.seq { // heard already, and perhaps what came after it
		return
	}
	for _, f := range facts {
		e.note(f.Type, seq, func() proto.Message { return f.Data })
	}
}

// hear notes an event that passes by. They come in stream order.
func (e *Entry) hear(live bus.Live) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if live.Seq > e.seq {
		e.note(live.Type, live.Seq, func() proto.Message {
			ev, err := live.Event()
			if err != nil {
				return nil // the feed logs it
			}
			return ev.Data
		})
	}
}

// note takes an event in; data decodes it, which few are worth.
func (e *Entry) note(t bus.Type, seq uint64, data func() proto.Message) {
	e.seq = seq
	if begins(t) {
		e.begun, e.visit = true, nil
	}
	switch t {
	case bus.SessionErased:
		e.erased, e.visit = true, nil
	case bus.SessionClosed:
		e.closed, e.status = true, seq
	case bus.SessionReopened:
		e.closed, e.status = false, seq
	case bus.SessionBlocked:
		if blocked, ok := data().(*eventv1.Switch); ok {
			e.blocked = blocked.GetOn()
		}
	case bus.CsatRequested:
		if asked, ok := data().(*eventv1.Csat); ok && !e.rated {
			e.rating = asked.GetAt().AsTime().UnixMilli()
		}
	case bus.CsatSubmitted:
		e.rating, e.rated = 0, true
	}
}

// begins tells the events after which a visit is a conversation. What is only sent to a page makes none.
func begins(t bus.Type) bool {
	switch t {
	case bus.SessionStarted, bus.SessionUpdated, bus.SessionLeft, bus.SessionClosed, bus.SessionReopened, bus.EventReceived,
		bus.MessageCreated, bus.MessageEdited, bus.MessageDeleted, bus.MessageDeliver, bus.MessageFailed, bus.MessageRead, bus.ThreadOpened:
		return true
	default:
		return false
	}
}

// keep takes an answer of the sessions service over, where nothing newer has been heard meanwhile.
func (e *Entry) keep(record *sessionsv1.SessionRecord) error {
	var visit []byte
	if record.GetVisit() {
		var err error
		if visit, err = proto.Marshal(record.GetSession()); err != nil {
			return fmt.Errorf("keep visit: %w", err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = time.Now()
	if record.GetSeq() >= e.seq {
		csat := record.GetSession().GetCsat()
		e.seq, e.blocked, e.rating, e.rated = record.GetSeq(), record.GetSession().GetBlocked(), 0, csat.GetScore() > 0
		if csat.GetPending() && !e.rated {
			e.rating = csat.GetRequestedAt().AsTime().UnixMilli()
		}
	}
	e.begun = e.begun || !record.GetVisit()
	if e.visit = nil; !e.begun {
		e.visit = visit
	}
	if seq := record.GetStatusSeq(); seq >= e.status {
		e.closed, e.status = record.GetSession().GetStatus() == "closed", seq
	}
	return nil
}

// visitRenewal is how often a visit is asked for again, so that its day does not end while somebody looks at the page.
const visitRenewal = time.Hour

func (e *Entry) stale() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.visit != nil && time.Since(e.asked) > visitRenewal
}
