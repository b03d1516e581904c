package telegram

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/go-telegram/bot/models"
	"go.uber.org/zap"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// Name of the platform on the bus.
const Name = "telegram"

// Sender is the deliver.Platform of one bot.
type Sender struct {
	api  *botapi.Client
	home int64
	log  *zap.Logger

	mu sync.Mutex
	// moved holds the new ids of chats that Telegram has given one. A restart learns them again with its first call.
	moved map[int64]int64
}

var _ deliver.Platform = (*Sender)(nil)

// New makes a sender for a configuration that is complete; conversations are opened in its first chat.
func New(cfg botapi.Config, log *zap.Logger) *Sender {
	return &Sender{api: botapi.New(cfg), home: cfg.ChatIDs()[0], log: log, moved: map[int64]int64{}}
}

// Disconnect ends the connections that are kept, when nothing is to be sent any more.
func (s *Sender) Disconnect() { s.api.CloseIdleConnections() }

const (
	// reserve is what is kept for new conversations of a group's messages a minute.
	reserve = 3
	// burst is how many messages Telegram takes at once before it counts seconds. https://core.telegram.org/bots/faq
	burst = 3
	// margin covers the clocks and the ways that differ.
	margin = 250 * time.Millisecond
)

// Limits are the notifier's share of what a group allows. perSecond is 1 in Telegram's FAQ; 0 for no limit.
func Limits(cfg botapi.Config, perSecond float64) pace.Limits {
	l := pace.Limits{Window: time.Minute, Rate: perSecond, Burst: burst, Margin: margin}
	if shares := cfg.Shares(); !shares.Unlimited {
		l.Units, l.Reserve = max(1, shares.Notifier), min(reserve, shares.Notifier/3)
	}
	return l
}

// Name is telegram.
func (s *Sender) Name() string { return Name }

// Chat is the group in which topics are opened.
func (s *Sender) Chat(*sessionsv1.SessionRecord) string { return format(s.current(s.home)) }

// Account is the group: Telegram counts what a bot sends to all of its topics together.
func (s *Sender) Account(at deliver.Place) string { return at.Chat }

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

// Open makes a topic.
func (s *Sender) Open(ctx context.Context, chat string, record *sessionsv1.SessionRecord) (at deliver.Place, carded bool, err error) {
	in := s.current(number(chat))
	topic, err := s.api.CreateForumTopic(ctx, botapi.NewTopic{Chat: in, Name: botapi.TopicName(brief.Title(record))})
	if err != nil {
		return deliver.Place{}, false, s.failure(in, err)
	}
	return deliver.Place{Chat: format(in), Thread: strconv.Itoa(topic.MessageThreadID)}, false, nil
}

// Plan is a message for each part of the text.
func (s *Sender) Plan(post deliver.Post, shown []string) []deliver.Call {
	return deliver.Texts(len(parts(post)), shown)
}

// Send sends a part of a post to a topic.
func (s *Sender) Send(ctx context.Context, at deliver.Place, post deliver.Post, part int) ([]string, error) {
	place := s.place(at)
	out := partOf(post, part)
	out.Place = place
	if ids := post.ReplyTo.GetIds(); len(ids) > 0 && part == 0 {
		out.ReplyTo = int(number(ids[len(ids)-1]))
	}
	sent, err := s.api.SendMessage(ctx, out)
	if err != nil {
		return nil, textual(s.failure(place.Chat, err), post)
	}
	return []string{strconv.Itoa(sent.ID)}, nil
}

// partOf is one part of a post; the last one if what was planned has become shorter.
func partOf(post deliver.Post, part int) botapi.Outgoing {
	all := parts(post)
	return all[min(part, len(all)-1)]
}

// Edit replaces a message's text.
func (s *Sender) Edit(ctx context.Context, at *bellhopv1.PlatformMessage, post deliver.Post, part int) error {
	chat := s.current(number(at.GetChat()))
	out := partOf(post, part)
	ref := botapi.MessageRef{Chat: chat, ID: int(number(at.GetIds()[0]))}
	err := s.api.EditMessageText(ctx, botapi.TextEdit{MessageRef: ref, Text: out.Text, Entities: out.Entities})
	if err != nil {
		return textual(s.failure(chat, err), post)
	}
	return nil
}

// Delete removes a message.
func (s *Sender) Delete(ctx context.Context, at *bellhopv1.PlatformMessage) error {
	chat := s.current(number(at.GetChat()))
	return lenient(s.failure(chat, s.api.DeleteMessage(ctx, botapi.MessageRef{Chat: chat, ID: int(number(at.GetIds()[0]))})))
}

// SayClosed posts who closed the conversation.
func (s *Sender) SayClosed(ctx context.Context, at deliver.Place, by string) error {
	place, line := s.place(at), closedLine(by)
	_, err := s.api.SendMessage(ctx, botapi.Outgoing{Place: place, Text: line.String(), Entities: line.Entities(), Silent: true})
	return s.failure(place.Chat, err)
}

// Close closes a topic.
func (s *Sender) Close(ctx context.Context, at deliver.Place, _ *sessionsv1.SessionRecord) error {
	place := s.place(at)
	return lenient(s.failure(place.Chat, s.api.CloseForumTopic(ctx, place)))
}

// Reopen opens a topic again.
func (s *Sender) Reopen(ctx context.Context, at deliver.Place, _ *sessionsv1.SessionRecord) error {
	place := s.place(at)
	return lenient(s.failure(place.Chat, s.api.ReopenForumTopic(ctx, place)))
}

// Typing shows "typing…" in a topic.
func (s *Sender) Typing(ctx context.Context, at deliver.Place) error {
	place := s.place(at)
	return s.failure(place.Chat, s.api.SendChatAction(ctx, place, models.ChatActionTyping))
}

// TypingLasts is how long Telegram shows it. https://core.telegram.org/bots/api#sendchataction
func (s *Sender) TypingLasts() time.Duration { return 5 * time.Second }

// Probe asks for the bot and its group; neither question counts against a limit.
func (s *Sender) Probe(ctx context.Context) error {
	if _, err := s.api.GetMe(ctx); err != nil {
		return s.failure(0, err)
	}
	chat := s.current(s.home)
	_, err := s.api.GetChat(ctx, chat)
	return s.failure(chat, err)
}

func (s *Sender) place(at deliver.Place) botapi.Place {
	return botapi.Place{Chat: s.current(number(at.Chat)), Thread: int(number(at.Thread))}
}

func format(id int64) string { return strconv.FormatInt(id, 10) }

// number reads an id that this package wrote; 0, which Telegram refuses, for anything else.
func number(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
