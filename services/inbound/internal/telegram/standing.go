package telegram

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

// standing is what is wrong with the bot in each of its groups.
type standing struct {
	tell func(problem string)
	mu   sync.Mutex
	// wrong holds words for people, by chat; nothing for a group where all is well.
	wrong map[int64]string
}

func newStanding(tell func(problem string)) *standing {
	if tell == nil {
		tell = func(string) {}
	}
	return &standing{tell: tell, wrong: map[int64]string{}}
}

// set replaces what is wrong in one group, and tells all of it.
func (s *standing) set(chat int64, rights telegram.Rights) (problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch missing := rights.Missing(); {
	case !rights.Inside():
		problem = fmt.Sprintf("the bot is not in the group %d any more: add it as an administrator", chat)
	case len(missing) > 0:
		problem = fmt.Sprintf("in the group %d the bot lacks what it needs: make it an administrator with %s", chat, strings.Join(missing, " and "))
	}
	if delete(s.wrong, chat); problem != "" {
		s.wrong[chat] = problem
	}
	var all []string
	for _, chat := range slices.Sorted(maps.Keys(s.wrong)) {
		all = append(all, s.wrong[chat])
	}
	s.tell(strings.Join(all, "; "))
	return problem
}

// promoted follows a change of the bot's rights in a group, or that it was added or removed.
func (b *Bot) promoted(m *telegram.Membership) {
	if !b.groups.Load().known[m.Chat.ID] {
		b.metrics.Count(office.ResultIgnored)
		return
	}
	b.metrics.Count(office.ResultStored)
	if problem := b.standing.set(m.Chat.ID, m.New); problem != "" {
		b.log.Error("the bot's standing has changed", zap.Int64("chat", m.Chat.ID), zap.String("status", m.New.Status), zap.String("problem", problem))
		return
	}
	b.log.Info("the bot has what it needs", zap.Int64("chat", m.Chat.ID), zap.String("status", m.New.Status))
}

// inspect asks for the bot's standing in its groups: what changed while nobody listened is not told again.
func (b *Bot) inspect(ctx context.Context) {
	for chat := range b.groups.Load().known {
		rights, err := b.client.OwnRights(ctx, chat)
		switch kind := telegram.KindOf(err); {
		case kind == telegram.KindNone:
			b.standing.set(chat, rights)
		case kind == telegram.KindGone, kind == telegram.KindNoRights:
			b.standing.set(chat, telegram.Rights{Status: "left"})
		case ctx.Err() == nil:
			b.log.Warn("the bot's standing is not known", zap.Int64("chat", chat), zap.Error(err))
		}
	}
}
