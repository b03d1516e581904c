package telegram

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zaptest"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive/receivetest"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/telegram/apitest"
)

const (
	token  = "7001:AAtesttokenAAtesttoken_-0123456"
	secret = "a-webhook-secret"
	chat   = "-1001230000001"
)

// bureau is a bot with a real bus, a Bot API and a sessions service that knows Ana's conversation in topic 412.
type bureau struct {
	t        *testing.T
	dir      string
	server   *embedded.Server
	bus      *bus.Bus
	sessions *receivetest.Sessions
	api      *apitest.API
	desk     *receive.Desk
	files    *file.Store
	metrics  *office.Metrics
	// problems are what was told of the bot's standing.
	problems []string
	registry *prometheus.Registry
	bot      *Bot
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	o := &bureau{t: t, dir: t.TempDir(), api: apitest.New(t), registry: prometheus.NewRegistry()}
	o.server = bustest.ServerIn(t, o.dir)
	o.bus = bustest.Connect(t, bus.Config{InProcess: o.server, Name: t.Name(), PublishTimeout: time.Second})
	o.sessions = &receivetest.Sessions{Bus: o.bus}
	o.desk = &receive.Desk{Bus: o.bus, Sessions: sessionsv1.NewSessionsClient(o.sessions.Serve(t))}
	o.sessions.Begin("default", chat, "412", "ses_ana", "m1", "m2")
	var err error
	if o.metrics, err = office.NewMetrics(o.registry, platform); err != nil {
		t.Fatal(err)
	}
	if o.files, err = file.New(t.Context(), o.bus); err != nil {
		t.Fatal(err)
	}
	o.bot = o.newBot(id.Default, "")
	return o
}

func (o *bureau) newBot(project id.Project, webhookURL string) *Bot {
	o.t.Helper()
	b, err := New(Options{
		Office: office.Options{
			Project: project, Desk: o.desk, Files: o.files, MaxFile: 50 << 20, Metrics: o.metrics, Log: zaptest.NewLogger(o.t),
		}, WebhookURL: webhookURL, Tell: func(problem string) { o.problems = append(o.problems, problem) },
		Config: telegram.Config{Token: token, Chats: []string{chat}, APIURL: o.api.URL, WebhookSecret: secret, BudgetPerMinute: 20},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(b.Close)
	return b
}

// start runs a part until the test ends or stop is called.
func (o *bureau) start(run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := run(ctx); err != nil {
			o.t.Error(err)
		}
	}()
	stop = func() {
		cancel()
		<-done
	}
	o.t.Cleanup(stop)
	return stop
}

func (o *bureau) poll(b *Bot, owner string) (stop func()) {
	return o.start(func(ctx context.Context) error { return b.Run(ctx, owner) })
}

// update is one update of an operator's.
func update(updateID int, kind, fields string) string {
	return fmt.Sprintf(`{"update_id":%d,%q:%s}`, updateID, kind, message(fields))
}

// post sends a body to the webhook with the right secret.
func (o *bureau) post(body string) *httptest.ResponseRecorder {
	o.t.Helper()
	return o.postAs(body, secret)
}

func (o *bureau) postAs(body string, secrets ...string) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, WebhookPath, strings.NewReader(body))
	for _, s := range secrets {
		r.Header.Add(secretHeader, s)
	}
	w := httptest.NewRecorder()
	o.bot.Webhook(w, r)
	return w
}

// accepts posts an update that must be taken.
func (o *bureau) accepts(body string) {
	o.t.Helper()
	if w := o.post(body); w.Code != http.StatusOK || strings.TrimSpace(w.Body.String()) != `{"ok":true}` {
		o.t.Fatalf("%d %s for %s", w.Code, w.Body, body)
	}
}

// facts are what the bus holds.
func (o *bureau) facts() []bus.Event {
	o.t.Helper()
	var events []bus.Event
	if err := o.bus.Replay(o.t.Context(), 1, bus.Filter{}, func(ev bus.Event) error {
		events = append(events, ev)
		return nil
	}); err != nil {
		o.t.Fatal(err)
	}
	return events
}

// ids are the facts' types and ids.
func (o *bureau) ids() []string {
	o.t.Helper()
	var ids []string
	for _, ev := range o.facts() {
		ids = append(ids, string(ev.Type)+" "+ev.ID)
	}
	return ids
}

func (o *bureau) expect(want ...string) []bus.Event {
	o.t.Helper()
	if got := o.ids(); !slices.Equal(got, want) {
		o.t.Fatalf("the bus holds %q, want %q", got, want)
	}
	return o.facts()
}

// texts are the contents of the operators' messages on the bus.
func (o *bureau) texts() []string {
	o.t.Helper()
	var texts []string
	for _, ev := range o.facts() {
		if data, ok := ev.Data.(*eventv1.MessageCreated); ok {
			texts = append(texts, data.GetMessage().GetContent())
		}
	}
	return texts
}

// answered waits for an answer to an operator and returns it.
func (o *bureau) answered(n int) apitest.Call {
	o.t.Helper()
	o.api.Await(o.t, "an answer", func() bool { return len(o.api.Calls("sendMessage")) >= n })
	return o.api.Calls("sendMessage")[n-1]
}

// counted is a counter's value.
func (o *bureau) counted(name, label string) float64 {
	o.t.Helper()
	families, err := o.registry.Gather()
	if err != nil {
		o.t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				if family.GetName() == name && pair.GetValue() == label {
					return metric.GetCounter().GetValue()
				}
			}
		}
	}
	return 0
}
