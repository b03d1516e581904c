package deliver

import (
	"context"
	"slices"

	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// job is a post on its way to the platform, call by call. It is kept over failures and waits: what is there already is not
// sent again, and shows what it showed when it was begun. What changed since is a delivery of its own, afterwards.
type job struct {
	// group is what the post delivers, post how it looks and at where it is made.
	group []*sessionsv1.Delivery
	post  Post
	at    Place
	calls []Call
	done  int
	// ids stand on the platform now, in order.
	ids []string
	// list is the number of the list that the group is from.
	list int
	// doubt: a part was sent and nothing was answered, so it may stand.
	doubt bool
}

// begun tells a post of which something stands, or may stand, that nobody has been told of. It is finished as it was begun, whatever
// has become of its messages: what a platform finds again by what it shows must show the same, and what was taken back meanwhile can
// only be taken away from where it is known to stand.
func (j *job) begun() bool { return j != nil && (j.done > 0 || j.doubt) }

// units of the next call.
func (j *job) units() int {
	if j == nil || j.done >= len(j.calls) {
		return 1
	}
	return max(1, j.calls[j.done].Units)
}

// nextCall makes a job's next call.
func (w *work) nextCall(ctx context.Context, permit *pace.Permit, j *job) error {
	call := j.calls[j.done]
	at := &bellhopv1.PlatformMessage{Platform: w.Platform.Name(), Chat: j.at.Chat, Thread: j.at.Thread, Ids: []string{call.ID}}
	switch call.Do {
	case Send:
		var ids []string
		err := w.callWithin(ctx, permit, "post", call, func(ctx context.Context) (err error) {
			ids, err = w.Platform.Send(ctx, j.at, j.post, call.Part)
			return err
		})
		if failed := failureOf(err); failed != nil {
			j.doubt = j.doubt || failed.Kind == Unknown
			return err
		}
		j.ids, j.doubt = append(j.ids, ids...), false
	case Edit:
		err := w.call(ctx, permit, "edit", j.units(), func(ctx context.Context) error { return w.Platform.Edit(ctx, at, j.post, call.Part) })
		if err != nil {
			return err
		}
	case Remove:
		err := w.call(ctx, permit, "delete", j.units(), func(ctx context.Context) error { return w.Platform.Delete(ctx, at) })
		if failed := failureOf(err); failed != nil && (failed.Kind != MessageGone || len(j.calls) == 1) {
			return err
		}
		j.ids = slices.DeleteFunc(j.ids, func(id string) bool { return id == call.ID })
	}
	j.done++
	return nil
}

// advance makes calls until one of them has cost budget: each asks for its own. It tells whether the job is done.
func (w *work) advance(ctx context.Context, permit *pace.Permit) (done bool, err error) {
	j := w.lane.job
	w.group = j.group
	if j.done < len(j.calls) {
		if err := w.nextCall(ctx, permit, j); err != nil {
			return false, err
		}
	}
	if j.done < len(j.calls) {
		return false, nil
	}
	w.lane.job = nil
	if j.list != w.lane.lists {
		// What became of its messages since is in no list that was asked for before it stood, and must not be passed over.
		w.list, w.more = nil, true
	}
	return true, nil
}

// stands is where a job's post is.
func (w *work) stands(j *job) *bellhopv1.PlatformMessage {
	return &bellhopv1.PlatformMessage{Platform: w.Platform.Name(), Chat: j.at.Chat, Thread: j.at.Thread, Ids: slices.Clone(j.ids)}
}

// drop forgets a job of which nothing stands; with what stands already it goes on.
func (w *work) drop() {
	if !w.lane.job.begun() {
		w.lane.job = nil
	}
}

// salvage reports what stands of a post that will never be whole, so that it can be deleted with its message.
func (w *work) salvage() *eventv1.MessageDelivered {
	j := w.lane.job
	w.lane.job = nil
	if !j.begun() || len(j.ids) == 0 || j.group[0].Message == nil {
		return nil
	}
	report := w.delivered(0)
	w.show(report, &eventv1.Copy{MessageId: j.group[0].Message.Message.Id, At: w.stands(j), Version: j.group[0].Message.ContentSeq})
	return report
}
