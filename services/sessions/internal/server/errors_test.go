package server

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

func TestInvalidArgumentsNameTheField(t *testing.T) {
	s, ctx := newSite(t), t.Context()
	wrongTime := &sessionsv1.HistoryRequest_ChangedSince{ChangedSince: &timestamppb.Timestamp{Nanos: -1}}
	for name, c := range map[string]struct {
		field string
		call  func() error
	}{
		"open project": {"project", func() error { _, err := s.Open(ctx, &sessionsv1.OpenRequest{VisitorId: "v"}); return err }},
		"open visitor": {"visitor_id", func() error { _, err := s.Open(ctx, &sessionsv1.OpenRequest{Project: shop}); return err }},
		"open session": {"session_id", func() error {
			_, err := s.Open(ctx, &sessionsv1.OpenRequest{Project: shop, VisitorId: "v", SessionId: "all"})
			return err
		}},
		"open messages": {"messages", func() error {
			_, err := s.Open(ctx, &sessionsv1.OpenRequest{Project: shop, VisitorId: "v", Messages: 101})
			return err
		}},
		"get session": {"session_id", func() error { _, err := s.Get(ctx, &sessionsv1.GetRequest{Project: shop}); return err }},
		"list limit":  {"limit", func() error { _, err := s.List(ctx, &sessionsv1.ListRequest{Project: shop, Limit: -1}); return err }},
		"list status": {"status", func() error {
			_, err := s.List(ctx, &sessionsv1.ListRequest{Project: shop, Status: "open"})
			return err
		}},
		"list token": {"page_token", func() error {
			_, err := s.List(ctx, &sessionsv1.ListRequest{Project: shop, PageToken: "?"})
			return err
		}},
		"history limit": {"limit", func() error {
			_, err := s.History(ctx, &sessionsv1.HistoryRequest{Project: shop, SessionId: guest, Limit: 101})
			return err
		}},
		"history since": {"changed_since", func() error {
			_, err := s.History(ctx, &sessionsv1.HistoryRequest{Project: shop, SessionId: guest, After: wrongTime})
			return err
		}},
		"history ids": {"ids", func() error {
			_, err := s.History(ctx, &sessionsv1.HistoryRequest{Project: shop, SessionId: guest, Ids: make([]string, 101)})
			return err
		}},
		"thread": {"thread", func() error {
			_, err := s.FindByThread(ctx, &sessionsv1.FindByThreadRequest{Project: shop, Platform: "p", Chat: "c"})
			return err
		}},
		"copy": {"id", func() error {
			_, err := s.FindByCopy(ctx, &sessionsv1.FindByCopyRequest{Project: shop, Platform: "p", Chat: "c"})
			return err
		}},
		"pending platform": {"platform", func() error {
			_, err := s.Pending(ctx, &sessionsv1.PendingRequest{Project: shop, SessionId: guest})
			return err
		}},
		"operators project": {"project", func() error { _, err := s.Operators(ctx, &sessionsv1.OperatorsRequest{Project: "*"}); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.call()
			wantCode(t, codes.InvalidArgument, err)
			if text := status.Convert(err).Message(); !strings.HasPrefix(text, c.field+": ") {
				t.Errorf("message is %q, want it to begin with %s", text, c.field)
			}
		})
	}
}

// full is a store that takes no more changes.
type full struct{ store.Store }

var errFull = errors.New("disk full")

func (full) Commit(context.Context, store.Change) error { return errFull }

func TestAnswerThatMightBeStaleIsRefused(t *testing.T) {
	stuck := siteOn(t, full{freshStore(t)})
	stuck.says("visitor", "a")
	for name, call := range map[string]func() error{
		"get": func() error {
			_, err := stuck.Get(t.Context(), &sessionsv1.GetRequest{Project: shop, SessionId: guest})
			return err
		},
		"history": func() error {
			_, err := stuck.History(t.Context(), &sessionsv1.HistoryRequest{Project: shop, SessionId: guest})
			return err
		},
		"thread": func() error {
			_, err := stuck.FindByThread(t.Context(), &sessionsv1.FindByThreadRequest{Project: shop, Platform: "p", Chat: "c", Thread: "1"})
			return err
		},
	} {
		err := call()
		wantCode(t, codes.Unavailable, err)
		if strings.Contains(err.Error(), errFull.Error()) {
			t.Errorf("%s tells the inside: %v", name, err)
		}
	}
}

func TestStoreThatLostEverythingHealsUnderTheService(t *testing.T) {
	s := newSite(t)
	s.starts()
	s.says("visitor", "a")
	before := s.history(&sessionsv1.HistoryRequest{})
	if err := s.store.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := s.history(&sessionsv1.HistoryRequest{})
	if len(after.Messages) != 1 || after.Seq != before.Seq {
		t.Errorf("after the loss: %v", after)
	}
}

func TestPanicFailsOneCallAndIsLogged(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	info := &grpc.UnaryServerInfo{FullMethod: "/bellhop/Get"}
	_, err := report(zap.New(core))(t.Context(), nil, info, func(ctx context.Context, req any) (any, error) {
		return recovered(ctx, req, info, func(context.Context, any) (any, error) { panic("secret") })
	})
	wantCode(t, codes.Internal, err)
	if strings.Contains(err.Error(), "secret") || logs.FilterMessage("call failed").Len() != 1 {
		t.Errorf("error %v, logged %v", err, logs.All())
	}
}

func TestHealthIsServed(t *testing.T) {
	s := newSite(t)
	got := must(healthv1.NewHealthClient(s.conn).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "bellhop.sessions.v1.Sessions"}))(t)
	if got.Status != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("health is %v", got)
	}
}
