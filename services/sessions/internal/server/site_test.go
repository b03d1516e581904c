package server

import (
	"context"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy/memory"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/sqlite"
)

// site is a running service: a bus, a file, a projector, and a client on the other end of a connection in memory.
type site struct {
	sessionsv1.SessionsClient
	t     *testing.T
	bus   *bus.Bus
	store store.Store
	conn  *grpc.ClientConn
	// channels is the other service of the endpoint, over an occupancy in memory.
	channels *Channels
	at       time.Time // of the newest event
}

const (
	shop  = "shop"
	guest = "ses_guest"
)

func newSite(t *testing.T) *site {
	t.Helper()
	return siteOn(t, freshStore(t))
}

func freshStore(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "s.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func siteOn(t *testing.T, s store.Store) *site {
	t.Helper()
	t.Parallel() // stopping a NATS server takes 0.2 s of waiting
	at := &site{t: t, bus: bustest.New(t), store: s}
	projector := projection.New(s, at.bus, zap.NewNop(), nil)
	at.channels = NewChannels(memory.New(occupancy.Lease, time.Now), at.bus, occupancy.Lease, zap.NewNop())
	listener := bufconn.Listen(1 << 20)
	endpoint := NewEndpoint(listener, insecure.NewCredentials(), New(s, at.bus, projector, zap.NewNop()), at.channels, runner.Runtime{})
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = projector.Run(ctx) })
	wg.Go(func() {
		if err := endpoint.Serve(); err != nil {
			t.Error(err)
		}
	})
	conn, err := grpc.NewClient("passthrough:///sessions", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	at.conn, at.SessionsClient = conn, sessionsv1.NewSessionsClient(conn)
	t.Cleanup(func() {
		_ = conn.Close()
		ending, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = endpoint.Shutdown(ending)
		stop()
		wg.Wait()
	})
	return at
}

// must is an answer without an error.
func must[T any](answer T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func wantCode(t *testing.T, want codes.Code, err error) {
	t.Helper()
	if status.Code(err) != want {
		t.Errorf("answer is %v, want %s", err, want)
	}
}

// publish stores a fact about the guest and answers its sequence.
func (s *site) publish(kind bus.Type, data proto.Message) uint64 {
	s.t.Helper()
	return s.publishAbout(guest, kind, data)
}

func (s *site) publishAbout(session id.Session, kind bus.Type, data proto.Message) uint64 {
	s.t.Helper()
	// Which of two sessions is the latest is known by the millisecond.
	if now := time.Now(); now.Sub(s.at) > time.Millisecond {
		s.at = now
	} else {
		s.at = s.at.Add(time.Millisecond)
	}
	seq, err := s.bus.Publish(s.t.Context(), bus.Event{
		ID: string(id.NewMessage()), Type: kind, Project: shop, Session: session, Source: "test", Time: s.at, Data: data,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return seq
}

func (s *site) starts() {
	s.t.Helper()
	s.publish(bus.SessionStarted, &eventv1.Session{Session: &bellhopv1.Session{VisitorId: "v"}})
}

// says has somebody write a message; options change it before it is published.
func (s *site) says(sender, messageID string, options ...func(*eventv1.MessageCreated)) uint64 {
	s.t.Helper()
	data := &eventv1.MessageCreated{VisitorId: "v", Platform: "widget", Message: &bellhopv1.Message{
		Id: messageID, Sender: sender, Content: "text of " + messageID, Timestamp: timestamppb.New(time.Now().Truncate(time.Millisecond)),
	}}
	for _, option := range options {
		option(data)
	}
	return s.publish(bus.MessageCreated, data)
}

func replyTo(messageID string) func(*eventv1.MessageCreated) {
	return func(data *eventv1.MessageCreated) { data.Message.ReplyTo = messageID }
}

// on has the message written on a platform, where it has an id of its own.
func on(platform, chat, platformID string) func(*eventv1.MessageCreated) {
	return func(data *eventv1.MessageCreated) {
		data.Platform = platform
		data.Origin = &bellhopv1.PlatformMessage{Platform: platform, Chat: chat, Ids: []string{platformID}}
	}
}

func (s *site) opens(platform, thread string) {
	s.t.Helper()
	s.publish(bus.ThreadOpened, &eventv1.ThreadOpened{Platform: platform, Chat: "c", Thread: thread})
}

func (s *site) history(req *sessionsv1.HistoryRequest) *sessionsv1.HistoryResponse {
	s.t.Helper()
	req.Project, req.SessionId = shop, guest
	return must(s.History(s.t.Context(), req))(s.t)
}

func ids(messages []*sessionsv1.MessageRecord) []string {
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.Message.Id)
	}
	return ids
}
