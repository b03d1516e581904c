package redis

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

const (
	// newsAtOnce is how many batches are read in one go, and ripeAtOnce how many leavings become news in one.
	newsAtOnce = 100
	ripeAtOnce = 1000
)

// News answers what webhooks are to be told: of each app so much at once.
func (s *Store) News(ctx context.Context) (all []occupancy.News, err error) {
	err = s.each(ctx, func(app string) error {
		news, err := s.news(ctx, app)
		if err == nil && len(news.Batches) > 0 {
			all = append(all, news)
		}
		return err
	})
	if err != nil {
		return all, fmt.Errorf("read news: %w", err)
	}
	return all, nil
}

func (s *Store) news(ctx context.Context, app string) (occupancy.News, error) {
	k := keysOf(app)
	answer := ask(ctx, s.client, newsScript, []string{k.state()}, string(k), newsAtOnce, ripeAtOnce)
	n := occupancy.News{App: app, Project: answer.text(), Began: uint64(answer.number()), First: uint64(answer.number()), Lost: uint64(answer.number())}
	for _, text := range answer.texts() {
		batch, err := batchOf(text)
		if err != nil {
			return n, err
		}
		n.Batches = append(n.Batches, batch)
	}
	return n, answer.done()
}

// batchOf reads what hook.lua writes.
func batchOf(text string) ([]occupancy.Hook, error) {
	var list []told
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	batch := make([]occupancy.Hook, len(list))
	for i, t := range list {
		batch[i] = occupancy.Hook(t)
	}
	return batch, nil
}

// told is a Hook as hook.lua writes it: [what, channel, user, sockets].
type told occupancy.Hook

func (t *told) UnmarshalJSON(text []byte) error {
	var token string
	err := json.Unmarshal(text, &[]any{&t.What, &token, &t.User, &t.Sockets})
	if err != nil {
		return err
	}
	t.Channel, err = id.Decode(token)
	return err
}

// Told forgets the first batches.
func (s *Store) Told(ctx context.Context, news occupancy.News, n int) error {
	k := keysOf(news.App)
	if err := toldScript.Run(ctx, s.client, []string{k.state(), k.news()}, news.Began, news.First, n).Err(); err != nil {
		return fmt.Errorf("note what was told: %w", err)
	}
	return nil
}
