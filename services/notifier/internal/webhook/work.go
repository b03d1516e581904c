package webhook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/span"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// askTimeout bounds one question to the sessions service, which itself waits no longer than 2 s for its projection.
const askTimeout = 5 * time.Second

// deliver makes one attempt. Its error is a *Failure when the receiver has not taken the event, Permanent when nothing ever can
// be delivered, and any other when the trouble is ours.
func (e *engine) deliver(ctx context.Context, ev bus.Event) error {
	ev, wanted, err := e.original(ctx, ev)
	if err != nil || !wanted {
		return err
	}
	shown, err := e.shown(ctx, ev)
	if err != nil {
		return err
	}
	var session wire.Session
	if e.Destination.needs(ev) {
		if session, err = e.session(ctx, ev); err != nil {
			return err
		}
	}
	kind, data := e.Destination.render(wire.As(e.linked(ev), shown), session)
	if kind == "" {
		return nil
	}
	header, body, err := e.Destination.letter(ev.ID, kind, data, e.Clock.Now())
	if err != nil {
		return bus.Permanent(err)
	}
	calling, s := span.Beneath(ctx, "webhook post", trace.SpanKindClient,
		attribute.String("bellhop.destination", e.Destination.Name), attribute.String("bellhop.event", string(ev.Type)))
	err = e.Destination.client.post(calling, header, body)
	span.End(s, wordFor(err))
	e.judge(err)
	return err
}

// wordFor is why an attempt has failed, in a word; empty for success.
func wordFor(err error) string {
	if failure, refused := errors.AsType[*Failure](err); refused {
		return string(failure.Reason)
	}
	if err != nil {
		return "cut_off"
	}
	return ""
}

// judge counts an attempt, and notices when the receiver fails and when it is back.
func (e *engine) judge(err error) {
	failure, refused := errors.AsType[*Failure](err)
	switch {
	case refused:
		e.Metrics.failed(failure.Reason)
		if e.failing.CompareAndSwap(false, true) {
			e.Log.Warn("the receiver does not take events", zap.Error(failure))
			e.Tell(failure.Error())
		}
	case err == nil:
		e.Metrics.delivered()
		if e.failing.CompareAndSwap(true, false) {
			e.Log.Info("the receiver takes events")
			e.Tell("")
			e.queue.wakeAll() // why let them wait for hours when it is back
		}
	}
}

// linked is an event whose message says where its files can be fetched: on the bus it does not, because such addresses end.
func (e *engine) linked(ev bus.Event) bus.Event {
	data, ok := ev.Data.(*eventv1.MessageCreated)
	if !ok || e.Link == nil || len(data.GetMessage().GetAttachments()) == 0 {
		return ev
	}
	data = proto.CloneOf(data)
	for _, a := range data.GetMessage().GetAttachments() {
		a.Url = e.Link(a)
	}
	ev.Data = data
	return ev
}

// original is the event that is to be sent: of delivery.requested the one that it names. wanted is false when that is another
// destination's business.
func (e *engine) original(ctx context.Context, ev bus.Event) (original bus.Event, wanted bool, err error) {
	request, ok := ev.Data.(*eventv1.DeliveryRequested)
	if !ok {
		return ev, true, nil
	}
	if request.GetPlatform() != e.Destination.Name || request.GetEventSeq() == 0 {
		return ev, false, nil
	}
	original, err = e.bus.Event(ctx, request.GetEventSeq())
	switch {
	case errors.Is(err, bus.ErrUnavailable):
		return ev, false, err
	case err != nil:
		return ev, false, bus.Permanent(fmt.Errorf("read the requested event: %w", err))
	case original.Project != ev.Project || original.Session != ev.Session:
		return ev, false, bus.Permanent(fmt.Errorf("event %d is not of the session that asks for it", request.GetEventSeq()))
	}
	return original, original.Type != bus.DeliveryRequested, nil
}

// session is how an event's session stands now. Of one that is not there any more only the ids are told.
func (e *engine) session(ctx context.Context, ev bus.Event) (wire.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	record, err := e.Sessions.Get(ctx, &sessionsv1.GetRequest{Project: string(ev.Project), SessionId: string(ev.Session), Seen: ev.Seq})
	switch status.Code(err) {
	case codes.OK:
	case codes.NotFound, codes.InvalidArgument:
		return wire.FromSession(&bellhopv1.Session{Id: string(ev.Session), VisitorId: visitorOf(ev)}), nil
	default:
		return wire.Session{}, fmt.Errorf("ask for the session: %w", err)
	}
	operators, err := e.Sessions.Operators(ctx, &sessionsv1.OperatorsRequest{Project: string(ev.Project)})
	if err != nil {
		return wire.Session{}, fmt.Errorf("ask for the operators: %w", err)
	}
	return wire.FromRecord(record, operators.GetOnline()), nil
}

func visitorOf(ev bus.Event) string {
	switch data := ev.Data.(type) {
	case *eventv1.Session:
		return data.GetSession().GetVisitorId()
	case interface{ GetVisitorId() string }:
		return data.GetVisitorId()
	default:
		return ""
	}
}
