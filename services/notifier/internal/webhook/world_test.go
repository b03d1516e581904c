package webhook

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

const testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// world is a bus, a receiver, and whatever serves the one to the other.
type world struct {
	*testing.T
	server   *embedded.Server
	bus      *bus.Bus
	clock    *fakeClock
	receiver *receiver
	sessions *sessions
	log      *zap.Logger
	// newest is the stream sequence of the last event that was published.
	newest uint64
	// told is what was told of the receiver.
	told *told
	// ackWait of those who serve.
	ackWait time.Duration
}

func newWorld(t *testing.T) *world {
	t.Helper()
	server := bustest.Server(t)
	w := &world{
		T: t, server: server, bus: bustest.Connect(t, bus.Config{InProcess: server}), clock: newFakeClock(), sessions: &sessions{},
		log: zap.NewNop(), ackWait: 2 * time.Second, told: &told{},
	}
	w.receiver = newReceiver(t)
	return w
}

// config has the receiver as both destinations, each at a path of its own.
func (w *world) config() Config {
	return Config{
		EventsURL: w.receiver.URL + "/events", EventsSecret: testSecret, BackendURL: w.receiver.URL + "/backend", APIKey: "the key", AllowPrivate: true,
	}
}

func noProxy(*http.Request) (*url.URL, error) { return nil, nil }

// process is something that serves a destination.
type process struct {
	*world
	destination string
	metrics     *Metrics
	stop        func()
	kill        func()
}

// serve starts a process. Its own connection can be cut.
func (w *world) serve(destination string, change ...func(*Config)) *process {
	w.Helper()
	cfg := w.config()
	for _, c := range change {
		c(&cfg)
	}
	all := destinations(cfg, noProxy, w.clock)
	at := slices.IndexFunc(all, func(d *Destination) bool { return d.Name == destination })
	metrics, err := NewMetrics(prometheus.NewRegistry(), destination)
	w.must(err)
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan struct{})
	b := bustest.Connect(w, bus.Config{InProcess: w.server, Log: zap.NewNop()})
	go func() {
		defer close(done)
		err := Serve(ctx, b, Options{
			Destination: all[at], Sessions: w.sessions, Log: w.log, Metrics: metrics, Clock: w.clock, Poll: 5 * time.Millisecond,
			ackWait: w.ackWait, Tell: w.told.add,
			Link: func(a *bellhopv1.Attachment) string { return "https://files.example.com/" + a.GetId() },
		}, string(id.NewMessage()))
		if err != nil && ctx.Err() == nil {
			w.Errorf("serving ended with %v", err)
		}
	}()
	p := &process{world: w, destination: destination, metrics: metrics}
	p.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		all[at].Disconnect()
	})
	p.kill = sync.OnceFunc(b.Close)
	w.Cleanup(p.stop)
	return p
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) until(what string, reached func() bool) {
	w.Helper()
	bustest.Until(w, what, reached)
}

// atRest tells that nothing is being done: no event is on its way, and everything that waits waits for its time.
func (p *process) atRest() bool {
	e := p.metrics.engine.Load()
	state, err := p.bus.ConsumerState(p.Context(), consumerName(p.destination))
	if err != nil || state.Through < p.newest || state.Unsettled > 0 || e == nil {
		return false
	}
	e.queue.mu.Lock()
	defer e.queue.mu.Unlock()
	for _, l := range e.queue.lines {
		if l.busy {
			return false
		}
	}
	return true
}

func (p *process) rest() {
	p.Helper()
	p.until("everything is at rest", p.atRest)
}

// pass lets time pass. Whatever becomes due is waited for.
func (p *process) pass(d time.Duration) {
	p.Helper()
	p.rest()
	end := p.clock.Now().Add(d)
	for {
		at, ok := p.clock.next()
		if !ok || at.After(end) {
			break
		}
		p.clock.set(at)
		p.rest()
	}
	p.clock.set(end)
	p.rest()
}

// told keeps what is told of a receiver.
type told struct {
	mu  sync.Mutex
	all []string
}

func (t *told) add(problem string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, problem)
}

func (t *told) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		return "nothing"
	}
	return t.all[len(t.all)-1]
}

// bridged is a session that came in by the bridge API.
const bridged = "ses_bridged"

// sessions knows every session, and answers whoever says which event has led to the question.
type sessions struct {
	sessionsv1.SessionsClient
}

func (s *sessions) Get(_ context.Context, r *sessionsv1.GetRequest, _ ...grpc.CallOption) (*sessionsv1.SessionRecord, error) {
	if r.GetSeen() == 0 {
		return nil, status.Error(codes.Unavailable, "because of which event?")
	}
	external := "" // what a backend calls its own sessions
	if r.GetSessionId() == bridged {
		external = "order 7"
	}
	return &sessionsv1.SessionRecord{Session: &bellhopv1.Session{Id: r.GetSessionId(), VisitorId: "v1", Status: "active", ExternalId: external}}, nil
}

func (s *sessions) Operators(context.Context, *sessionsv1.OperatorsRequest, ...grpc.CallOption) (*sessionsv1.OperatorsResponse, error) {
	return &sessionsv1.OperatorsResponse{Online: true}, nil
}

// said is a visitor's message as an event.
func said(s id.Session, content string) bus.Event {
	now := time.Now()
	messageID := string(id.NewMessage())
	return bus.Event{
		ID: messageID, Type: bus.MessageCreated, Project: id.Default, Session: s, Source: "test", Time: now,
		Data: &eventv1.MessageCreated{SessionId: string(s), VisitorId: "v1", Platform: "widget", Message: &bellhopv1.Message{
			Id: messageID, SessionId: string(s), Content: content, Sender: "visitor", Timestamp: timestamppb.New(now),
		}},
	}
}

// say publishes messages of a visitor and answers their ids.
func (w *world) say(s id.Session, contents ...string) []string {
	w.Helper()
	var ids []string
	for _, c := range contents {
		ev := said(s, c)
		w.publish(ev)
		ids = append(ids, ev.ID)
	}
	return ids
}

func (w *world) publish(ev bus.Event) uint64 {
	w.Helper()
	seq, err := w.bus.Publish(w.Context(), ev)
	w.must(err)
	w.newest = seq
	return seq
}

func event(kind bus.Type, s id.Session, data proto.Message) bus.Event {
	return bus.Event{ID: string(id.NewMessage()), Type: kind, Project: id.Default, Session: s, Source: "test", Time: time.Now(), Data: data}
}

func numbered(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprint(i)
	}
	return all
}

func (w *world) same(what string, got, want []string) {
	w.Helper()
	if !slices.Equal(got, want) {
		w.Fatalf("%s: got %q, want %q", what, got, want)
	}
}

func (w *world) letters() []bus.DeadLetter {
	w.Helper()
	var all []bus.DeadLetter
	w.must(w.bus.DeadLetters(w.Context(), func(l bus.DeadLetter) error { all = append(all, l); return nil }))
	return all
}

// requested asks for another delivery.
func requested(s id.Session, platform string, seq uint64) bus.Event {
	return event(bus.DeliveryRequested, s, &eventv1.DeliveryRequested{SessionId: string(s), Platform: platform, EventSeq: seq})
}
