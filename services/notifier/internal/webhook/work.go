package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
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
	var session wire.Session
	if e.Destination.needs(ev) {
		if session, err = e.session(ctx, ev); err != nil {
			return err
		}
	}
	kind, data := e.Destination.render(e.linked(ev), session)
	if kind == "" {
		return nil
	}
	header, body, err := e.Destination.letter(ev.ID, kind, data, e.Clock.Now())
	if err != nil {
		return bus.Permanent(err)
	}
	err = e.Destination.client.post(ctx, header, body)
	e.judge(err)
	return err
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
	record, err := e.Sessions.Get(ctx, &sessionsv1.GetRequest{Project: string(ev.Project), SessionId: string(ev.Session)})
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

// errNothing says that nothing of a session is left to wait.
var errNothing = errors.New("nothing waits")

// errFound ends a reading.
var errFound = errors.New("found")

// head reads the event whose turn it is. With errNothing the event says up to where there is none.
func (e *engine) head(ctx context.Context, l *line) (bus.Event, error) {
	next, through := l.span()
	nothing := bus.Event{Seq: through}
	if next > through {
		return nothing, errNothing
	}
	var found bus.Event
	filter := bus.Filter{Project: l.key.project, Session: l.key.session}
	err := e.bus.Replay(ctx, next, filter, func(ev bus.Event) error {
		if ev.Seq > through {
			return errNothing
		}
		if !e.Destination.hears(ev.Type) {
			return nil
		}
		found = ev
		return errFound
	})
	switch {
	case errors.Is(err, errFound):
		return found, nil
	case err == nil, errors.Is(err, errNothing):
		return nothing, errNothing
	default:
		return nothing, fmt.Errorf("read what waits: %w", err)
	}
}

// write puts a line's note into the notebook.
func (e *engine) write(ctx context.Context, l *line) error {
	value, err := json.Marshal(l.note)
	if err != nil {
		return bus.Permanent(err) // a note always marshals
	}
	path := l.key.path(e.Destination.Name)
	var revision uint64
	if l.revision == 0 {
		revision, err = e.bus.Notebook().Create(ctx, path, value)
	} else {
		revision, err = e.bus.Notebook().Update(ctx, path, value, l.revision)
	}
	if err != nil {
		return e.unwritten(err)
	}
	l.revision = revision
	return nil
}

// erase takes a line's note out of the notebook.
func (e *engine) erase(ctx context.Context, l *line) error {
	if l.revision == 0 {
		return nil
	}
	if err := e.bus.Notebook().Delete(ctx, l.key.path(e.Destination.Name), l.revision); err != nil {
		return e.unwritten(err)
	}
	return nil
}

// unwritten makes sense of a note that could not be written. When the notebook says something else, another holder has written, or
// this one whose answer was lost: in either case what is remembered here is not to be trusted, and the engine starts over.
func (e *engine) unwritten(err error) error {
	if errors.Is(err, bus.ErrNoteChanged) {
		e.stop(errOutdated)
	}
	return bus.RetryAfter(fmt.Errorf("note that a session waits: %w", err), ownDelay)
}
