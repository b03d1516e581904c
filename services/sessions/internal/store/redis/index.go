package redis

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// errIndex says that an entry isn't what Commit writes.
var errIndex = errors.New("malformed index entry")

// ByThread finds whose thread it is.
func (s *Store) ByThread(ctx context.Context, project id.Project, platform, chat, thread string) (store.Key, error) {
	session, err := s.client.Get(ctx, threadKey(store.Place{Project: project, Platform: platform, Chat: chat, Name: thread})).Result()
	if err != nil {
		return store.Key{}, absent("find thread", err)
	}
	return store.Key{Project: project, Session: id.Session(session)}, nil
}

// ByCopy finds which message a platform's message shows.
func (s *Store) ByCopy(ctx context.Context, project id.Project, platform, chat, messageID string) (store.Key, string, error) {
	entry, err := s.client.Get(ctx, copyKey(store.Place{Project: project, Platform: platform, Chat: chat, Name: messageID})).Result()
	if err != nil {
		return store.Key{}, "", absent("find copy", err)
	}
	_, names, _ := strings.Cut(entry, " ")
	first, second, found := strings.Cut(names, " ")
	session, errSession := id.Decode(first)
	message, errMessage := id.Decode(second)
	if !found || errSession != nil || errMessage != nil {
		return store.Key{}, "", fmt.Errorf("find copy: %w", errIndex)
	}
	return store.Key{Project: project, Session: id.Session(session)}, message, nil
}

// Operators lists a project's operators by id.
func (s *Store) Operators(ctx context.Context, project id.Project) ([]*sessionsv1.Operator, error) {
	entries, err := s.client.HVals(ctx, operatorsKey(project)).Result()
	if err != nil {
		return nil, fmt.Errorf("list operators: %w", err)
	}
	var operators []*sessionsv1.Operator
	for _, e := range entries {
		_, raw, _ := bytes.Cut([]byte(e), []byte(" "))
		operator := &sessionsv1.Operator{}
		if err := decode(raw, operator); err != nil {
			return nil, fmt.Errorf("list operators: %w", err)
		}
		operators = append(operators, operator)
	}
	slices.SortFunc(operators, func(a, b *sessionsv1.Operator) int { return cmp.Compare(a.GetId(), b.GetId()) })
	return operators, nil
}
