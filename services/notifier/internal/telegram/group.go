package telegram

import (
	"context"
	"time"

	"go.uber.org/zap"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// refusedFor is how long no conversation is opened in a group that would not have the bot, while another one has it.
const refusedFor = 5 * time.Minute

// Chat is the group in which a session's topic is opened: its own share of the configured ones, or the next that has the bot.
func (s *Sender) Chat(record *sessionsv1.SessionRecord) string {
	chats := s.cfg.ChatsFor(record.GetSession().GetId())
	for _, chat := range chats {
		if !s.refuses(s.current(chat)) {
			return format(s.current(chat))
		}
	}
	return format(s.current(chats[0]))
}

// Current is a group's id after its migrations.
func (s *Sender) Current(chat string) string { return format(s.current(number(chat))) }

func (s *Sender) current(chat int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range len(s.moved) + 1 { // a circle can't happen, and must not hang
		next, ok := s.moved[chat]
		if !ok {
			break
		}
		chat = next
	}
	return chat
}

func (s *Sender) move(from, to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.moved[from] != to {
		s.moved[from] = to
		s.log.Warn("the group has a new id: set TELEGRAM_CHAT_ID to it", zap.Int64("from", from), zap.Int64("to", to))
	}
}

// refuse remembers that a group would not have the bot, and tells whether any group is left that may.
func (s *Sender) refuse(chat int64, why error) (others bool) {
	known := s.refuses(chat)
	s.mu.Lock()
	s.refused[chat] = time.Now()
	s.mu.Unlock()
	if !known {
		s.log.Error("a group refuses the bot: what is for it waits", zap.Int64("chat", chat), zap.Error(why))
	}
	for _, other := range s.cfg.ChatIDs() {
		if !s.refuses(s.current(other)) {
			return true
		}
	}
	return false
}

func (s *Sender) refuses(chat int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, ok := s.refused[chat]
	return ok && time.Since(last) < refusedFor
}

// accept forgets that a group would not have the bot.
func (s *Sender) accept(chat int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.refused, chat)
}

// Probe asks for the bot and its groups; none of the questions counts against a limit. One group that answers is enough.
func (s *Sender) Probe(ctx context.Context) error {
	if _, err := s.api.GetMe(ctx); err != nil {
		return s.failure(0, err)
	}
	var last error
	answered := false
	for _, configured := range s.cfg.ChatIDs() {
		chat := s.current(configured)
		_, err := s.api.GetChat(ctx, chat)
		if kind := botapi.KindOf(err); kind == botapi.KindNone || kind == botapi.KindDone {
			s.accept(chat)
			answered = true
			continue
		}
		last = s.failure(chat, err)
	}
	if answered {
		return nil
	}
	return last
}
