package deliver

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is one session as the sessions service would know it: a stream of facts, and what is pending by them.
type world struct {
	sessionsv1.SessionsClient

	mu       sync.Mutex
	seq      uint64
	session  id.Session
	record   *sessionsv1.SessionRecord
	messages map[string]*sessionsv1.MessageRecord
	buried   []uint64
	events   []bus.Event
	asked    int
	// down makes every question fail, deaf every report.
	down, deaf bool
	// hidden is the first event that is not in the store, nor known to whoever says what is the newest; 0 for none.
	hidden uint64
	// tomb is what is left of the session once it was erased.
	tomb *sessionsv1.Erasure
}

func newWorld(session id.Session) *world {
	return &world{session: session, messages: map[string]*sessionsv1.MessageRecord{}, record: &sessionsv1.SessionRecord{
		Session: &bellhopv1.Session{Id: string(session), VisitorId: "v", Status: "active"}, Platforms: map[string]*sessionsv1.PlatformState{},
	}}
}

func (w *world) fact(kind bus.Type) bus.Event {
	w.seq++
	w.record.Seq = w.seq
	return bus.Event{Type: kind, Project: id.Default, Session: w.session, Seq: w.seq, Time: time.Now()}
}

// says adds a visitor's message.
func (w *world) says(messageID string) bus.Event {
	return w.writes(&bellhopv1.Message{Id: messageID, Content: messageID, Sender: "visitor"}, "widget")
}

func (w *world) writes(m *bellhopv1.Message, platform string) bus.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	ev := w.fact(bus.MessageCreated)
	m.Timestamp = timestamppb.Now()
	w.messages[m.Id] = &sessionsv1.MessageRecord{Message: m, CreatedSeq: ev.Seq, ContentSeq: ev.Seq, Platform: platform}
	if w.record.Session.Status == "closed" && m.Sender == "visitor" {
		w.record.Session.Status, w.record.StatusSeq = "active", ev.Seq
	}
	return ev
}

func (w *world) edits(messageID, text string) bus.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	ev := w.fact(bus.MessageEdited)
	m := w.messages[messageID]
	m.Message.Content, m.Message.EditedAt, m.ContentSeq = text, timestamppb.Now(), ev.Seq
	return ev
}

func (w *world) deletes(messageID string) bus.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	ev := w.fact(bus.MessageDeleted)
	m := w.messages[messageID]
	m.Message.Content, m.Message.DeletedAt, m.ContentSeq = "", timestamppb.Now(), ev.Seq
	return ev
}

func (w *world) closes(by string) bus.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	ev := w.fact(bus.SessionClosed)
	w.record.Session.Status, w.record.StatusSeq, w.record.ClosedBy = "closed", ev.Seq, by
	return ev
}

// Pending follows the rules of the sessions service.
func (w *world) Pending(_ context.Context, req *sessionsv1.PendingRequest, _ ...grpc.CallOption) (*sessionsv1.PendingResponse, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	if w.down {
		return nil, status.Error(codes.Unavailable, "down")
	}
	if w.hidden > 0 && req.Seen >= w.hidden {
		return nil, status.Error(codes.Unavailable, "behind")
	}
	if w.hidden > 0 || w.tomb != nil {
		return nil, status.Error(codes.NotFound, "not there")
	}
	state := w.record.Platforms[req.Platform]
	var all []*sessionsv1.Delivery
	if closed := w.record.Session.Status == "closed"; state.GetThread() != "" && closed != (state.GetThreadStatus() == "closed") && w.record.StatusSeq > state.GetThrough() {
		kind := kindReopen
		if closed {
			kind = kindClose
		}
		all = append(all, &sessionsv1.Delivery{Seq: w.record.StatusSeq, Kind: kind})
	}
	for _, m := range w.messages {
		if d := w.delivery(m, req.Platform); d != nil && d.Seq > state.GetThrough() {
			all = append(all, d)
		}
	}
	if posts := slices.ContainsFunc(all, func(d *sessionsv1.Delivery) bool { return d.Kind == kindPost }); posts || state.GetThread() != "" {
		for _, n := range w.record.Notices {
			if n.Seq > state.GetThrough() {
				all = append(all, &sessionsv1.Delivery{Seq: n.Seq, Kind: kindNotice, Notice: n})
			}
		}
	}
	slices.SortFunc(all, func(a, b *sessionsv1.Delivery) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), -cmp.Compare(a.Kind, b.Kind))
	})
	answer := &sessionsv1.PendingResponse{Record: w.record, Deliveries: all[:min(len(all), int(req.Limit))]}
	return proto.Clone(answer).(*sessionsv1.PendingResponse), nil
}

func (w *world) delivery(m *sessionsv1.MessageRecord, platform string) *sessionsv1.Delivery {
	d := &sessionsv1.Delivery{Seq: m.ContentSeq, Message: m}
	if target := w.messages[m.Message.ReplyTo]; target != nil {
		if c := target.Copies[platform]; c != nil && !c.Deleted {
			d.ReplyTo = c
		}
	}
	present := m.Copies[platform]
	switch {
	case present == nil && m.Message.DeletedAt == nil && m.Platform != platform:
		d.Kind, d.Seq = kindPost, m.CreatedSeq
		return d
	case present == nil || present.Deleted || present.Version >= m.ContentSeq:
		return nil
	}
	d.Kind = kindEdit
	if m.Message.DeletedAt != nil {
		d.Kind = kindDelete
	}
	for _, messageID := range present.Joined {
		if shared := w.messages[messageID]; shared != nil {
			d.Joined = append(d.Joined, shared)
		}
	}
	return d
}

// publish applies what the engine reports.
func (w *world) publish(_ context.Context, events ...bus.Event) (uint64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.deaf {
		return 0, bus.ErrUnavailable
	}
	for _, ev := range events {
		if ev.ID == "" || slices.ContainsFunc(w.events, func(old bus.Event) bool { return old.ID == ev.ID }) {
			continue
		}
		w.events = append(w.events, ev)
		w.seq++
		w.record.Seq = w.seq
		w.apply(ev)
	}
	return w.seq, nil
}

func (w *world) apply(ev bus.Event) {
	if report, ok := ev.Data.(*eventv1.Erasure); ok {
		w.tomb.Parts[report.Part].State = report.State
		return
	}
	platform := ev.Data.(interface{ GetPlatform() string }).GetPlatform()
	state := w.record.Platforms[platform]
	if state == nil {
		state = &sessionsv1.PlatformState{}
		w.record.Platforms[platform] = state
	}
	switch data := ev.Data.(type) {
	case *eventv1.ThreadOpened:
		state.Chat, state.Thread, state.ThreadStatus = data.Chat, data.Thread, "active"
	case *eventv1.MessageFailed:
		state.Through = max(state.Through, data.Through)
	case *eventv1.MessageDelivered:
		state.Through = max(state.Through, data.Through)
		if data.ThreadStatus != "" {
			state.ThreadStatus = data.ThreadStatus
		}
		for _, c := range data.Copies {
			m := w.messages[c.MessageId]
			if m.Copies == nil {
				m.Copies = map[string]*eventv1.Copy{}
			}
			m.Copies[platform] = c
		}
	}
}

func (w *world) bury(_ context.Context, seq uint64, _ int, _ error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buried = append(w.buried, seq)
	return nil
}

func (w *world) state() *sessionsv1.PlatformState {
	w.mu.Lock()
	defer w.mu.Unlock()
	return proto.Clone(w.record.Platforms["fake"]).(*sessionsv1.PlatformState)
}

// set changes the world's troubles.
func (w *world) set(change func(*world)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

// newEngine joins a world and a fake.
func newEngine(w *world, f *fake, limits pace.Limits) *Engine {
	metrics, err := NewMetrics(prometheus.NewRegistry(), "fake")
	if err != nil {
		panic(err)
	}
	return New(Config{
		Platform: f, Sessions: w, Pacer: pace.New(limits), Log: zap.NewNop(), Metrics: metrics,
		Publish: w.publish, Bury: w.bury,
	})
}

// deliver plays the bus for one event: it is handled until the answer is nil. How many deliveries that took is answered.
func deliver(t testing.TB, e *Engine, ev bus.Event) (deliveries int) {
	t.Helper()
	for deliveries = 1; deliveries < 1000; deliveries++ {
		err := e.Handle(t.Context(), ev)
		if err == nil || bus.IsPermanent(err) {
			return deliveries
		}
		if errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
	}
	t.Fatal("an event is never settled")
	return 0
}
