package deliver

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// The kinds of deliveries, shorter.
const (
	kindPost   = sessionsv1.Delivery_KIND_POST
	kindEdit   = sessionsv1.Delivery_KIND_EDIT
	kindDelete = sessionsv1.Delivery_KIND_DELETE
	kindClose  = sessionsv1.Delivery_KIND_CLOSE
	kindReopen = sessionsv1.Delivery_KIND_REOPEN
	kindNotice = sessionsv1.Delivery_KIND_NOTICE
)

// maxSpins is how often in a row something may be tried again at once. Each answer that leads here changes what is tried, so
// more of them than there are such answers mean a circle.
const maxSpins = 12

// work is the handling of one event.
type work struct {
	*Engine
	key   laneKey
	event bus.Event
	lane  *lane

	record *sessionsv1.SessionRecord
	list   []*sessionsv1.Delivery
	more   bool
	// gathered: the list was made after a wait for the budget. What is in it has waited, and may be joined.
	gathered bool

	place Place
	// gone is a thread that the record still names and the platform has not.
	gone string
	// closed: the thread was found closed, and is reopened before the next post. reopened is to be reported.
	closed, reopened bool
	// fresh: the thread was opened just now, and nothing was posted.
	fresh bool
	// group is what the last step tried to send.
	group []*sessionsv1.Delivery
	// shown is what was sent since the list was made.
	shown map[string]*eventv1.Copy
	spins int
}

func (w *work) handle(ctx context.Context) error {
	if w.event.Seq <= w.lane.clean && len(w.lane.owed) == 0 {
		w.covered(ctx)
		return nil
	}
	if wait := time.Until(w.lane.notBefore); wait > 0 {
		return bus.RetryAfter(w.lane.lastErr, wait)
	}
	if err := w.circuit.allows(ctx); err != nil {
		return err
	}
	if err := w.pay(ctx); err != nil {
		return err
	}
	return w.run(ctx)
}

// run asks what is pending and works it off until nothing is.
func (w *work) run(ctx context.Context) error {
	if err := w.ask(ctx); err != nil {
		return err
	}
	for {
		w.skip()
		switch {
		case len(w.list) > 0 || w.announces() || w.lane.job.begun() || w.unsure():
			if err := w.next(ctx); err != nil {
				return err
			}
		case w.more:
			if err := w.ask(ctx); err != nil {
				return err
			}
		case w.record == nil:
			return w.wipe(ctx)
		default:
			w.lane.clean = max(w.lane.clean, w.record.GetSeq())
			return nil
		}
	}
}

// ask reads what is pending. A session that is not there any more has nothing.
func (w *work) ask(ctx context.Context) error {
	select {
	case w.asks <- struct{}{}:
		defer func() { <-w.asks }()
	case <-ctx.Done():
		return fmt.Errorf("wait to ask for pending messages: %w", ctx.Err())
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	answer, err := w.Sessions.Pending(ctx, &sessionsv1.PendingRequest{
		Project: string(w.key.project), SessionId: string(w.key.session), Platform: w.Platform.Name(),
		Since: timestamppb.New(w.Since), Limit: page, Seen: w.event.Seq,
	})
	switch status.Code(err) {
	case codes.OK:
	case codes.NotFound:
		w.record, w.list, w.more, w.lane.job, w.lane.astray = nil, nil, false, nil, false
		return nil
	case codes.InvalidArgument, codes.Unimplemented:
		return fmt.Errorf("ask for pending messages: %w", err)
	default:
		return w.again(fmt.Errorf("ask for pending messages: %w", err), 0, ownDelay)
	}
	w.record, w.list, w.more = answer.GetRecord(), answer.GetDeliveries(), len(answer.GetDeliveries()) == page
	w.lane.lists++
	w.shown, w.gathered = map[string]*eventv1.Copy{}, false
	w.locate()
	return nil
}

// locate reads from the record where the thread is.
func (w *work) locate() {
	state := w.state()
	if state.GetThread() == "" || state.GetThread() == w.gone {
		w.place = Place{Chat: w.Platform.Chat(w.record)}
		return
	}
	w.place = Place{Chat: w.Platform.Current(state.GetChat()), Thread: state.GetThread()}
	if w.lane.card == cardUnknown {
		// Whoever opened the thread and posted nothing in it was killed in between.
		w.lane.card = cardPosted
		if state.GetThrough() == 0 {
			w.lane.card = cardDue
		}
	}
}

func (w *work) state() *sessionsv1.PlatformState {
	return w.record.GetPlatforms()[w.Platform.Name()]
}

// skip drops from the front of the list what is done already: an earlier edit of a joined post has shown it.
func (w *work) skip() {
	for len(w.list) > 0 {
		d := w.list[0]
		m := d.GetMessage()
		seen := w.shown[m.GetMessage().GetId()]
		if m == nil || d.Kind == kindPost || seen == nil || seen.Version < m.ContentSeq {
			return
		}
		w.list = w.list[1:]
	}
}

// announces tells that the thread is to be opened although nothing was said yet. Of a visitor that looks like a program nobody is told
// before it writes.
func (w *work) announces() bool {
	if w.record.GetSession().GetMetadata().GetFields()["isBot"].GetBoolValue() {
		return false
	}
	return w.OnConnect && w.event.Type == bus.SessionStarted && len(w.list) == 0 && !w.more &&
		w.record.GetSession().GetStatus() == "active" && w.state().GetThrough() == 0 && w.lane.card != cardPosted
}

// next waits for the budget and takes one step.
func (w *work) next(ctx context.Context) error {
	class, units := w.need()
	permit, err := w.Pacer.Acquire(ctx, w.Platform.Account(w.place), class, units)
	if err != nil {
		return err
	}
	defer permit.Release()
	w.Metrics.waited(class, permit.Waited)
	if w.circuit.isOpen() {
		return bus.RetryAfter(errCircuitOpen, probeEvery)
	}
	if permit.Waited > 0 {
		// What has gathered meanwhile goes along.
		if err := w.ask(ctx); err != nil {
			return err
		}
		w.gathered = true
		w.skip()
		if len(w.list) == 0 && !w.announces() && !w.lane.job.begun() && !w.unsure() {
			return nil
		}
	}
	return w.judge(ctx, w.step(ctx, permit))
}

// need is the class of the lane and the calls that its next step makes. The most urgent delivery counts: it can't overtake
// those before it.
func (w *work) need() (pace.Class, int) {
	if w.place.Thread == "" {
		return pace.First, 2
	}
	class, units := pace.Rest, w.nextUnits()
	for _, d := range w.list {
		switch {
		case d.Kind == kindPost && d.GetMessage().GetMessage().GetSender() == senderVisitor:
			class = min(class, pace.Visitor)
		case d.Kind == kindClose || d.Kind == kindReopen:
			class = min(class, pace.State)
		}
	}
	if w.fresh {
		class = pace.First
	}
	if w.closed {
		units++
	}
	return class, units
}

// nextUnits is what the next step costs. A post that was not begun is planned once more when it is: plans are cheap.
func (w *work) nextUnits() int {
	switch {
	case w.lane.job.begun():
		return w.lane.job.units()
	case len(w.list) == 0:
		return 1
	}
	switch d := w.list[0]; d.Kind {
	case kindClose:
		if w.lane.saidClosed != d.Seq {
			return 2
		}
	case kindPost:
		if len(d.Message.GetMessage().GetAttachments()) == 0 {
			return 1
		}
		if calls := w.Platform.Plan(Post{Record: w.record, Messages: []*sessionsv1.MessageRecord{d.Message}}, nil); len(calls) > 0 {
			return max(1, calls[0].Units)
		}
	}
	return 1
}
