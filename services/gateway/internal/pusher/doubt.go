package pusher

import (
	"context"

	"go.uber.org/zap"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// lookUp asks how channels stand. The answer may be of a state that has begun since this gateway's last renewal, and does not know of its
// sockets: a renewal afterwards tells.
func (r *reports) lookUp(ctx context.Context, rooms []*room) {
	lease, _ := r.state()
	request := &sessionsv1.LookRequest{App: r.server.AppID, Members: true}
	for _, room := range rooms {
		request.Channels = append(request.Channels, room.name)
	}
	call, cancel := context.WithTimeout(ctx, reportTimeout)
	answer, err := r.server.Channels.Look(call, request)
	cancel()
	if err == nil {
		r.saw(answer.GetStandings())
		err = r.renew(ctx)
	}
	now, settled := r.state()
	for i, room := range rooms {
		room.mu.Lock()
		room.report.looks = false
		if err == nil && now == lease {
			room.stands(answer.GetStandings()[i], settled)
		} else {
			r.look(room)
		}
		room.settled()
		room.mu.Unlock()
	}
	if err != nil && ctx.Err() == nil {
		r.server.Log.Warn("channels cannot be looked up", zap.Error(err))
		pause(ctx, reportRetry)
	}
}
