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
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// Name of the platform on the bus.
const Name = "telegram"

// Sender is the deliver.Platform of one bot.
type Sender struct {
	api   *botapi.Client
	cfg   botapi.Config
	files shelf.Shelf
	log   *zap.Logger

	mu sync.Mutex
	// moved holds the new ids of chats that Telegram has given one. A restart learns them again with its first call.
	moved map[int64]int64
	// refused is when a group last would not have the bot.
	refused map[int64]time.Time
}

var _ deliver.Platform = (*Sender)(nil)

// New makes a sender for a configuration that is complete.
func New(cfg botapi.Config, files shelf.Shelf, log *zap.Logger) *Sender {
	return &Sender{api: botapi.New(cfg), cfg: cfg, files: files, log: log, moved: map[int64]int64{}, refused: map[int64]time.Time{}}
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

// Account is the group: Telegram counts what a bot sends to all of its topics together.
func (s *Sender) Account(at deliver.Place) string { return at.Chat }

// Open makes a topic.
func (s *Sender) Open(ctx context.Context, chat string, record *sessionsv1.SessionRecord) (at deliver.Place, carded bool, err error) {
	in := s.current(number(chat))
	topic, err := s.api.CreateForumTopic(ctx, botapi.NewTopic{Chat: in, Name: botapi.TopicName(brief.Title(record))})
	if err != nil {
		return deliver.Place{}, false, s.failure(in, err)
	}
	return deliver.Place{Chat: format(in), Thread: strconv.Itoa(topic.MessageThreadID)}, false, nil
}

// Delete removes a message.
func (s *Sender) Delete(ctx context.Context, at *bellhopv1.PlatformMessage) error {
	chat := s.current(number(at.GetChat()))
	return s.failure(chat, s.api.DeleteMessage(ctx, botapi.MessageRef{Chat: chat, ID: int(number(at.GetIds()[0]))}))
}

// Stands is nothing: a topic is deleted with all its messages.
func (s *Sender) Stands(context.Context, deliver.Place, []string) ([]string, int, error) {
	return nil, 0, nil
}

// Remove deletes a topic.
func (s *Sender) Remove(ctx context.Context, at deliver.Place) error {
	place := s.place(at)
	return s.failure(place.Chat, s.api.DeleteForumTopic(ctx, place))
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
	return s.failure(place.Chat, s.api.CloseForumTopic(ctx, place))
}

// Reopen opens a topic again.
func (s *Sender) Reopen(ctx context.Context, at deliver.Place, _ *sessionsv1.SessionRecord) error {
	place := s.place(at)
	return s.failure(place.Chat, s.api.ReopenForumTopic(ctx, place))
}

// Typing shows "typing…" in a topic.
func (s *Sender) Typing(ctx context.Context, at deliver.Place) error {
	place := s.place(at)
	return s.failure(place.Chat, s.api.SendChatAction(ctx, place, models.ChatActionTyping))
}

// TypingLasts is how long Telegram shows it. https://core.telegram.org/bots/api#sendchataction
func (s *Sender) TypingLasts() time.Duration { return 5 * time.Second }

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
