package telegram

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How long an update waits to be fetched.
const (
	updateLives   = 24 * time.Hour
	callbackLives = 150 * time.Second
)

// defaultUpdates is what a bot gets that named nothing; an empty list means the same.
var defaultUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

// knownUpdates are the names that allowed_updates may hold; others are ignored with a warning.
var knownUpdates = []string{
	"message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "message_reaction",
	"message_reaction_count", "my_chat_member", "chat_member", "chat_join_request", "inline_query",
	"chosen_inline_result", "shipping_query", "pre_checkout_query", "poll", "poll_answer", "chat_boost",
	"removed_chat_boost", "business_connection", "business_message", "edited_business_message",
	"deleted_business_messages", "purchased_paid_media",
}

// pendingUpdate is an update that the bot has not confirmed.
type pendingUpdate struct {
	ID      int64
	Kind    string
	Queue   string // updates of one queue are delivered one after another
	Created time.Time
	NotYet  time.Time // an injected delay
	Body    json.RawMessage
}

func (u *pendingUpdate) expired(now time.Time) bool {
	lives := updateLives
	if u.Kind == "callback_query" {
		lives = callbackLives
	}
	return now.Sub(u.Created) > lives
}

// emit queues an update if the bot asked for its kind. The caller holds mu.
func (s *Server) emit(kind, queue string, payload any) {
	allowed := s.world.Allowed
	if len(allowed) == 0 {
		allowed = defaultUpdates
	}
	if !slices.Contains(allowed, kind) {
		return
	}
	id := s.world.NextUpdate
	s.world.NextUpdate++
	body, err := json.Marshal(map[string]any{"update_id": id, kind: payload})
	if err != nil {
		s.log.Error("encode update: " + err.Error())
		return
	}
	u := &pendingUpdate{ID: id, Kind: kind, Queue: queue, Created: s.clock.Now(), Body: body}
	copies := s.disturb(u)
	for range copies {
		s.world.Pending = append(s.world.Pending, u)
	}
	s.pump(queue)
	s.wakePoller()
}

// emitMessage announces a message or an edit if the bot may see it.
func (s *Server) emitMessage(kind string, g *group, m *Message) {
	if !s.sees(g, m) {
		return
	}
	s.emit(kind, queueOf("chat", g.ID), g.wireMessage(m))
}

// sees follows privacy mode: a bot that is no administrator and may not read everything gets commands, replies to
// it, mentions of it, and service messages. Other bots' messages are never shown.
func (s *Server) sees(g *group, m *Message) bool {
	bot := s.world.Bot
	switch {
	case g.BotStatus != "administrator" && g.BotStatus != "member":
		return false
	case m.Service != nil:
		return true
	case m.From.IsBot:
		return false
	case g.BotStatus == "administrator" || !s.opts.PrivacyMode:
		return true
	}
	target := g.Messages[m.ReplyTo]
	return strings.HasPrefix(m.Text, "/") || target != nil && target.From.ID == bot.ID ||
		strings.Contains(strings.ToLower(m.Text), "@"+strings.ToLower(bot.Username))
}

func queueOf(domain string, id int64) string { return domain + ":" + strconv.FormatInt(id, 10) }

// expire drops what waited too long. The caller holds mu.
func (s *Server) expire() {
	now := s.clock.Now()
	s.world.Pending = slices.DeleteFunc(s.world.Pending, func(u *pendingUpdate) bool { return u.expired(now) })
}

// allowUpdates applies an allowed_updates argument; if it was not given the former value stays.
func (s *Server) allowUpdates(p *params) *apiError {
	var names []string
	given, err := p.object("allowed_updates", "allowed updates", &names)
	if err != nil || !given {
		return err
	}
	var allowed []string
	for _, name := range names {
		if slices.Contains(knownUpdates, name) {
			allowed = append(allowed, name)
		} else {
			p.warn("unknown update type " + name)
		}
	}
	s.world.Allowed = allowed
	return nil
}
