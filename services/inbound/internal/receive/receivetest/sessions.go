// Package receivetest is a sessions service for tests: it knows the threads that a test names, and what the bus says of
// operators' messages. It refuses to be a second projection: nothing else is derived.
package receivetest

import (
	"cmp"
	"context"
	"net"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Sessions is the service. Bus may be nil; then no operator's message is known.
type Sessions struct {
	sessionsv1.UnimplementedSessionsServer
	Bus *bus.Bus
	// Platform whose threads Begin names; telegram.
	Platform string

	mu      sync.Mutex
	away    bool
	threads map[string]*sessionsv1.FindByThreadResponse
	copies  map[string]*sessionsv1.FindByCopyResponse
}

// Serve starts the service and returns a connection to it.
func (s *Sessions) Serve(t testing.TB) *grpc.ClientConn {
	t.Helper()
	s.threads, s.copies = map[string]*sessionsv1.FindByThreadResponse{}, map[string]*sessionsv1.FindByCopyResponse{}
	listener, server := bufconn.Listen(1<<16), grpc.NewServer()
	sessionsv1.RegisterSessionsServer(server, s)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with Stop
	}()
	conn, err := grpc.NewClient("passthrough:sessions", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		<-done
	})
	return conn
}

// Begin makes a session the conversation of a thread.
func (s *Sessions) Begin(project, chat, thread, session string, unread ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record := &sessionsv1.SessionRecord{
		Project: project, Session: &bellhopv1.Session{Id: session, VisitorId: "visitor-of-" + session, Status: "active", LastActivity: timestamppb.Now()},
		Platforms: map[string]*sessionsv1.PlatformState{cmp.Or(s.Platform, "telegram"): {Chat: chat, Thread: thread}},
	}
	s.threads[project+"/"+chat+"/"+thread] = &sessionsv1.FindByThreadResponse{Record: record, Unread: unread}
}

// End marks the conversation of a thread as closed.
func (s *Sessions) End(project, chat, thread string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.threads[project+"/"+chat+"/"+thread].Record.Session.Status = "closed"
}

// Settle makes the notifier have left a thread in a state: active or closed.
func (s *Sessions) Settle(project, chat, thread, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.threads[project+"/"+chat+"/"+thread].Record.Platforms[cmp.Or(s.Platform, "telegram")].ThreadStatus = status
}

// Show makes a platform's message a copy of a message in a thread's conversation.
func (s *Sessions) Show(project, chat, thread, platformID string, m *bellhopv1.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.copies[project+"/"+chat+"/"+platformID] = &sessionsv1.FindByCopyResponse{
		Record: s.threads[project+"/"+chat+"/"+thread].Record, Message: &sessionsv1.MessageRecord{Message: m},
	}
}

// SetAway makes every call fail as a service without its store does.
func (s *Sessions) SetAway(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

var (
	errAway    = status.Error(codes.Unavailable, "the store does not answer, try again")
	errNobodys = status.Error(codes.NotFound, "no such session, visit or message")
)

// List answers all sessions that Begin has made, those that End has closed as well, on one page.
func (s *Sessions) List(context.Context, *sessionsv1.ListRequest) (*sessionsv1.ListResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return nil, errAway
	}
	list := &sessionsv1.ListResponse{}
	for _, found := range s.threads {
		list.Records = append(list.Records, found.Record)
	}
	return list, nil
}

// FindByThread answers what Begin has said.
func (s *Sessions) FindByThread(_ context.Context, r *sessionsv1.FindByThreadRequest) (*sessionsv1.FindByThreadResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return nil, errAway
	}
	if found := s.threads[r.GetProject()+"/"+r.GetChat()+"/"+r.GetThread()]; found != nil {
		return found, nil
	}
	return nil, errNobodys
}

// FindByCopy answers what Show has said, else the operator's message that the bus holds.
func (s *Sessions) FindByCopy(ctx context.Context, r *sessionsv1.FindByCopyRequest) (*sessionsv1.FindByCopyResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return nil, errAway
	}
	if found := s.copies[r.GetProject()+"/"+r.GetChat()+"/"+r.GetId()]; found != nil {
		return found, nil
	}
	if s.Bus == nil {
		return nil, errNobodys
	}
	var found *sessionsv1.FindByCopyResponse
	err := s.Bus.Replay(ctx, 1, bus.Filter{Type: bus.MessageCreated}, func(ev bus.Event) error {
		data, ok := ev.Data.(*eventv1.MessageCreated)
		if ok && data.GetOrigin().GetChat() == r.GetChat() && slices.Contains(data.GetOrigin().GetIds(), r.GetId()) {
			thread := s.threads[r.GetProject()+"/"+r.GetChat()+"/"+data.GetOrigin().GetThread()]
			found = &sessionsv1.FindByCopyResponse{Record: thread.GetRecord(), Message: &sessionsv1.MessageRecord{
				Message: data.GetMessage(), Copies: map[string]*eventv1.Copy{data.GetPlatform(): {MessageId: data.GetMessage().GetId(), At: data.GetOrigin()}},
			}}
		}
		return nil
	})
	if err != nil {
		return nil, errAway
	}
	if found == nil {
		return nil, errNobodys
	}
	return found, nil
}
