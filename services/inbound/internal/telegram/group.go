package telegram

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// groups are the chats that are ours: those of the configuration, and what Telegram has made of them. It is never changed.
type groups struct {
	known map[int64]bool
	// former are a chat's earlier ids, the latest first: conversations from then are found by them.
	former map[int64][]int64
}

func configured(chats []int64) *groups {
	g := &groups{known: map[int64]bool{}, former: map[int64][]int64{}}
	for _, chat := range chats {
		g.known[chat] = true
	}
	return g
}

// moved is groups after one of them got another id. A chat that is not ours changes nothing.
func (g *groups) moved(from, to int64) *groups {
	if !g.known[from] || from == to || len(g.former[to]) > 0 {
		return g
	}
	next := &groups{known: maps.Clone(g.known), former: maps.Clone(g.former)}
	next.known[to] = true
	next.former[to] = append([]int64{from}, g.former[from]...)
	return next
}

// movesNote is where the moves of this bot's groups stand in the notebook: a restart with the old configuration, and every other
// process, must know the new ids.
func (b *Bot) movesNote() string { return "telegram/" + decimal(b.cfg.BotID()) + "/moved" }

// migrated remembers what a service message says: that a group has, or had, another id.
func (b *Bot) migrated(ctx context.Context, m *telegram.Message) error {
	from, to := m.Chat.ID, m.MigrateTo
	if to == 0 {
		from, to = m.MigrateFrom, m.Chat.ID
	}
	if !b.groups.Load().known[from] {
		b.metrics.Count(office.ResultIgnored)
		return nil
	}
	notes, key := b.desk.Bus.Notebook(), b.movesNote()+"/"+decimal(from)
	if err := notes.Delete(ctx, key, 0); err != nil { // a second move of the same chat counts more than the first
		return fmt.Errorf("remember a group's new id: %w", err)
	}
	if _, err := notes.Create(ctx, key, []byte(decimal(to))); err != nil && !errors.Is(err, bus.ErrNoteChanged) {
		return fmt.Errorf("remember a group's new id: %w", err)
	}
	b.follow(from, to)
	b.metrics.Count(office.ResultStored)
	return nil
}

func (b *Bot) follow(from, to int64) {
	for {
		now := b.groups.Load()
		next := now.moved(from, to)
		if next == now {
			return
		}
		if b.groups.CompareAndSwap(now, next) {
			b.log.Warn("the group has a new id: set TELEGRAM_CHAT_ID to it", zap.Int64("from", from), zap.Int64("to", to))
			return
		}
	}
}

// learnEvery is how often moves are looked up because of a chat that is not known: a bot may be in foreign groups.
const learnEvery = 10 * time.Second

// learn looks whether a chat is one of ours under another id.
func (b *Bot) learn(ctx context.Context, chat int64) error {
	if chat == 0 || b.groups.Load().known[chat] {
		return nil
	}
	last := b.learned.Load()
	if last != nil && time.Since(*last) < learnEvery {
		return nil
	}
	moves, err := b.desk.Bus.Notebook().List(ctx, b.movesNote())
	if err != nil {
		return fmt.Errorf("look up groups' new ids: %w", err)
	}
	now := time.Now()
	b.learned.Store(&now)
	for range moves { // in whatever order they are listed
		for _, note := range moves {
			from, err := strconv.ParseInt(note.Key[strings.LastIndexByte(note.Key, '/')+1:], 10, 64)
			to, err2 := strconv.ParseInt(string(note.Value), 10, 64)
			if err == nil && err2 == nil {
				b.follow(from, to)
			}
		}
	}
	return nil
}

// chatOf is the chat that an update is about; 0 for none.
func chatOf(u *telegram.Update) int64 {
	switch {
	case u.Message != nil:
		return u.Message.Chat.ID
	case u.EditedMessage != nil:
		return u.EditedMessage.Chat.ID
	case u.Reaction != nil:
		return u.Reaction.Chat.ID
	case u.Callback != nil && u.Callback.Message != nil:
		return u.Callback.Message.Chat.ID
	case u.Membership != nil:
		return u.Membership.Chat.ID
	}
	return 0
}

// formerly is the id of a gesture's chat by which its conversation is known: the present one, unless it was opened before a move.
func (b *Bot) formerly(ctx context.Context, g office.Gesture) (string, error) {
	chat, err := strconv.ParseInt(g.Chat, 10, 64)
	if err != nil {
		return g.Chat, nil
	}
	former := b.groups.Load().former[chat]
	if len(former) == 0 {
		return g.Chat, nil
	}
	for _, id := range append([]int64{chat}, former...) {
		switch err := b.isOurs(ctx, g, decimal(id)); {
		case err == nil:
			return decimal(id), nil
		case !errors.Is(err, receive.ErrNobodys):
			return "", err
		}
	}
	return g.Chat, nil
}

func (b *Bot) isOurs(ctx context.Context, g office.Gesture, chat string) (err error) {
	if g.Thread == "" {
		_, err = b.desk.FindCopy(ctx, b.project, platform, chat, g.MessageID)
	} else {
		_, err = b.desk.Find(ctx, receive.Thread{Project: b.project, Platform: platform, Chat: chat, Thread: g.Thread})
	}
	return err
}
