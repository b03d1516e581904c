package deliver

import (
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// laneKey names a lane.
type laneKey struct {
	project id.Project
	session id.Session
}

// cardState is what is known of a thread's card.
type cardState int

const (
	cardUnknown cardState = iota // the record decides: nothing was ever settled in a thread without a card
	cardDue
	cardPosted
)

// lane is what is remembered of a session. The consumer hands over one event of a session at a time, so only place, busy and
// late, which others look at, are guarded.
type lane struct {
	// clean: everything up to this stream sequence was looked at and worked off.
	clean uint64
	// owed was done on the platform and could not be reported yet.
	owed []bus.Event
	card cardState
	// opened holds when threads took the place of deleted ones.
	opened []time.Time

	// failures in a row, the last of them, and when the next try is due.
	failures  int
	lastErr   error
	notBefore time.Time

	// Marks on single deliveries, by stream sequence.
	plain, alone, noReply uint64
	// saidClosed: the line is posted, the thread is not closed yet.
	saidClosed uint64
	// astray: the thread may be open or closed otherwise than its conversation. A closing got no answer, or the thread was opened for
	// what was written in a conversation that is closed.
	astray bool
	// job is the post that is being made; nil between two. lists counts the lists that were asked for.
	job   *job
	lists int

	// traced is the last call that was made in a trace.
	traced trace.SpanContext

	busy bool
	// late is the time of the oldest event that is not worked off; zero when none is known.
	late  time.Time
	place Place
	typed time.Time
}

// lanes remembers sessions, the idle ones only as long as there is room.
type lanes struct {
	mu   sync.Mutex
	most int
	all  map[laneKey]*lane
}

func newLanes(most int) *lanes { return &lanes{most: most, all: map[laneKey]*lane{}} }

// enter is the lane of a session, for as long as one event is handled.
func (ls *lanes) enter(k laneKey, at time.Time) *lane {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.all[k]
	if l == nil {
		ls.evict()
		l = &lane{}
		ls.all[k] = l
	}
	l.busy = true
	if l.late.IsZero() || at.Before(l.late) {
		l.late = at
	}
	return l
}

// leave ends what enter began; done says that nothing of the session is left to do.
func (ls *lanes) leave(l *lane, place Place, done bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l.busy = false
	if place.Thread != "" {
		l.place = place
	}
	if done {
		l.late = time.Time{}
	}
}

// evict makes room: which of the idle lanes goes does not matter, all of them can be looked up again.
func (ls *lanes) evict() {
	for k, l := range ls.all {
		if len(ls.all) < ls.most {
			return
		}
		if !l.busy && l.late.IsZero() && len(l.owed) == 0 {
			delete(ls.all, k)
		}
	}
}

// debts are the lanes with something done and not reported.
func (ls *lanes) debts() map[laneKey][]bus.Event {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	owed := map[laneKey][]bus.Event{}
	for k, l := range ls.all {
		if len(l.owed) > 0 {
			owed[k] = l.owed
		}
	}
	return owed
}

// typing tells where to show that a visitor is typing, at most once in every.
func (ls *lanes) typing(k laneKey, every time.Duration) (Place, bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.all[k]
	if l == nil || l.place.Thread == "" || time.Since(l.typed) < every {
		return Place{}, false
	}
	l.typed = time.Now()
	return l.place, true
}

// lag is the age of the oldest event that is not worked off.
func (ls *lanes) lag() time.Duration {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	var oldest time.Time
	for _, l := range ls.all {
		if !l.late.IsZero() && (oldest.IsZero() || l.late.Before(oldest)) {
			oldest = l.late
		}
	}
	if oldest.IsZero() {
		return 0
	}
	return time.Since(oldest)
}
