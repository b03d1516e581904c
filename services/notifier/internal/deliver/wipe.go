package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// The states of an erasure's parts.
const (
	wipePending = "pending"
	wipeDone    = "done"
	wipeRefused = "refused"
)

// wiping counts what becomes of an erased session's copies.
type wiping struct {
	removed, left int
	why           string
}

// kept notes that something stays.
func (g *wiping) kept(n int, why string) {
	if n > 0 {
		g.left, g.why = g.left+n, why
	}
}

// wipe removes what stands of an erased session, and reports that. Of a session that is not there for another reason nothing stands.
// Everything may be removed twice, so what was cut off begins anew.
func (w *work) wipe(ctx context.Context) error {
	record, err := w.tomb(ctx)
	if err != nil {
		return err
	}
	if record == nil {
		w.lane.clean = max(w.lane.clean, w.event.Seq)
		return nil
	}
	part := record.GetErasure().GetParts()[w.Platform.Name()]
	if part.GetState() != wipePending {
		w.lane.clean = max(w.lane.clean, record.GetSeq())
		return nil
	}
	w.lane.job, w.lane.owed = nil, nil
	g := &wiping{}
	for _, at := range part.GetRemains() {
		if err := w.wipeThread(ctx, at, g); err != nil {
			return err
		}
	}
	report := &eventv1.Erasure{
		SessionId: string(w.key.session), Part: w.Platform.Name(), State: wipeDone, Removed: int32(g.removed), Left: int32(g.left),
		Why: g.why, At: timestamppb.New(time.Now()), Through: record.GetSeq(),
	}
	if g.left > 0 {
		report.State = wipeRefused
	}
	return w.publish(ctx, w.fact(bus.ErasureReported, "erased", record.GetSeq(), report))
}

// tomb asks what is left of the session; nil when it was not erased.
func (w *work) tomb(ctx context.Context) (*sessionsv1.SessionRecord, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	record, err := w.Sessions.GetErasure(ctx, &sessionsv1.GetErasureRequest{Project: string(w.key.project), SessionId: string(w.key.session)})
	switch status.Code(err) {
	case codes.OK:
		return record, nil
	case codes.NotFound, codes.InvalidArgument, codes.Unimplemented:
		return nil, nil
	default:
		return nil, w.again(fmt.Errorf("ask what is left of an erased session: %w", err), 0, ownDelay)
	}
}

// wipeThread removes a thread: first what must be removed one by one, then the thread. Where the platform keeps that, what is known
// to stand in it is removed at least.
func (w *work) wipeThread(ctx context.Context, at *bellhopv1.PlatformMessage, g *wiping) error {
	w.place = Place{Chat: w.Platform.Current(at.GetChat()), Thread: at.GetThread()}
	if w.place.Thread == "" {
		return w.wipePosts(ctx, at.GetIds(), g)
	}
	var posts []string
	var others int
	refused, err := w.removal(ctx, "list", func(ctx context.Context) (err error) {
		posts, others, err = w.Platform.Stands(ctx, w.place, at.GetIds())
		return err
	})
	if err != nil {
		return err
	}
	if refused != nil {
		posts = at.GetIds()
	}
	if err := w.wipePosts(ctx, posts, g); err != nil {
		return err
	}
	refused, err = w.removal(ctx, "remove", func(ctx context.Context) error { return w.Platform.Remove(ctx, w.place) })
	if err != nil {
		return err
	}
	g.kept(others, "what operators wrote can be removed by themselves only")
	if refused == nil {
		g.removed++
		return nil
	}
	g.kept(1, refused.Error())
	if len(posts) == 0 {
		return w.wipePosts(ctx, at.GetIds(), g)
	}
	return nil
}

// wipePosts removes messages one by one.
func (w *work) wipePosts(ctx context.Context, ids []string, g *wiping) error {
	for _, id := range ids {
		at := &bellhopv1.PlatformMessage{Platform: w.Platform.Name(), Chat: w.place.Chat, Thread: w.place.Thread, Ids: []string{id}}
		refused, err := w.removal(ctx, "delete", func(ctx context.Context) error { return w.Platform.Delete(ctx, at) })
		if err != nil {
			return err
		}
		if refused != nil {
			g.kept(1, refused.Error())
			continue
		}
		g.removed++
	}
	return nil
}

// removal makes one call for as long as the platform asks for patience. What is gone already counts as removed; refused is what will
// never be done; any other error asks for the event to be tried again.
func (w *work) removal(ctx context.Context, name string, do func(context.Context) error) (refused, err error) {
	for {
		permit, err := w.Pacer.Acquire(ctx, w.Platform.Account(w.place), pace.Rest, 1)
		if err != nil {
			return nil, err
		}
		err = w.call(ctx, permit, name, 1, do)
		permit.Release()
		failed, ok := errors.AsType[*Failure](err)
		switch {
		case err == nil:
			w.worked()
			return nil, nil
		case !ok:
			return nil, err
		case failed.Kind == RateLimited:
			w.freeze(failed)
		case failed.Kind == Moved:
			w.moved()
			if w.spins++; w.spins > maxSpins {
				return failed, nil
			}
		case failed.Kind == ThreadGone, failed.Kind == MessageGone, failed.Kind == ReplyGone:
			return nil, nil
		case failed.Kind == Unknown:
			return nil, w.again(failed, 0, maxDelay)
		case failed.Kind == Forbidden:
			w.circuit.trip(failed)
			return nil, bus.RetryAfter(failed, probeEvery)
		default:
			return failed, nil
		}
	}
}
