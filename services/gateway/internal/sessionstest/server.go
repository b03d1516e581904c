package sessionstest

import (
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Server is a sessions service. Its fields may be changed at any time.
type Server struct {
	sessionsv1.UnimplementedSessionsServer
	bus *bus.Bus

	// Away makes every call fail as it does while the service is down.
	Away atomic.Bool
	// Own is which session a proven identity has: id → session.
	Own sync.Map
	// Asked counts the calls.
	Asked atomic.Int64
	// Channels is the other service, which is away when this one is.
	Channels *Channels

	mu     sync.Mutex
	visits map[string]*bellhopv1.Session
	hook   func(sessionID string)
	sinces []time.Time
}

// Start serves on a connection in memory, until the test ends.
func Start(t testing.TB, b *bus.Bus) (*Server, *grpc.ClientConn) {
	t.Helper()
	s := &Server{bus: b, visits: map[string]*bellhopv1.Session{}, Channels: newChannels(b)}
	pipe := bufconn.Listen(1 << 16)
	server := grpc.NewServer(grpc.UnaryInterceptor(s.intercept))
	sessionsv1.RegisterSessionsServer(server, s)
	sessionsv1.RegisterChannelsServer(server, s.Channels)
	served := make(chan struct{})
	go func() { defer close(served); _ = server.Serve(pipe) }()
	conn, err := grpc.NewClient("passthrough:///sessions", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return pipe.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		<-served
	})
	return s, conn
}

func (s *Server) intercept(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	s.Asked.Add(1)
	if s.Away.Load() {
		return nil, status.Error(codes.Unavailable, "away")
	}
	return handler(ctx, req)
}

// Hook has fn called with the session after each question's answer was made up and before it is given: what happens in it
// is not in the answer.
func (s *Server) Hook(fn func(sessionID string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = fn
}

func (s *Server) hooked(sessionID string) {
	s.mu.Lock()
	fn := s.hook
	s.mu.Unlock()
	if fn != nil {
		fn(sessionID)
	}
}

// Forget drops a visit of the default project, as the service does after a day.
func (s *Server) Forget(sessionID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.visits, string(id.Default)+"/"+sessionID)
}

func (s *Server) find(ctx context.Context, project, sessionID string) (*state, error) {
	if len(project) == 0 || len(sessionID) == 0 || len(sessionID) > 128 {
		return nil, status.Error(codes.InvalidArgument, "malformed key")
	}
	found, err := s.fold(ctx, project, sessionID)
	if err != nil || found.record.GetSession() != nil {
		return found, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if visit := s.visits[project+"/"+sessionID]; visit != nil && found.record.GetErasure() == nil {
		found.record.Session, found.record.Visit = proto.Clone(visit).(*bellhopv1.Session), true
		return found, nil
	}
	return nil, status.Error(codes.NotFound, "no such session")
}

// Open resumes or makes a visit. A proven identity resumes the session that Own names.
func (s *Server) Open(ctx context.Context, req *sessionsv1.OpenRequest) (*sessionsv1.OpenResponse, error) {
	if own, ok := s.Own.Load(req.GetIdentity()); ok && req.GetIdentity() != "" {
		found, err := s.find(ctx, req.GetProject(), own.(string))
		if err != nil {
			return nil, err
		}
		defer s.hooked(own.(string))
		return &sessionsv1.OpenResponse{Record: found.record, Resumed: true, Messages: found.newest(int(req.GetMessages()))}, nil
	}
	if req.GetSessionId() != "" {
		found, err := s.find(ctx, req.GetProject(), req.GetSessionId())
		if err == nil && found.record.GetSession().GetVisitorId() == req.GetVisitorId() {
			defer s.hooked(req.GetSessionId())
			return &sessionsv1.OpenResponse{Record: found.record, Resumed: true, Messages: found.newest(int(req.GetMessages()))}, nil
		}
	}
	visit := proto.Clone(req.GetVisit()).(*bellhopv1.Session)
	visit.Id, visit.VisitorId = string(id.NewSession()), req.GetVisitorId()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.visits[req.GetProject()+"/"+visit.Id] = visit
	return &sessionsv1.OpenResponse{Record: &sessionsv1.SessionRecord{Project: req.GetProject(), Session: visit, Visit: true}}, nil
}

// Get answers one session.
func (s *Server) Get(ctx context.Context, req *sessionsv1.GetRequest) (*sessionsv1.SessionRecord, error) {
	found, err := s.find(ctx, req.GetProject(), req.GetSessionId())
	defer s.hooked(req.GetSessionId())
	return found.answer(), err
}

// Sinces are the instants since when changes were asked for.
func (s *Server) Sinces() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sinces)
}

// History reads messages.
func (s *Server) History(ctx context.Context, req *sessionsv1.HistoryRequest) (*sessionsv1.HistoryResponse, error) {
	if err := req.GetChangedSince().CheckValid(); req.GetChangedSince() != nil && err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if since := req.GetChangedSince(); since != nil {
		s.mu.Lock()
		s.sinces = append(s.sinces, since.AsTime())
		s.mu.Unlock()
	}
	found, err := s.find(ctx, req.GetProject(), req.GetSessionId())
	if err != nil {
		return nil, err
	}
	defer s.hooked(req.GetSessionId())
	return found.page(req), nil
}

// Operators answers who is there.
func (s *Server) Operators(ctx context.Context, req *sessionsv1.OperatorsRequest) (*sessionsv1.OperatorsResponse, error) {
	return s.operators(ctx, req.GetProject())
}
