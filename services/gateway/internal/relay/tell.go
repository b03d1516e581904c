package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

func (s *stream) tell(ctx context.Context, it item) error {
	if it.typing != nil {
		return s.typing(ctx, it.typing)
	}
	if it.live.Seq <= s.at.seq {
		return nil // read already
	}
	ev, err := it.live.Event()
	if err != nil {
		s.relay.Log.Warn("live event cannot be read", zap.Uint64("seq", it.live.Seq), zap.Error(err))
		return nil
	}
	return s.event(ctx, ev)
}

// event tells of one event, if it means anything to the listener. After it the listener is there.
func (s *stream) event(ctx context.Context, ev bus.Event) error {
	if kind, _ := s.render(ev); kind == "" {
		s.at.seq = max(s.at.seq, ev.Seq)
		return nil
	}
	shown, err := s.shown(ctx, ev.Session)
	if err != nil {
		return err
	}
	if m, ok := ev.Data.(*eventv1.MessageCreated); ok {
		s.relay.Links.Show(m.GetMessage().GetAttachments()...)
	}
	_, data := s.render(wire.As(ev, shown))
	body, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode %s: %w", ev.Type, err)
	}
	s.at.seq = max(s.at.seq, ev.Seq)
	return s.write("id: " + s.at.String() + "\ndata: " + string(body) + "\n\n")
}

func (s *stream) render(ev bus.Event) (string, any) {
	if kind, data := wire.Outgoing(ev); kind != "" || !s.visitors {
		return kind, data
	}
	return wire.Incoming(ev)
}

// shown is the id by which the backend knows a session. While nobody can say, the stream waits: another id would be a lie.
func (s *stream) shown(ctx context.Context, which id.Session) (string, error) {
	if which == id.Everyone {
		return "", nil
	}
	for {
		entry, err := s.relay.Intake.Directory.Find(ctx, session.Key{Project: s.relay.Intake.Project, Session: which})
		switch {
		case err == nil:
			return entry.Shown(), nil
		case errors.Is(err, session.ErrUnknown):
			return string(which), nil
		}
		if err := s.rest(ctx); err != nil {
			return "", err
		}
	}
}

func (s *stream) typing(ctx context.Context, t *typing) error {
	shown, err := s.shown(ctx, t.session)
	if err != nil {
		return err
	}
	body, err := json.Marshal(wire.OperatorTyping{Type: wire.KindOperatorTyping, SessionID: shown, IsTyping: t.on, SourceBridge: t.platform})
	if err != nil {
		return fmt.Errorf("encode typing: %w", err)
	}
	return s.write("data: " + string(body) + "\n\n")
}
