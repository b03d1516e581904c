package server

import (
	"context"
	"fmt"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// FindByThread answers whose thread it is.
func (s *Server) FindByThread(ctx context.Context, req *sessionsv1.FindByThreadRequest) (*sessionsv1.FindByThreadResponse, error) {
	project, err := projectOf(req)
	if err != nil {
		return nil, err
	}
	if err := present("platform", req.GetPlatform(), "chat", req.GetChat(), "thread", req.GetThread()); err != nil {
		return nil, err
	}
	var key store.Key
	err = s.search(ctx, func() (err error) {
		key, err = s.store.ByThread(ctx, project, req.GetPlatform(), req.GetChat(), req.GetThread())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find session by thread: %w", err)
	}
	answer := &sessionsv1.FindByThreadResponse{}
	if answer.Record, err = s.session(ctx, key, 0); err != nil {
		return nil, err
	}
	answer.Unread, err = s.unread(ctx, key)
	return answer, err
}

// session reads a session's record, current.
func (s *Server) session(ctx context.Context, key store.Key, seen uint64) (*sessionsv1.SessionRecord, error) {
	if _, err := s.current(ctx, key, seen); err != nil {
		return nil, err
	}
	record, err := s.store.Session(ctx, key)
	if err == nil && record.GetErasure() != nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	return record, nil
}

// unread lists which of the newest hundred messages are the visitor's, still there, and read by nobody.
func (s *Server) unread(ctx context.Context, key store.Key) ([]string, error) {
	messages, _, err := s.store.Messages(ctx, key, store.Query{Limit: maxPage})
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	var ids []string
	for _, m := range messages {
		if m.Message.Sender == "visitor" && m.Message.Status != "read" && m.Message.DeletedAt == nil {
			ids = append(ids, m.Message.Id)
		}
	}
	return ids, nil
}
