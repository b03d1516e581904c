package server

import (
	"context"
	"fmt"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// FindByCopy answers which message a platform's message shows.
func (s *Server) FindByCopy(ctx context.Context, req *sessionsv1.FindByCopyRequest) (*sessionsv1.FindByCopyResponse, error) {
	project, err := projectOf(req)
	if err != nil {
		return nil, err
	}
	if err := present("platform", req.GetPlatform(), "chat", req.GetChat(), "id", req.GetId()); err != nil {
		return nil, err
	}
	var key store.Key
	var messageID string
	err = s.search(ctx, func() (err error) {
		key, messageID, err = s.store.ByCopy(ctx, project, req.GetPlatform(), req.GetChat(), req.GetId())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find message by copy: %w", err)
	}
	answer := &sessionsv1.FindByCopyResponse{}
	if answer.Record, err = s.session(ctx, key, 0); err != nil {
		return nil, err
	}
	messages, err := s.lookUp(ctx, key, map[string]*sessionsv1.MessageRecord{}, []string{messageID})
	if err != nil {
		return nil, err
	}
	if len(messages) == 0 {
		return nil, fmt.Errorf("read message of a copy: %w", store.ErrNotFound)
	}
	answer.Message = messages[0]
	return answer, nil
}
