package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/bellhop-chat/bellhop/test/team"
)

// recorder keeps every span that has ended.
type recorder struct {
	*tracetest.InMemoryExporter
	*sdktrace.TracerProvider
}

func newRecorder() recorder {
	kept := tracetest.NewInMemoryExporter()
	return recorder{kept, sdktrace.NewTracerProvider(sdktrace.WithSyncer(kept))}
}

// of are the spans of a trace.
func (r recorder) of(id trace.TraceID) (spans tracetest.SpanStubs) {
	for _, s := range r.GetSpans() {
		if s.SpanContext.TraceID() == id {
			spans = append(spans, s)
		}
	}
	return spans
}

// roots are the traces that begin with a name, oldest first.
func (r recorder) roots(name string) (ids []trace.TraceID) {
	spans := r.GetSpans()
	slices.SortFunc(spans, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	for _, s := range spans {
		if s.Name == name && !s.Parent.IsValid() {
			ids = append(ids, s.SpanContext.TraceID())
		}
	}
	return ids
}

// holds tells whether a trace has spans of these names, each a child of the one before.
func (r recorder) holds(id trace.TraceID, chain ...string) bool {
	spans := r.of(id)
	above := []trace.SpanID{{}}
	for _, name := range chain {
		var here []trace.SpanID
		for _, s := range spans {
			if s.Name == name && slices.Contains(above, s.Parent.SpanID()) {
				here = append(here, s.SpanContext.SpanID())
			}
		}
		if above = here; len(here) == 0 {
			return false
		}
	}
	return true
}

// tree prints a trace as it branches: when each span began after the first, in milliseconds, and how long it took.
func (r recorder) tree(id trace.TraceID) string {
	var out strings.Builder
	spans := r.of(id)
	slices.SortFunc(spans, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	var show func(parent trace.SpanID, depth int)
	show = func(parent trace.SpanID, depth int) {
		for _, s := range spans {
			if s.Parent.SpanID() == parent {
				_, _ = fmt.Fprintf(&out, "%8.2f %7.2f  %s%s (%s)\n", float64(s.StartTime.Sub(spans[0].StartTime).Microseconds())/1000,
					float64(s.EndTime.Sub(s.StartTime).Microseconds())/1000, strings.Repeat("  ", depth), s.Name, s.SpanKind)
				show(s.SpanContext.SpanID(), depth+1)
			}
		}
	}
	show(trace.SpanID{}, 0)
	return out.String()
}

// shows waits until a trace that begins with the first name has the whole chain, and answers the trace.
func (r recorder) shows(t *testing.T, v guest, chain ...string) (id trace.TraceID) {
	t.Helper()
	defer func() {
		if t.Failed() {
			for _, s := range r.GetSpans() {
				if !s.Parent.IsValid() {
					t.Logf("there is:\n%s", r.tree(s.SpanContext.TraceID()))
				}
			}
		}
	}()
	v.eventually("the trace "+strings.Join(chain, " → "), func() bool {
		for _, id = range r.roots(chain[0]) {
			if r.holds(id, chain...) {
				return true
			}
		}
		return false
	})
	return id
}

const (
	posted   = "POST /pocketping/message"
	stored   = "publish message.created"
	consumed = "consume message.created"
)

func TestOneMessageIsOneTraceFromTheVisitorToEveryPlatformAndBack(t *testing.T) {
	t.Parallel()
	kept := newRecorder()
	s := own(t, setup{traces: kept})
	vera := s.arrives(t)
	hi := vera.Says("hi")
	s.at(t, team.Telegram).Room(vera).Shows("hi")
	vera.SeesStatus(hi.ID, "delivered")
	asked := kept.shows(t, vera, posted, stored, consumed, "telegram post")
	for _, name := range everyPlatform {
		for _, chain := range [][]string{
			{posted, stored, consumed, name + " post"},
			{posted, stored, consumed, "publish message.delivered", "push message.delivered"},
			{posted, stored, consumed, "bellhop.sessions.v1.Sessions/Pending", "bellhop.sessions.v1.Sessions/Pending"},
		} {
			vera.eventually(strings.Join(chain, " → "), func() bool { return kept.holds(asked, chain...) })
		}
	}
	t.Logf("a visitor's message, in milliseconds since its POST, and how long each step took:\n%s", kept.tree(asked))
	for name, begins := range map[string][]string{
		team.Telegram: {"POST /webhooks/telegram", "telegram said"}, team.Discord: {"discord said"}, team.Slack: {"POST /webhooks/slack", "slack said"},
	} {
		s.at(t, name).Room(vera).Says("hello from " + name)
		vera.Hears("hello from " + name)
		answered := kept.shows(t, vera, append(begins, stored, "push message.created")...)
		for _, other := range s.others(t, s.at(t, name)) {
			chain := append(slices.Clone(begins), stored, consumed, other.Name()+" post")
			vera.eventually(strings.Join(chain, " → "), func() bool { return kept.holds(answered, chain...) })
		}
		t.Logf("the answer from %s:\n%s", name, kept.tree(answered))
	}
	noSecrets(t, kept, s.telegram.Token(), s.discord.Token(), s.slack.Token(), s.slack.SigningSecret(), webhookSecret, apiKey, vera.SessionID(), "hello from", vera.name)
}

// noSecrets looks through everything that a span can say.
func noSecrets(t *testing.T, kept recorder, secrets ...string) {
	t.Helper()
	spans := kept.GetSpans()
	if len(spans) == 0 {
		t.Fatal("there are no spans")
	}
	for _, s := range spans {
		said := fmt.Sprint(s.Name, s.Status, s.Attributes, s.Events, s.Links, s.Resource)
		for _, secret := range secrets {
			if secret == "" || strings.Contains(said, secret) {
				t.Errorf("the span %s tells %q: %s", s.Name, secret, said)
			}
		}
	}
}

func TestPostOfSeveralMessagesHasLinksToTheTraceOfEach(t *testing.T) {
	t.Parallel()
	kept := newRecorder()
	s := own(t, setup{on: []string{team.Telegram}, real: true, traces: kept})
	vera := s.arrives(t)
	const burst = 8
	for n := range burst {
		vera.Says(line("vera", n))
	}
	room := s.at(t, team.Telegram).Room(vera)
	room.Shows(line("vera", burst-1))
	var linked tracetest.SpanStub
	vera.eventually("a post with links", func() bool {
		for _, span := range kept.GetSpans() {
			if span.Name == "telegram post" && len(span.Links) > 0 {
				linked = span
				return true
			}
		}
		return false
	})
	messages := kept.roots(posted)
	for _, l := range linked.Links {
		if !slices.Contains(messages, l.SpanContext.TraceID()) || l.SpanContext.TraceID() == linked.SpanContext.TraceID() {
			t.Errorf("a link leads to %s, which is no other message's trace", l.SpanContext.TraceID())
		}
	}
	vera.eventually("a message's trace that leads to the post", func() bool {
		return slices.ContainsFunc(kept.GetSpans(), func(span tracetest.SpanStub) bool {
			return span.Name == consumed && slices.ContainsFunc(span.Links, func(l sdktrace.Link) bool { return l.SpanContext.TraceID() != span.SpanContext.TraceID() })
		})
	})
	vera.eventually("the projection's batches with links", func() bool {
		return slices.ContainsFunc(kept.GetSpans(), func(span tracetest.SpanStub) bool {
			return span.Name == "consume batch" && !span.Parent.IsValid() && len(span.Links) > 0
		})
	})
}

func TestLogOfATroubleNamesTheTraceOfTheMessage(t *testing.T) {
	t.Parallel()
	kept := newRecorder()
	s := own(t, setup{on: []string{team.Telegram}, traces: kept})
	desk, vera := s.at(t, team.Telegram), s.arrives(t)
	desk.Disturb(team.Trouble{With: team.Opening, Status: 503})
	vera.Says("hi")
	id := kept.shows(t, vera, posted, stored, consumed, "telegram open")
	vera.eventually("a line with the trace", func() bool { return strings.Contains(s.log.String(), `"trace_id": "`+id.String()+`"`) })
	desk.Calm()
	desk.Room(vera).Shows("hi")
}

func TestWhatAVisitorSaysOfATraceIsNotBelieved(t *testing.T) {
	t.Parallel()
	kept := newRecorder()
	s := own(t, setup{on: []string{team.Telegram}, traces: kept})
	vera := s.arrives(t)
	foreign := "4bf92f3577b34da6a3ce929d0e0e4736"
	body := strings.NewReader(`{"sessionId":"` + vera.SessionID() + `","isTyping":true}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/pocketping/typing", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("traceparent", "00-"+foreign+"-00f067aa0ba902b7-01")
	if status, answer := s.do(t, req); status != http.StatusOK {
		t.Fatalf("answered %d %s", status, answer)
	}
	kept.shows(t, vera, "POST /pocketping/typing")
	for _, span := range kept.GetSpans() {
		if span.SpanContext.TraceID().String() == foreign {
			t.Errorf("%s is in the trace that a visitor has chosen", span.Name)
		}
	}
}
