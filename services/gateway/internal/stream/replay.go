package stream

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/gorilla/websocket"
	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
)

const (
	// replayWindow is how far back a replay reaches. The widget keeps its messages over a closed lid and never asks for what it
	// missed; what it knows already it finds by id. Nothing says what the page behind a socket has seen: the tabs of a visitor
	// look the same, and one that reconnects has seen less than one that has just been loaded.
	replayWindow = 7 * 24 * time.Hour
	// replayLimit is the most messages of one replay.
	replayLimit = 100
	// replayPatience is how long live frames are held back for a replay that does not succeed: the sessions service may be away
	// for a minute.
	replayPatience = 2 * time.Minute
	// replayRetry is the longest pause between two attempts.
	replayRetry = 5 * time.Second
)

// show shows what was created or changed lately, or what the client has missed since its position, then goes live. It ends with the connection: of a thousand clients that
// come again and again while the sessions service is slow, only the last sockets are worth a question.
func (c *conn) show() {
	ctx, cancel := context.WithCancel(c.server.ctx)
	defer cancel()
	c.Mu.Lock()
	c.enough = cancel
	closed := c.Closed
	c.Mu.Unlock()
	for !closed {
		r, err := c.toShow(ctx)
		if err != nil {
			c.giveUp(ctx, err)
			return
		}
		if c.goLive(r) {
			return
		}
	}
}

// toShow reads what is to be shown.
func (c *conn) toShow(ctx context.Context) (replay, error) {
	c.Mu.Lock()
	var from origin
	if c.origin != nil {
		from = *c.origin
	}
	c.Mu.Unlock()
	if from.resumes {
		return c.missed(ctx, from.mark)
	}
	return c.conversation(ctx, from.since)
}

func (c *conn) giveUp(ctx context.Context, err error) {
	code := websocket.CloseTryAgainLater
	if ctx.Err() == nil {
		c.server.Log.Warn("conversation cannot be replayed", zap.Error(err))
	} else {
		code = websocket.CloseServiceRestart
	}
	c.Mu.Lock()
	defer c.Mu.Unlock()
	c.shut(code)
}

// conversation is what a replay shows, and up to which event that is complete. A session of which nothing is on the bus has
// nothing to show.
func (c *conn) conversation(ctx context.Context, since time.Time) (replay, error) {
	if c.server.Intake.Directory.Looks(c.key) {
		return replay{frames: c.state(ctx, 0)}, nil
	}
	if since.IsZero() {
		since = time.Now().Add(-replayWindow)
	}
	retry := backoff.NewExponentialBackOff()
	retry.MaxInterval = replayRetry
	answer, err := backoff.Retry(ctx, func() (*sessionsv1.HistoryResponse, error) { return c.history(ctx, since) },
		backoff.WithBackOff(retry), backoff.WithMaxElapsedTime(replayPatience))
	if err != nil {
		return replay{}, err
	}
	c.server.Intake.Directory.Shown(c.key, answer.GetMessages())
	c.server.Links.ShowRecords(answer.GetMessages())
	frames := make([]hub.Frame, 0, len(answer.GetMessages()))
	messages := wire.FromRecords(answer.GetMessages(), answer.GetQuoted())
	wire.Space(messages)
	for i, m := range messages {
		frames = append(frames, hub.Frame{Data: wire.Frame("message", m), Seq: answer.GetMessages()[i].GetCreatedSeq()})
	}
	return replay{append(frames, c.questions(ctx, answer.GetSeq())...), bus.Mark{Seq: answer.GetSeq()}}, nil
}

// questions are what the visitor is still asked for: a rating, pictures of the page. A page may get one that it has; it knows
// them by their ids.
func (c *conn) questions(ctx context.Context, seq uint64) (frames []hub.Frame) {
	if entry, refusal := c.server.Intake.Find(ctx, string(c.key.Session)); refusal == nil && !entry.Rating().IsZero() {
		at := wire.Time(entry.Rating())
		frames = append(frames, hub.Frame{Data: wire.Frame("csat_request", wire.CsatRequest{RequestedAt: &at}), Seq: seq})
	}
	frames = append(frames, c.state(ctx, seq)...)
	if c.server.Screenshots == nil {
		return frames
	}
	for _, asked := range c.server.Screenshots.Open(c.key) {
		frames = append(frames, hub.Frame{Data: wire.Frame("screenshot_request", wire.FromScreenshot(asked)), Seq: seq})
	}
	return frames
}

// state is what may have changed while the page was away and no event of its own tells: whether somebody is there, which elements are
// tracked, if others were since the gateway's start, and that the page's widget is old.
func (c *conn) state(ctx context.Context, seq uint64) (frames []hub.Frame) {
	if presence, err := c.server.presence(ctx, c.key); err == nil { // or the next change tells
		frames = append(frames, hub.Frame{Data: presence.Data, Seq: seq})
	}
	if c.server.Tracked.Changed() {
		frames = append(frames, hub.Frame{Data: wire.Frame("config_update", wire.ConfigUpdate{TrackedElements: c.server.Tracked.Elements()}), Seq: seq})
	}
	if warning := c.server.Look.Warning(c.server.Intake.Directory.TakeVersion(c.key)); warning != nil {
		frames = append(frames, hub.Frame{Data: wire.Frame("version_warning", warning), Seq: seq})
	}
	return frames
}

func (c *conn) history(ctx context.Context, since time.Time) (*sessionsv1.HistoryResponse, error) {
	if err := c.server.turn(ctx); err != nil {
		return nil, backoff.Permanent(err)
	}
	defer c.server.next()
	answer, err := c.server.Intake.Sessions.History(ctx, &sessionsv1.HistoryRequest{
		Project: string(c.key.Project), SessionId: string(c.key.Session), Limit: replayLimit,
		After: &sessionsv1.HistoryRequest_ChangedSince{ChangedSince: timestamppb.New(since)},
	})
	if status.Code(err) == codes.NotFound { // a visit whose day is over
		return new(sessionsv1.HistoryResponse), nil
	}
	return answer, err
}
