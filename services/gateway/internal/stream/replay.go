package stream

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/gorilla/websocket"
	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/timestamppb"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/wire"
)

const (
	// replayWindow is how far back a replay reaches when nothing says what the page has seen. The widget keeps its messages
	// over a closed lid and never asks for what it missed; what it knows already it finds by id.
	replayWindow = 24 * time.Hour
	// replayLimit is the most messages of one replay.
	replayLimit = 100
	// replayPatience is how long live frames are held back for a replay that does not succeed.
	replayPatience = 30 * time.Second
)

// replay shows what was created or changed lately, then goes live. after is what the page was shown by the connect just
// before, 0 for not known. A session of which nothing is on the bus has nothing to show.
func (c *conn) replay(ctx context.Context, after uint64) {
	if c.entry.Visit() {
		c.goLive(nil, 0)
		return
	}
	request := &sessionsv1.HistoryRequest{Project: string(c.entry.Project), SessionId: string(c.entry.Session), Limit: replayLimit}
	if after > 0 {
		request.After = &sessionsv1.HistoryRequest_ChangedAfterSeq{ChangedAfterSeq: after}
	} else {
		request.After = &sessionsv1.HistoryRequest_ChangedSince{ChangedSince: timestamppb.New(time.Now().Add(-replayWindow))}
	}
	answer, err := backoff.Retry(ctx, func() (*sessionsv1.HistoryResponse, error) {
		return c.history(ctx, request)
	}, backoff.WithMaxElapsedTime(replayPatience))
	if err != nil {
		c.server.Log.Warn("conversation cannot be replayed", zap.Error(err))
		c.mu.Lock()
		defer c.mu.Unlock()
		c.shut(websocket.CloseTryAgainLater)
		return
	}
	frames := make([][]byte, 0, len(answer.GetMessages()))
	for _, m := range wire.FromRecords(answer.GetMessages(), answer.GetQuoted()) {
		frames = append(frames, wire.Frame("message", m))
	}
	c.goLive(frames, answer.GetSeq())
}

// historyTimeout bounds one attempt.
const historyTimeout = 5 * time.Second

func (c *conn) history(ctx context.Context, request *sessionsv1.HistoryRequest) (*sessionsv1.HistoryResponse, error) {
	select {
	case c.server.replays <- struct{}{}:
		defer func() { <-c.server.replays }()
	case <-ctx.Done():
		return nil, backoff.Permanent(ctx.Err())
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	return c.server.Intake.Sessions.History(ctx, request)
}
