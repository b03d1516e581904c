package erase

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Why a session is erased without anybody asking for it.
const (
	reasonRetention = "retention"
	reasonSilence   = "silence"
)

// age has conversations erased whose time is over, and forgets erasures that ended long ago. Each time it does a batch of both.
func (e *Eraser) age(ctx context.Context) error {
	for project, keeps := range e.Retention {
		if err := e.expire(ctx, project, keeps.Silent, true); err != nil {
			return err
		}
		if err := e.expire(ctx, project, keeps.Conversations, false); err != nil {
			return err
		}
	}
	tombs, err := e.Store.Erased(ctx, time.Now().Add(-keepsTomb), batch)
	if err != nil {
		return fmt.Errorf("look for old erasures: %w", err)
	}
	for _, key := range tombs {
		if err := e.Store.Drop(ctx, key); err != nil {
			return fmt.Errorf("forget an erasure: %w", err)
		}
	}
	return nil
}

// expire has sessions erased in which nothing has happened for as long as they are kept.
func (e *Eraser) expire(ctx context.Context, project id.Project, keeps time.Duration, silent bool) error {
	if keeps <= 0 {
		return nil
	}
	over := time.Now().Add(-keeps)
	keys, err := e.Store.Idle(ctx, project, over, silent, batch)
	if err != nil {
		return fmt.Errorf("look for old conversations: %w", err)
	}
	for _, key := range keys {
		if err := e.end(ctx, key, over, silent); err != nil {
			return fmt.Errorf("end a conversation: %w", err)
		}
	}
	return nil
}

// end has one session erased, if it still is what the index says, and nothing happens in it at this very moment.
func (e *Eraser) end(ctx context.Context, key store.Key, over time.Time, silent bool) error {
	newest, err := e.Bus.LastSeq(ctx, key.Project, key.Session)
	if err != nil {
		return err
	}
	if err := e.Projector.Wait(ctx, key.Session.Part(), newest); err != nil {
		return err
	}
	record, err := e.Store.Session(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	last := record.GetSession().GetLastActivity().AsTime()
	if record.GetErasure() != nil || !last.Before(over) {
		return nil
	}
	if silent { // an earlier build's record may not know
		if said, _, err := e.Store.Messages(ctx, key, store.Query{Limit: 1}); err != nil || len(said) > 0 {
			return err
		}
	}
	reason := reasonRetention
	if silent {
		reason = reasonSilence
	}
	seq, err := e.Bus.PublishAfter(ctx, bus.Event{
		ID:   string(key.Session) + ":" + reason + ":" + strconv.FormatInt(last.UnixMilli(), 10),
		Type: bus.SessionErased, Project: key.Project, Session: key.Session, Source: source, Time: time.Now(),
		Data: &eventv1.Session{Session: &bellhopv1.Session{Id: string(key.Session)}, Reason: reason, At: timestamppb.Now()},
	}, newest)
	if errors.Is(err, bus.ErrMoved) {
		return nil
	}
	if err != nil {
		return err
	}
	return e.Projector.Wait(ctx, key.Session.Part(), seq)
}
