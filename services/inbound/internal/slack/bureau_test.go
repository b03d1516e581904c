package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
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
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive/receivetest"
)

const (
	secret  = "8f742231b10e8888abcd99yyyzzz85a5"
	channel = "C0SUPPORT01"
	thread  = "1795000000.000100"
)

// bureau is a bot with a real bus, a fake Slack and a sessions service that knows Ana's conversation in a thread.
type bureau struct {
	t        *testing.T
	dir      string
	server   *embedded.Server
	bus      *bus.Bus
	sessions *receivetest.Sessions
	slack    *fake
	desk     *receive.Desk
	registry *prometheus.Registry
	options  Options
	bot      *Bot
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	o := &bureau{t: t, dir: t.TempDir(), slack: newFake(t), registry: prometheus.NewRegistry()}
	o.server = bustest.ServerIn(t, o.dir)
	o.bus = bustest.Connect(t, bus.Config{InProcess: o.server, Name: t.Name(), PublishTimeout: time.Second})
	o.sessions = &receivetest.Sessions{Bus: o.bus, Platform: platform}
	o.desk = &receive.Desk{Bus: o.bus, Sessions: sessionsv1.NewSessionsClient(o.sessions.Serve(t))}
	o.sessions.Begin("default", channel, thread, "ses_ana", "m1", "m2")
	metrics, err := office.NewMetrics(o.registry, platform)
	if err != nil {
		t.Fatal(err)
	}
	store, err := file.New(t.Context(), o.bus)
	if err != nil {
		t.Fatal(err)
	}
	o.options = Options{
		Office: office.Options{Project: id.Default, Desk: o.desk, Files: store, MaxFile: 1 << 20, Metrics: metrics, Log: zaptest.NewLogger(t)},
		Config: slack.Config{
			Token: "xoxb-1-2-simulated", Channel: channel, SigningSecret: secret, AppToken: "xapp-1-A-2-simulated", APIURL: o.slack.URL + "/api/",
		},
		Public: true, TestBots: []string{"B0ROBOT"},
	}
	o.bot = o.newBot()
	return o
}

func (o *bureau) newBot() *Bot {
	o.t.Helper()
	b, err := New(o.options)
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

// callback is an event as Slack posts it. fields begin with a comma.
func callback(eventID, fields string) string {
	return fmt.Sprintf(`{"type":"event_callback","event_id":%q,"event":{"channel":%q%s}}`, eventID, channel, fields)
}

// message is one of Olga's in Ana's thread.
func message(eventID, ts, text string) string {
	return callback(eventID, fmt.Sprintf(`,"type":"message","user":"U0OLGA","ts":%q,"thread_ts":%q,"parent_user_id":"U0BOT","text":%q`, ts, thread, text))
}

// post sends a body to the webhook, signed now.
func (o *bureau) post(body, kind string) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, WebhookPath, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	sign(r, body, time.Now())
	w := httptest.NewRecorder()
	o.bot.Webhook(w, r)
	return w
}

func sign(r *http.Request, body string, at time.Time) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

// accepts posts an event that must be taken.
func (o *bureau) accepts(bodies ...string) {
	o.t.Helper()
	for _, body := range bodies {
		if w := o.post(body, "application/json"); w.Code != http.StatusOK || w.Body.Len() != 0 {
			o.t.Fatalf("%d %s for %s", w.Code, w.Body, body)
		}
	}
}

// presses posts an interaction that must be taken.
func (o *bureau) presses(payload string) {
	o.t.Helper()
	if w := o.post(url.Values{"payload": {payload}}.Encode(), "application/x-www-form-urlencoded"); w.Code != http.StatusOK || w.Body.Len() != 0 {
		o.t.Fatalf("%d %s for %s", w.Code, w.Body, payload)
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

// expect compares types and ids of what the bus holds.
func (o *bureau) expect(want ...string) []bus.Event {
	o.t.Helper()
	var got []string
	for _, ev := range o.facts() {
		got = append(got, string(ev.Type)+" "+ev.ID)
	}
	if !slices.Equal(got, want) {
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
