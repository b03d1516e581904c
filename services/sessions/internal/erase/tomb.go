package erase

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// States and the part that is ours, as in the projection.
const (
	pending  = "pending"
	done     = "done"
	refused  = "refused"
	dataPart = "data"
)

// source is the service's name in events.
const source = "sessions"

// tomb is what is left of an erased session.
type tomb struct {
	key    store.Key
	record *sessionsv1.SessionRecord
}

func (t tomb) erasure() *sessionsv1.Erasure { return t.record.GetErasure() }

// due tells whether it is to be swept now. It is never before the plan is on the bus.
func (t tomb) due(next time.Time) bool {
	e := t.erasure()
	return e.GetPlannedSeq() > 0 && e.GetParts()[dataPart].GetState() == pending && !time.Now().Before(next)
}

// settled is when nothing is on its way to the session any more.
func (t tomb) settled() time.Time { return t.erasure().GetAt().AsTime().Add(settle) }

// platforms are those that have not answered, in order.
func (t tomb) platforms() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(t.erasure().GetParts())) {
		if name != dataPart && t.erasure().GetParts()[name].GetState() == pending {
			names = append(names, name)
		}
	}
	return names
}

// keeps tells which events of the session stay in the stream: those of its erasure, and for as long as a platform has not
// answered those that say where something stands of which the plan does not know.
func (t tomb) keeps(kind bus.Type, seq uint64) bool {
	switch kind {
	case bus.SessionErased, bus.ErasurePlanned, bus.ErasureReported:
		return true
	case bus.ThreadOpened, bus.MessageDeliver:
		return seq > t.erasure().GetPlannedSeq() && len(t.platforms()) > 0
	default:
		return false
	}
}

// namesAtOnce is how many names of posts and files one event of a plan holds.
const namesAtOnce = 5000

// plan says where copies stand, in as many events as it takes. They are the same however often it is said.
func (t tomb) plan() []bus.Event {
	e := t.erasure()
	var remains []*bellhopv1.PlatformMessage
	for _, name := range t.platforms() {
		for _, at := range e.GetParts()[name].GetRemains() {
			remains = append(remains, pieces(at)...)
		}
	}
	var facts []bus.Event
	add := func(data *eventv1.Erasure) {
		data.SessionId, data.At = string(t.key.Session), now()
		facts = append(facts, t.fact(bus.ErasurePlanned, "planned:"+strconv.Itoa(len(facts)), data))
	}
	for _, at := range remains {
		add(&eventv1.Erasure{Remains: []*bellhopv1.PlatformMessage{at}})
	}
	for files := range slices.Chunk(e.GetFiles(), namesAtOnce) {
		add(&eventv1.Erasure{Files: files})
	}
	add(&eventv1.Erasure{Through: t.record.GetSeq()})
	return facts
}

// pieces cuts a place with very many posts.
func pieces(at *bellhopv1.PlatformMessage) []*bellhopv1.PlatformMessage {
	if len(at.GetIds()) <= namesAtOnce {
		return []*bellhopv1.PlatformMessage{at}
	}
	var all []*bellhopv1.PlatformMessage
	for ids := range slices.Chunk(at.GetIds(), namesAtOnce) {
		all = append(all, &bellhopv1.PlatformMessage{Platform: at.GetPlatform(), Chat: at.GetChat(), Thread: at.GetThread(), Ids: ids})
	}
	return all
}

// unanswered reports for platforms that have not.
func (t tomb) unanswered() []bus.Event {
	var facts []bus.Event
	for _, name := range t.platforms() {
		left := 0
		for _, at := range t.erasure().GetParts()[name].GetRemains() {
			left += max(1, len(at.GetIds()))
		}
		facts = append(facts, t.report(name, refused, 0, left, fmt.Sprintf("nobody has removed it within %s: is the platform still configured?", patience)))
	}
	return facts
}

// report says what became of a part.
func (t tomb) report(part, state string, removed, left int, why string) bus.Event {
	return t.fact(bus.ErasureReported, part+":"+strconv.FormatUint(t.record.GetSeq(), 10), &eventv1.Erasure{
		SessionId: string(t.key.Session), Part: part, State: state, Removed: int32(min(removed, 1<<30)), Left: int32(min(left, 1<<30)),
		Why: why, At: now(), Through: t.record.GetSeq(),
	})
}

// fact is an event of this erasure. Its id says which, so that it is stored once.
func (t tomb) fact(kind bus.Type, which string, data *eventv1.Erasure) bus.Event {
	return bus.Event{
		ID:   string(t.key.Session) + ":erasure:" + strconv.FormatUint(t.erasure().GetSeq(), 10) + ":" + which,
		Type: kind, Project: t.key.Project, Session: t.key.Session, Source: source, Time: time.Now(), Data: data,
	}
}

func now() *timestamppb.Timestamp { return timestamppb.New(time.Now().Truncate(time.Millisecond)) }
