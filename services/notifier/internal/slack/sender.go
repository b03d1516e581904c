package slack

import (
	"context"
	"time"

	"go.uber.org/zap"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// Name of the platform on the bus.
const Name = "slack"

// Sender is the deliver.Platform of one bot.
type Sender struct {
	api    *webapi.Client
	cfg    webapi.Config
	files  shelf.Shelf
	log    *zap.Logger
	doubts *doubts
	status *statuses
	looks  looks
}

var _ deliver.Platform = (*Sender)(nil)

// New makes a sender for a configuration in bot mode.
func New(cfg webapi.Config, files shelf.Shelf, log *zap.Logger) *Sender {
	api := webapi.New(cfg)
	return &Sender{
		api: api, cfg: cfg, files: files, log: log, doubts: newDoubts(), status: newStatuses(api),
		looks: looks{look: webapi.Look{Username: cfg.Username, IconEmoji: cfg.IconEmoji}},
	}
}

// Disconnect ends what is shown for a while and the connections that are kept, when nothing is to be sent any more.
func (s *Sender) Disconnect() {
	s.status.stop()
	s.api.CloseIdleConnections()
}

// margin covers the clocks and the ways that differ.
const margin = 100 * time.Millisecond

// Limits are what a channel allows; the answers to commands, which inbound gives, are not counted with them.
func Limits(cfg webapi.Config) pace.Limits {
	return pace.Limits{Rate: cfg.RatePerSecond, Burst: max(cfg.Burst, 1), Margin: margin}
}

// Name is slack.
func (s *Sender) Name() string { return Name }

// Chat is the channel.
func (s *Sender) Chat(*sessionsv1.SessionRecord) string { return s.cfg.Channel }

// Current is the channel itself: Slack moves none.
func (s *Sender) Current(chat string) string { return chat }

// Account is the channel: Slack counts what is posted to all of its threads together.
func (s *Sender) Account(at deliver.Place) string { return at.Chat }

// Open posts the visitor's card, which is the thread's first message.
func (s *Sender) Open(ctx context.Context, chat string, record *sessionsv1.SessionRecord) (at deliver.Place, carded bool, err error) {
	show := card(record, false)
	since := record.GetSession().GetLastActivity().AsTime()
	ts, err := s.once(ctx, webapi.Outgoing{Place: webapi.Place{Channel: chat}, Content: show, Mark: cardMark(record, show)}, since)
	if err != nil {
		return deliver.Place{}, false, err
	}
	s.doubts.root(threadKey(webapi.Place{Channel: chat, Thread: ts}))
	return deliver.Place{Chat: chat, Thread: ts}, true, nil
}

// Plan is a message for each part of the text, and an upload for each file; files stay as they are when the text is edited. The card
// is never among them: it stands above the thread, and is made as it should be before the rest.
func (s *Sender) Plan(post deliver.Post, shown []string) []deliver.Call {
	calls := plan(post, s.link, textsOf(shown))
	if len(shown) > 0 {
		return calls
	}
	for i := range s.sent(post) {
		calls = append(calls, deliver.Call{Do: deliver.Send, Part: firstFile + i})
	}
	return calls
}

func plan(post deliver.Post, link linker, shown []string) []deliver.Call {
	n := len(parts(post, link))
	if post.Card && !cardAlone(post) {
		n++ // so that it goes alone
	}
	return deliver.Texts(n, shown)
}

func cardAlone(post deliver.Post) bool { return post.Card && len(post.Messages)+len(post.Notices) == 0 }

// Send posts a part of a post to a thread.
func (s *Sender) Send(ctx context.Context, at deliver.Place, post deliver.Post, part int) ([]string, error) {
	if cardAlone(post) {
		return nil, s.showCard(ctx, at, post.Record, false)
	}
	if part >= firstFile {
		return s.sendFile(ctx, at, post, part-firstFile)
	}
	show := partOf(post, s.link, part)
	mark, since := markOf(post, part, show)
	ts, err := s.once(ctx, webapi.Outgoing{Place: webapi.Place{Channel: at.Chat, Thread: at.Thread}, Content: show, Mark: mark}, since)
	if err != nil {
		return nil, textual(err, post)
	}
	s.status.ended(at)
	return []string{ts}, nil
}

// partOf is one part of a post; the last one if what was planned has become shorter.
func partOf(post deliver.Post, link linker, part int) webapi.Content {
	all := parts(post, link)
	return all[min(part, len(all)-1)]
}

// Edit replaces what a message shows.
func (s *Sender) Edit(ctx context.Context, at *bellhopv1.PlatformMessage, post deliver.Post, part int) error {
	show := partOf(post, s.link, part)
	mark, _ := markOf(post, part, show)
	return textual(failure(s.api.Update(ctx, webapi.Ref{Channel: at.GetChat(), TS: at.GetIds()[0]}, show, mark)), post)
}

// Delete removes a message, or a file and its message.
func (s *Sender) Delete(ctx context.Context, at *bellhopv1.PlatformMessage) error {
	if isFile(at.GetIds()[0]) {
		return ofFile(lenient(failure(s.api.DeleteFile(ctx, at.GetIds()[0]))))
	}
	return lenient(failure(s.api.Delete(ctx, webapi.Ref{Channel: at.GetChat(), TS: at.GetIds()[0]})))
}

// SayClosed posts who closed the conversation.
func (s *Sender) SayClosed(ctx context.Context, at deliver.Place, by string) error {
	show := closedLine(by).Content()
	mark := webapi.Mark{ID: "closed", Version: version(show)}
	_, err := s.once(ctx, webapi.Outgoing{Place: webapi.Place{Channel: at.Chat, Thread: at.Thread}, Content: show, Mark: mark}, time.Now())
	return err
}

// Close shows on the card that the conversation is closed.
func (s *Sender) Close(ctx context.Context, at deliver.Place, record *sessionsv1.SessionRecord) error {
	return s.showCard(ctx, at, record, true)
}

// Reopen shows on the card that it is open.
func (s *Sender) Reopen(ctx context.Context, at deliver.Place, record *sessionsv1.SessionRecord) error {
	return s.showCard(ctx, at, record, false)
}

func (s *Sender) showCard(ctx context.Context, at deliver.Place, record *sessionsv1.SessionRecord, closed bool) error {
	show := card(record, closed)
	return ofCard(failure(s.api.Update(ctx, webapi.Ref{Channel: at.Chat, TS: at.Thread}, show, cardMark(record, show))))
}

// Probe asks for the bot and its channel, and joins it if need be.
func (s *Sender) Probe(ctx context.Context) error {
	if _, err := s.api.AuthTest(ctx); err != nil {
		return failure(err)
	}
	channel, err := s.api.ChannelInfo(ctx, s.cfg.Channel)
	switch kind := webapi.KindOf(err); {
	case kind == webapi.KindNoRights:
		return nil // it may post all the same
	case err != nil:
		return failure(err)
	case channel.Archived:
		return &deliver.Failure{Kind: deliver.Forbidden, Err: errArchived}
	case !channel.Member && !channel.Private:
		return failure(s.api.Join(ctx, s.cfg.Channel))
	}
	return nil
}
