package deliver

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// source is the service's name in events.
const source = "notifier"

// settlePost reports what stands on the platform now.
func (w *work) settlePost(ctx context.Context, j *job) error {
	at, card := w.stands(j), j.post.Card
	last := w.group[len(w.group)-1]
	report := w.delivered(w.through(last))
	var joined []string
	if card {
		joined = []string{cardMark}
	}
	if len(w.group) > 1 {
		w.Metrics.joinedTexts(len(w.group))
	}
	for _, d := range w.group {
		m := d.Message.Message
		if m.Sender == senderVisitor { // what the team says is delivered when the visitor has it
			report.MessageIds = append(report.MessageIds, m.Id)
		}
		if card || len(w.group) > 1 {
			joined = append(joined, m.Id)
		}
	}
	for _, d := range w.group {
		w.show(report, &eventv1.Copy{MessageId: d.Message.Message.Id, At: at, Version: d.Message.ContentSeq, Joined: joined})
		w.Metrics.accepted(d.Message.Message.GetTimestamp())
	}
	report.ThreadStatus = w.opened()
	events := []bus.Event{w.fact(bus.MessageDeliver, "delivered", last.Seq, report)}
	if w.state().GetThread() == w.place.Thread && w.state().GetChat() != w.place.Chat {
		// The chat has moved and taken the thread along: answers come from the new one.
		events = append(events, w.openedFact(w.place.Thread))
	}
	w.fresh = false
	w.pop()
	return w.publish(ctx, events...)
}

// settleNotices reports that the team was shown what it is shown.
func (w *work) settleNotices(ctx context.Context, j *job) error {
	last := j.group[len(j.group)-1]
	report := w.delivered(w.through(last))
	report.ThreadStatus, w.fresh = w.opened(), false
	w.pop()
	return w.publish(ctx, w.fact(bus.MessageDeliver, "noticed", last.Seq, report))
}

// pop drops from the list what the group has settled. A post that was begun before the list was made may not be in it.
func (w *work) pop() {
	last := w.group[len(w.group)-1].Seq
	for len(w.list) > 0 && w.list[0].Seq <= last {
		w.list = w.list[1:]
	}
}

// settleRevised reports an edit or a deletion for all messages of the post: each of them is shown as it is now.
// at is where the post stands now, nil for where it stood.
func (w *work) settleRevised(ctx context.Context, d *sessionsv1.Delivery, at *bellhopv1.PlatformMessage, vanished bool) error {
	w.lane.job = nil
	before := w.copyOf(d.Message)
	if len(at.GetIds()) == 0 { // all of it was removed; what stood there can still be asked for
		at = before.GetAt()
	}
	report := w.delivered(w.through(d))
	for _, m := range parts(d) {
		w.show(report, &eventv1.Copy{
			MessageId: m.Message.Id, At: at, Version: m.ContentSeq, Joined: before.GetJoined(),
			Deleted: vanished || m.Message.DeletedAt != nil,
		})
	}
	w.group = []*sessionsv1.Delivery{d}
	w.pop()
	return w.publish(ctx, w.fact(bus.MessageDeliver, "revised", d.Seq, report))
}

// settleThread reports that a thread is closed or open.
func (w *work) settleThread(ctx context.Context, d *sessionsv1.Delivery) error {
	report, verb := w.delivered(w.through(d)), "closed"
	report.ThreadStatus = "closed"
	if d.Kind == kindReopen {
		report.ThreadStatus, verb = "active", "reopened"
	}
	w.list = w.list[1:]
	return w.publish(ctx, w.fact(bus.MessageDeliver, verb, d.Seq, report))
}

// settleCard reports that the card of a session that has said nothing is posted.
func (w *work) settleCard(ctx context.Context) error {
	w.fresh = false
	return w.publish(ctx, w.fact(bus.MessageDeliver, "announced", w.event.Seq, w.delivered(w.event.Seq)))
}

// settleOpened reports which thread is the session's.
func (w *work) settleOpened(ctx context.Context, replaces string) error {
	return w.publish(ctx, w.openedFact(replaces))
}

func (w *work) openedFact(replaces string) bus.Event {
	ev := w.fact(bus.ThreadOpened, "thread", 0, &eventv1.ThreadOpened{
		SessionId: string(w.key.session), VisitorId: w.record.GetSession().GetVisitorId(), Platform: w.Platform.Name(),
		Chat: w.place.Chat, Thread: w.place.Thread, OpenedAt: now(), Replaces: replaces,
	})
	ev.ID = fmt.Sprintf("%s:thread:%s:%s:%s", w.Platform.Name(), w.key.session, w.place.Chat, w.place.Thread)
	return ev
}

// settleFailed buries what the platform will never take, and reports it as settled.
func (w *work) settleFailed(ctx context.Context, group []*sessionsv1.Delivery, why error) error {
	report := &eventv1.MessageFailed{
		SessionId: string(w.key.session), VisitorId: w.record.GetSession().GetVisitorId(), Platform: w.Platform.Name(),
		Reason: why.Error(), FailedAt: now(),
	}
	for _, d := range group {
		if err := w.Bury(context.WithoutCancel(ctx), d.Seq, w.lane.failures+1, why); err != nil {
			return w.again(fmt.Errorf("bury event %d: %w", d.Seq, err), 0, ownDelay)
		}
		w.Metrics.failed()
		if m := d.GetMessage(); m != nil {
			report.MessageIds = append(report.MessageIds, m.Message.Id)
		}
	}
	last := group[len(group)-1]
	report.Through = w.through(last)
	var facts []bus.Event
	if salvaged := w.salvage(); salvaged != nil && last.Kind == kindPost {
		facts = append(facts, w.fact(bus.MessageDeliver, "partly", last.Seq, salvaged))
	}
	w.group = group
	w.pop()
	return w.publish(ctx, append(facts, w.fact(bus.MessageFailed, "failed", last.Seq, report))...)
}

// through is what is settled once a delivery is. A thread's reopening and the message that asked for it share one sequence.
func (w *work) through(d *sessionsv1.Delivery) uint64 {
	if d.Kind == kindReopen {
		return d.Seq - 1
	}
	return d.Seq
}

func (w *work) delivered(through uint64) *eventv1.MessageDelivered {
	return &eventv1.MessageDelivered{
		SessionId: string(w.key.session), VisitorId: w.record.GetSession().GetVisitorId(), Platform: w.Platform.Name(),
		DeliveredAt: now(), Through: through,
	}
}

// show puts a copy into a report and remembers it for what is left of the list.
func (w *work) show(report *eventv1.MessageDelivered, c *eventv1.Copy) {
	report.Copies = append(report.Copies, c)
	w.shown[c.MessageId] = proto.Clone(c).(*eventv1.Copy)
}

// fact is an event about this session. Its id is made of what it is about: reported twice, it is stored once.
func (w *work) fact(kind bus.Type, verb string, seq uint64, data proto.Message) bus.Event {
	return bus.Event{
		ID:   w.Platform.Name() + ":" + verb + ":" + string(w.key.session) + ":" + strconv.FormatUint(seq, 10),
		Type: kind, Project: w.key.project, Session: w.key.session, Source: source, Time: time.Now(), Data: data,
	}
}

func now() *timestamppb.Timestamp { return timestamppb.New(time.Now().Truncate(time.Millisecond)) }

// publish reports what was done, even if the process is to stop. What the bus does not take is owed: nothing else is done
// for the session before it has been reported, or it would be done again.
func (w *work) publish(ctx context.Context, events ...bus.Event) error {
	w.lane.owed = append(w.lane.owed, events...)
	return w.pay(ctx)
}

// pay reports what is owed.
func (w *work) pay(ctx context.Context) error {
	if len(w.lane.owed) == 0 {
		return nil
	}
	if _, err := w.Publish(context.WithoutCancel(ctx), w.lane.owed...); err != nil {
		return w.again(fmt.Errorf("report delivery: %w", err), 0, ownDelay)
	}
	w.lane.owed = nil
	return nil
}
