package server

import (
	"context"
	"fmt"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// defaultMessages is the size of a page of messages.
const defaultMessages = 50

// History reads messages. The sequence is read before them, so they are complete up to it.
func (s *Server) History(ctx context.Context, req *sessionsv1.HistoryRequest) (*sessionsv1.HistoryResponse, error) {
	key, err := keyOf(req)
	if err != nil {
		return nil, err
	}
	query, err := queryOf(req)
	if err != nil {
		return nil, err
	}
	_, seq, err := s.find(ctx, key, 0)
	if err != nil {
		return nil, err
	}
	answer := &sessionsv1.HistoryResponse{Seq: seq}
	if answer.Messages, answer.HasMore, err = s.store.Messages(ctx, key, query); err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	answer.Quoted, err = s.quoted(ctx, key, answer.Messages)
	return answer, err
}

func queryOf(req *sessionsv1.HistoryRequest) (store.Query, error) {
	limit, err := limitOf(req, defaultMessages)
	if err != nil {
		return store.Query{}, err
	}
	query := store.Query{Limit: limit}
	if ids := req.GetIds(); len(ids) > 0 {
		if len(ids) > maxPage {
			return store.Query{}, invalid("ids", "%d of them, at most %d", len(ids), maxPage)
		}
		query.IDs, query.Limit = ids, maxPage
		return query, nil
	}
	if query.Oldest = req.GetOldest(); query.Oldest {
		return query, nil
	}
	switch after := req.GetAfter().(type) {
	case *sessionsv1.HistoryRequest_MessageId:
		query.AfterID = after.MessageId
	case *sessionsv1.HistoryRequest_ChangedSince:
		if err := after.ChangedSince.CheckValid(); err != nil {
			return store.Query{}, invalid("changed_since", "%w", err)
		}
		query.ChangedSince = after.ChangedSince.AsTime()
	case *sessionsv1.HistoryRequest_ChangedAfterSeq:
		query.ChangedAfter = &after.ChangedAfterSeq
	case *sessionsv1.HistoryRequest_ContentAfterSeq:
		query.ContentAfter = &after.ContentAfterSeq
	}
	return query, nil
}

// quoted reads the messages that a page answers and does not hold itself.
func (s *Server) quoted(ctx context.Context, key store.Key, page []*sessionsv1.MessageRecord) ([]*sessionsv1.MessageRecord, error) {
	known := map[string]*sessionsv1.MessageRecord{}
	var wanted []string
	for _, m := range page {
		known[m.Message.Id] = m
		wanted = append(wanted, m.Message.GetReplyTo())
	}
	return s.lookUp(ctx, key, known, wanted)
}

// lookUp reads the wanted messages that are not known yet, adds them to the known, and answers them in the order of the
// conversation within each hundred.
func (s *Server) lookUp(ctx context.Context, key store.Key, known map[string]*sessionsv1.MessageRecord, wanted []string) ([]*sessionsv1.MessageRecord, error) {
	wanted = slices.DeleteFunc(slices.Clone(wanted), func(messageID string) bool { return messageID == "" || known[messageID] != nil })
	slices.Sort(wanted)
	var found []*sessionsv1.MessageRecord
	for ids := range slices.Chunk(slices.Compact(wanted), maxPage) {
		messages, _, err := s.store.Messages(ctx, key, store.Query{IDs: ids, Limit: maxPage})
		if err != nil {
			return nil, fmt.Errorf("read messages by id: %w", err)
		}
		for _, m := range messages {
			known[m.Message.Id] = m
		}
		found = append(found, messages...)
	}
	return found, nil
}
