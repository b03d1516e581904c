package widget_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/sessionstest"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/widget"
)

const benchSessions = 256

// counter is an intake on a fresh bus, with sessions that have begun.
func counter(b *testing.B) (*intake.Intake, []*session.Entry) {
	b.Helper()
	onBus := bustest.New(b)
	_, conn := sessionstest.Start(b, onBus)
	client := sessionsv1.NewSessionsClient(conn)
	directory, err := session.New(client, 1000)
	if err != nil {
		b.Fatal(err)
	}
	in := &intake.Intake{Project: id.Default, Bus: onBus, Directory: directory, Sessions: client, Log: zap.NewNop()}
	entries := make([]*session.Entry, benchSessions)
	for i := range entries {
		question := directory.Ask(session.Key{Project: id.Default, Session: id.NewSession()})
		entries[i], err = question.Answer(&sessionsv1.SessionRecord{Seq: 1, Session: &bellhopv1.Session{VisitorId: "lx2k3j4h-8f7d6s5a4", Status: "active"}})
		question.End()
		if err != nil {
			b.Fatal(err)
		}
	}
	return in, entries
}

const benchText = "Hello, is the blue one still available in size 42? I would need it by Friday."

// silent is a writer without a connection.
type silent struct {
	header http.Header
	status int
}

func (s *silent) Header() http.Header         { return s.header }
func (s *silent) Write(p []byte) (int, error) { return len(p), nil }
func (s *silent) WriteHeader(status int)      { s.status = status }

// BenchmarkMessage is POST /message from the router to the bus's acknowledgement, 64 at once. What is left when
// BenchmarkPublish is taken off is the gateway's own.
func BenchmarkMessage(b *testing.B) {
	in, entries := counter(b)
	var limits widget.Limits
	for _, l := range []**filter.Limiter{&limits.Address, &limits.Connect, &limits.Session, &limits.Typing} {
		var err error
		if *l, err = filter.NewLimiter(filter.Rate{Every: 1e9, Burst: 1e9}); err != nil {
			b.Fatal(err)
		}
	}
	handler := widget.Handler("/pocketping", widget.Options{Intake: in, Stream: http.NotFoundHandler(), Place: new(bus.Place), Limits: limits, Log: zap.NewNop()})
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32) // 64 on two cores
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			body := fmt.Sprintf(`{"sessionId":%q,"content":%q,"sender":"visitor","attachmentIds":[]}`, entries[n.Add(1)%benchSessions].Session, benchText)
			r := httptest.NewRequest(http.MethodPost, "/pocketping/message", strings.NewReader(body))
			r.Header["Content-Type"] = []string{"application/json"}
			r.Header["Origin"] = []string{"https://shop.example"}
			w := &silent{header: http.Header{}}
			if handler.ServeHTTP(w, r); w.status != http.StatusOK {
				b.Errorf("answered %d", w.status)
				return
			}
		}
	})
}

// BenchmarkPublish is the same fact put on the bus by nothing but the bus's own client.
func BenchmarkPublish(b *testing.B) {
	in, entries := counter(b)
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m := &bellhopv1.Message{Id: string(id.NewMessage()), Content: benchText, Sender: "visitor", Timestamp: timestamppb.New(fact.Now())}
			if _, err := in.Bus.Publish(b.Context(), fact.Created(entries[n.Add(1)%benchSessions], m, "widget")); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
