package server

import (
	"context"
	"fmt"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Pending lists what a platform does not show yet.
func (s *Server) Pending(ctx context.Context, req *sessionsv1.PendingRequest) (*sessionsv1.PendingResponse, error) {
	key, err := keyOf(req)
	if err != nil {
		return nil, err
	}
	if err := present("platform", req.GetPlatform()); err != nil {
		return nil, err
	}
	limit, err := limitOf(req, defaultMessages)
	if err != nil {
		return nil, err
	}
	record, err := s.session(ctx, key, req.GetSeen())
	if err != nil {
		return nil, err
	}
	deliveries, err := s.deliveries(ctx, key, planFor(record, req))
	if err != nil {
		return nil, err
	}
	deliveries = deliveries[:min(limit, len(deliveries))]
	return &sessionsv1.PendingResponse{Record: record, Deliveries: deliveries}, s.attach(ctx, key, req.GetPlatform(), deliveries)
}

// deliveries reads all messages that changed after what is settled. It cannot stop at a page: the last one read may be the
// first one to be sent, when it was written early and edited late.
func (s *Server) deliveries(ctx context.Context, key store.Key, p plan) ([]*sessionsv1.Delivery, error) {
	byMessage := map[string]*sessionsv1.Delivery{}
	cursor := p.through
	for more := true; more; {
		var page []*sessionsv1.MessageRecord
		var err error
		page, more, err = s.store.Messages(ctx, key, store.Query{Limit: maxPage, ContentAfter: &cursor})
		if err != nil {
			return nil, fmt.Errorf("read changed messages: %w", err)
		}
		for _, m := range page {
			cursor = m.ContentSeq
			// A message that changes between two pages comes twice: the later state counts.
			delete(byMessage, m.Message.Id)
			if d := p.message(m); d != nil {
				byMessage[m.Message.Id] = d
			}
		}
		more = more && len(page) > 0
	}
	return p.order(byMessage), nil
}

// attach adds quoted messages and where they stand, and what shares a joined post.
func (s *Server) attach(ctx context.Context, key store.Key, platform string, deliveries []*sessionsv1.Delivery) error {
	known := map[string]*sessionsv1.MessageRecord{}
	var wanted []string
	for _, d := range deliveries {
		if d.Message != nil {
			known[d.Message.Message.Id] = d.Message
			wanted = append(wanted, d.Message.Message.GetReplyTo())
			wanted = append(wanted, joined(d, platform)...)
		}
	}
	if _, err := s.lookUp(ctx, key, known, wanted); err != nil {
		return err
	}
	for _, d := range deliveries {
		if quoted := known[d.GetMessage().GetMessage().GetReplyTo()]; quoted != nil {
			d.ReplyTo, d.Quoted = liveCopy(quoted, platform), quoted
		}
		for _, messageID := range joined(d, platform) {
			if m := known[messageID]; m != nil {
				d.Joined = append(d.Joined, m)
			}
		}
		slices.SortFunc(d.Joined, byCreation)
	}
	return nil
}
