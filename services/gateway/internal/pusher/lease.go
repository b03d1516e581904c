package pusher

import (
	"context"
	"time"

	"go.uber.org/zap"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// renewing keeps this gateway's lease until ctx ends.
func (r *reports) renewing(ctx context.Context) {
	every(ctx, r.renewEvery, func() { _ = r.renew(ctx) }) // it has said so
}

// renewEvery leaves more than two tries before the lease runs out.
func (r *reports) renewEvery() time.Duration { return r.checkEvery() * 3 / 10 }

// checkEvery is how often it is looked whether an announcement was missed.
func (r *reports) checkEvery() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lasts
}

// renewal is one that several wait for.
type renewal struct {
	done chan struct{}
	err  error
}

// renew keeps the lease: one renewal at a time, which is that of all who want one before it begins.
func (r *reports) renew(ctx context.Context) error {
	r.mu.Lock()
	n, first := r.next, r.next == nil
	if first {
		n = &renewal{done: make(chan struct{})}
		r.next = n
	}
	r.mu.Unlock()
	if first {
		r.renewal.Lock()
		defer r.renewal.Unlock()
		r.mu.Lock()
		r.next = nil
		r.mu.Unlock()
		n.err = r.ask(ctx)
		close(n.done)
	}
	select {
	case <-n.done:
		return n.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ask renews the lease. A sessions service that knows nothing of this gateway is told everything.
func (r *reports) ask(ctx context.Context) error {
	call, cancel := context.WithTimeout(ctx, r.renewEvery())
	defer cancel()
	answer, err := r.server.Channels.Renew(call, r.request())
	if err != nil {
		if ctx.Err() == nil {
			r.server.Log.Warn("lease of channels cannot be renewed", zap.Error(err))
			pause(ctx, reportRetry)
		}
		return err
	}
	if r.renewed(answer) {
		r.again(answer.GetLease())
	}
	return nil
}

// request asks for a lease, and for what the app's webhooks are told.
func (r *reports) request() *sessionsv1.RenewRequest {
	s := r.server
	request := &sessionsv1.RenewRequest{App: s.AppID, Gateway: r.gateway, Seen: r.seen()}
	if s.Hooks != nil {
		request.Hooks = &sessionsv1.Hooks{Project: string(s.Project), Counts: s.SubscriptionCounts == on}
	}
	return request
}

// again has everything reported that there is, under a lease.
func (r *reports) again(lease uint64) {
	for _, room := range r.server.rooms.all() {
		room.mu.Lock()
		room.report.forgotten()
		room.count.version = 0
		room.presence.forgotten()
		if len(room.seats)+len(room.signed) > 0 {
			room.changed()
			r.owe(room)
		}
		room.settled()
		room.mu.Unlock()
	}
	r.owes(lease)
	r.server.watched.forgotten()
}

// checking looks every now and then whether an announcement was missed: they are not stored.
func (r *reports) checking(ctx context.Context) {
	every(ctx, r.checkEvery, func() {
		var rooms []*room
		for _, room := range r.server.rooms.all() {
			if room.kind.presence || r.server.SubscriptionCounts == on && !room.kind.user {
				rooms = append(rooms, room)
			}
		}
		for len(rooms) > 0 && ctx.Err() == nil {
			n := min(reportMost, len(rooms))
			r.check(ctx, rooms[:n])
			rooms = rooms[n:]
		}
		r.server.watched.look(ctx, r.server, r.server.watched.all())
	})
}

// check has those rooms looked up that are behind.
func (r *reports) check(ctx context.Context, rooms []*room) {
	request := &sessionsv1.LookRequest{App: r.server.AppID}
	for _, room := range rooms {
		request.Channels = append(request.Channels, room.name)
	}
	call, cancel := context.WithTimeout(ctx, reportTimeout)
	defer cancel()
	answer, err := r.server.Channels.Look(call, request)
	if err != nil {
		return // the reports say so
	}
	r.saw(answer.GetStandings())
	_, settled := r.state()
	for i, room := range rooms {
		now := answer.GetStandings()[i]
		room.mu.Lock()
		room.presence.success = nil
		switch p := &room.presence; {
		case !room.kind.presence:
			room.counted(now.GetVersion(), now.GetSockets())
		case p.known && (now.GetVersion() > p.version || p.doubtful && settled):
			r.look(room)
		}
		room.mu.Unlock()
	}
}

// every calls fn at once and then again and again until ctx ends, so long after it began the last time.
func every(ctx context.Context, d func() time.Duration, fn func()) {
	for ctx.Err() == nil {
		begun := time.Now()
		fn()
		pause(ctx, d()-time.Since(begun))
	}
}
