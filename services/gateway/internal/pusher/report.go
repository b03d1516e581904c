package pusher

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	// reportMost is how many channels one report is about.
	reportMost = 500
	// reportTimeout bounds a report, and reportRetry is the pause after one that failed.
	reportTimeout = 5 * time.Second
	reportRetry   = 200 * time.Millisecond
	// usualLease is how long a lease lasts where the sessions service does not say.
	usualLease = 10 * time.Second
)

// reports keep the sessions service informed: one report at a time, of whatever has changed since the one before. So reports are in
// order, and a burst is one report.
type reports struct {
	server  *Server
	gateway string
	wake    chan struct{}
	renewal sync.Mutex // held while the lease is renewed, and all rooms learn that it is fresh

	mu            sync.Mutex // taken after a room's
	dirty, doubts []*room
	lease         uint64 // counts the fresh ones
	settled       bool
	lasts         time.Duration
	debt          debt
	next          *renewal // that has not begun
}

func newReports(s *Server) *reports {
	return &reports{server: s, gateway: string(id.NewMessage()), wake: make(chan struct{}, 1), lease: 1, lasts: usualLease}
}

// mark has a room reported. The room is locked.
func (r *reports) mark(room *room) {
	if !room.report.waits {
		room.report.waits = true
		r.add(&r.dirty, room)
	}
}

// look has it looked up how a channel stands. The room is locked.
func (r *reports) look(room *room) {
	if !room.report.looks {
		room.report.looks = true
		r.add(&r.doubts, room)
	}
}

func (r *reports) add(to *[]*room, room *room) {
	r.mu.Lock()
	*to = append(*to, room)
	r.mu.Unlock()
	r.awake()
}

func (r *reports) awake() {
	select {
	case r.wake <- struct{}{}:
	default: // it is awake
	}
}

// some takes rooms from a list.
func (r *reports) some(from *[]*room) []*room {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(reportMost, len(*from))
	taken := (*from)[:n:n]
	if *from = (*from)[n:]; len(*from) == 0 {
		*from = nil
	}
	return taken
}

func (r *reports) state() (lease uint64, settled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lease, r.settled
}

// run reports and looks up until ctx ends. Then it reports the sockets that have gone; what is left is taken back with the lease.
func (r *reports) run(ctx context.Context) {
	for ctx.Err() == nil {
		if rooms := r.some(&r.dirty); len(rooms) > 0 || r.due() {
			r.send(ctx, rooms)
			continue
		}
		if rooms := r.some(&r.doubts); len(rooms) > 0 {
			r.lookUp(ctx, rooms)
			continue
		}
		select {
		case <-r.wake:
		case <-ctx.Done():
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), reportTimeout)
	defer cancel()
	for rooms := r.some(&r.dirty); len(rooms) > 0 && last.Err() == nil; rooms = r.some(&r.dirty) {
		r.send(last, rooms)
	}
}

// send reports some rooms. Those whose report failed wait for the next.
func (r *reports) send(ctx context.Context, rooms []*room) {
	lease, settled := r.state()
	request := r.begin()
	for _, room := range rooms {
		room.mu.Lock()
		request.Moves = append(request.Moves, room.move())
		room.mu.Unlock()
	}
	r.conclude(request, rooms)
	call, cancel := context.WithTimeout(ctx, reportTimeout)
	answer, err := r.server.Channels.Report(call, request)
	cancel()
	if err != nil {
		r.failed(ctx, err)
	} else {
		r.taken(request, answer, lease)
	}
	for i, room := range rooms {
		room.mu.Lock()
		room.report.flies = false
		switch now, _ := r.state(); {
		case err != nil || now != lease: // or it was reported to who has forgotten it
			room.changed()
		default:
			room.moved(request.GetMoves()[i], answer.GetStandings()[i], settled)
		}
		room.settled()
		room.mu.Unlock()
	}
}

func (r *reports) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if status.Code(err) == codes.FailedPrecondition { // the lease has run out
		_ = r.renew(ctx) // it has said so
		return
	}
	r.server.metrics.unreported.Inc()
	r.server.Log.Warn("sockets of channels cannot be reported", zap.Error(err))
	pause(ctx, reportRetry)
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
