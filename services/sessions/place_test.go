package sessions

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

const shop = "shop"

// place is where a service runs in these tests: a NATS server and a directory.
type place struct {
	t      *testing.T
	server *embedded.Server
	dir    string
	bus    *bus.Bus
}

func newPlace(t *testing.T) *place {
	t.Helper()
	t.Parallel() // stopping a NATS server takes 0.2 s of waiting
	p := &place{t: t, server: bustest.Server(t), dir: t.TempDir()}
	p.bus = bustest.Connect(t, bus.Config{InProcess: p.server, Name: t.Name()})
	return p
}

func (p *place) config() Config {
	return Config{DataDir: p.dir, Bus: bus.Config{InProcess: p.server}}
}

// start runs the service until stop is called; stop answers what Run returned.
func (p *place) start(cfg Config) (client sessionsv1.SessionsClient, stop func() error) {
	p.t.Helper()
	conn, stop := p.dial(cfg)
	return sessionsv1.NewSessionsClient(conn), stop
}

// dial runs the service as start does, for a client of any of its kinds.
func (p *place) dial(cfg Config) (conn *grpc.ClientConn, stop func() error) {
	p.t.Helper()
	listener := bufconn.Listen(1 << 20)
	cfg.Listener = listener
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, cfg) }()
	conn, err := grpc.NewClient("passthrough:///sessions", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		p.t.Fatal(err)
	}
	var once sync.Once
	var result error
	stop = func() error {
		once.Do(func() {
			_ = conn.Close()
			cancel()
			result = <-ended
			_ = listener.Close()
		})
		return result
	}
	p.t.Cleanup(func() { _ = stop() })
	return conn, stop
}

func (p *place) publish(session id.Session, kind bus.Type, data *eventv1.MessageCreated) {
	p.t.Helper()
	_, err := p.bus.Publish(p.t.Context(), bus.Event{
		ID: string(id.NewMessage()), Type: kind, Project: shop, Session: session, Source: "test", Time: time.Now(), Data: data,
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// talks has some sessions say something each, in rounds.
func (p *place) talks(sessions, from, to int) {
	p.t.Helper()
	for round := from; round < to; round++ {
		for n := range sessions {
			p.publish(session(n), bus.MessageCreated, &eventv1.MessageCreated{VisitorId: "v", Platform: "widget", Message: &bellhopv1.Message{
				Id: fmt.Sprint("m", round), Sender: "visitor", Content: "hello",
			}})
		}
	}
}

func session(n int) id.Session { return id.Session(fmt.Sprint("ses_", n)) }

// history is the history of each session as the service tells it.
func (p *place) histories(client sessionsv1.SessionsClient, sessions int) []*sessionsv1.HistoryResponse {
	p.t.Helper()
	var answers []*sessionsv1.HistoryResponse
	for n := range sessions {
		in := &sessionsv1.HistoryRequest{Project: shop, SessionId: string(session(n))}
		var answer *sessionsv1.HistoryResponse
		bustest.Until(p.t, "the projection has caught up", func() bool { // which asks to try again while it has not
			var err error
			answer, err = client.History(p.t.Context(), in, grpc.WaitForReady(true))
			if err != nil && status.Code(err) != codes.Unavailable {
				p.t.Fatal(err)
			}
			return err == nil
		})
		answers = append(answers, answer)
	}
	return answers
}

func (p *place) same(want, got []*sessionsv1.HistoryResponse) {
	p.t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		p.t.Errorf("before -, after +:\n%s", diff)
	}
}
