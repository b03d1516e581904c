package erase

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/sqlite"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

const canary = "canary-that-nobody-may-find"

// world is a bus, a store and a projection, whose disk a test may look at.
type world struct {
	*testing.T
	dir       string
	bus       *bus.Bus
	store     store.Store
	projector *projection.Projector
	files     *file.Store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir()}
	w.bus = bustest.Connect(t, bus.Config{InProcess: bustest.ServerIn(t, filepath.Join(w.dir, "bus")), Name: t.Name()})
	s, err := sqlite.Open(filepath.Join(w.dir, "sessions.db"))
	w.must(err)
	t.Cleanup(func() { w.must(s.Close()) })
	w.store = s
	w.projector = projection.New(s, w.bus, zap.NewNop(), nil)
	w.must(w.projector.Adopt(t.Context()))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.projector.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		w.must(<-done)
	})
	w.files, err = file.New(t.Context(), w.bus)
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// eraser is a process that has just got the lease.
func (w *world) eraser(keeps ...Retention) *Eraser {
	o := Options{Store: w.store, Bus: w.bus, Projector: w.projector, Retention: map[id.Project]Retention{}, Log: zap.NewNop()}
	for _, r := range keeps {
		o.Retention[id.Default] = r
	}
	return &Eraser{Options: o, files: w.files, next: map[store.Key]time.Time{}, found: map[store.Key]int{}}
}

// happens stores a fact and waits until it is applied.
func (w *world) happens(s id.Session, kind bus.Type, at time.Time, data any) {
	w.Helper()
	ev := bus.Event{ID: string(id.NewMessage()), Type: kind, Project: id.Default, Session: s, Source: "gateway", Time: at}
	switch data := data.(type) {
	case *eventv1.Session:
		ev.Data = data
	case *eventv1.MessageCreated:
		ev.Data = data
	case *eventv1.ThreadOpened:
		ev.Data = data
	case *eventv1.MessageDelivered:
		ev.Data = data
	case *eventv1.Erasure:
		ev.Data = data
	}
	seq, err := w.bus.Publish(w.Context(), ev)
	w.must(err)
	w.must(w.projector.Wait(w.Context(), s.Part(), seq))
}

func (w *world) says(s id.Session, at time.Time, messageID string) {
	w.Helper()
	w.happens(s, bus.MessageCreated, at, &eventv1.MessageCreated{SessionId: string(s), VisitorId: "v", Platform: "widget", Message: &bellhopv1.Message{
		Id: messageID, SessionId: string(s), Content: canary, Sender: "visitor", Timestamp: timestamppb.New(at),
	}})
}

// isToldOf has webhooks told of a session's channel, and of another.
func (w *world) isToldOf(s id.Session) {
	w.Helper()
	hooks, err := w.bus.OpenHooks(w.Context())
	w.must(err)
	app := bus.HookApp{Project: id.Default, App: "1"}
	w.must(hooks.Put(w.Context(), app, s, "1", []byte(`[{"name":"channel_occupied","channel":"`+canary+`"}]`)))
	w.must(hooks.Put(w.Context(), app, id.Everyone, "2", []byte(`[{"name":"channel_occupied","channel":"x"}]`)))
	w.Cleanup(func() {
		left := 0
		w.must(hooks.Read(context.Background(), app, 0, func(bus.Hooked) bool { left++; return true }))
		if left != 1 {
			w.Errorf("webhooks are still told %d things", left)
		}
	})
}

// shown puts a session's message on a platform.
func (w *world) shown(s id.Session, messageID string) {
	w.Helper()
	w.happens(s, bus.ThreadOpened, time.Now(), &eventv1.ThreadOpened{SessionId: string(s), Platform: "telegram", Chat: "-1", Thread: "7"})
	w.happens(s, bus.MessageDeliver, time.Now(), &eventv1.MessageDelivered{SessionId: string(s), Platform: "telegram", Copies: []*eventv1.Copy{
		{MessageId: messageID, At: &bellhopv1.PlatformMessage{Platform: "telegram", Chat: "-1", Thread: "7", Ids: []string{"70"}}},
	}})
}

// erased asks for an erasure, a while ago: nothing is on its way any more.
func (w *world) erased(s id.Session) {
	w.Helper()
	at := time.Now().Add(-2 * settle)
	w.happens(s, bus.SessionErased, at, &eventv1.Session{Session: &bellhopv1.Session{Id: string(s)}, By: "api", Reason: "request", Erasure: "era_1", At: timestamppb.New(at)})
}

// removed is what the notifier reports.
func (w *world) removed(s id.Session) {
	w.Helper()
	w.happens(s, bus.ErasureReported, time.Now(), &eventv1.Erasure{SessionId: string(s), Part: "telegram", State: done, Removed: 1})
}

func (w *world) record(s id.Session) *sessionsv1.SessionRecord {
	w.Helper()
	record, err := w.store.Session(w.Context(), store.Key{Project: id.Default, Session: s})
	w.must(err)
	return record
}

// types are what the stream holds of a session.
func (w *world) types(s id.Session) (types []bus.Type) {
	w.Helper()
	w.must(w.bus.Replay(w.Context(), 1, bus.Filter{Session: s}, func(ev bus.Event) error {
		types = append(types, ev.Type)
		return nil
	}))
	return types
}
