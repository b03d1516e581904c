package discord

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"go.uber.org/zap/zaptest"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/discord/apitest"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive/receivetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	token   = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GtestX.simulated-token-simulated-token"
	self    = "1100000000000000001"
	channel = "1300000000000000001"
	guild   = "1200000000000000001"
	thread  = "1440000000000000000"
	olga    = "1700000000000000001"
	testBot = "1700000000000000002"
)

// bureau is a bot with a real bus, a Discord and a sessions service that knows Ana's conversation in a thread.
type bureau struct {
	t        *testing.T
	server   *embedded.Server
	bus      *bus.Bus
	sessions *receivetest.Sessions
	api      *apitest.API
	files    *file.Store
	metrics  *office.Metrics
	registry *prometheus.Registry
	bot      *Bot

	mu   sync.Mutex
	told []string
}

func newBureau(t *testing.T) *bureau {
	t.Helper()
	o := &bureau{t: t, api: apitest.New(t), registry: prometheus.NewRegistry()}
	o.server = bustest.Server(t)
	o.bus = bustest.Connect(t, bus.Config{InProcess: o.server, Name: t.Name(), PublishTimeout: time.Second})
	o.sessions = &receivetest.Sessions{Bus: o.bus, Platform: Name}
	conn := o.sessions.Serve(t)
	o.sessions.Begin("default", channel, thread, "ses_ana", "m1", "m2")
	o.api.Answers("GET /channels/"+channel, `{"id":"`+channel+`","type":15,"guild_id":"`+guild+`"}`)
	o.api.Answers("GET /channels/"+thread, state(false))
	o.api.Answers("GET /applications/@me", `{"id":"`+self+`","flags":524288}`)
	o.api.Answers("GET /guilds/"+guild+"/threads/active", `{"threads":[]}`)
	o.api.Answers("GET /channels/"+channel+"/threads/archived/public", `{"threads":[]}`)
	var err error
	if o.metrics, err = office.NewMetrics(o.registry, Name); err != nil {
		t.Fatal(err)
	}
	if o.files, err = file.New(t.Context(), o.bus); err != nil {
		t.Fatal(err)
	}
	desk := &receive.Desk{Bus: o.bus, Sessions: sessionsv1.NewSessionsClient(conn)}
	o.bot = o.newBot(id.Default, desk)
	return o
}

func (o *bureau) newBot(project id.Project, desk *receive.Desk) *Bot {
	o.t.Helper()
	b, err := New(Options{
		Office: office.Options{Project: project, Desk: desk, Files: o.files, MaxFile: 100, Metrics: o.metrics, Log: zaptest.NewLogger(o.t)},
		Config: api.Config{Token: token, Channel: channel, APIURL: o.api.URL + "/api/v10", PublicKey: publicKey, EnableGateway: true}, TestBots: []string{testBot},
		Tell: func(problem string) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.told = append(o.told, problem)
		},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	b.settling, b.pause = 5*time.Millisecond, 5*time.Millisecond
	b.now = func() time.Time { return api.IDTime(thread) }
	o.t.Cleanup(b.Close)
	return b
}

// state is Ana's thread.
func state(locked bool) string {
	return fmt.Sprintf(`{"id":%q,"type":11,"parent_id":%q,"guild_id":%q,"last_message_id":"1440000000000000009","thread_metadata":{"archived":%t,"locked":%t,"archive_timestamp":"2026-11-21T01:00:00+00:00"}}`,
		thread, channel, guild, locked, locked)
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
	stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	o.t.Cleanup(stop)
	return stop
}

// listen starts the bot, and waits until the gateway has it.
func (o *bureau) listen() (stop func()) {
	o.t.Helper()
	o.start(o.bot.Answer)
	stop = o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "test") })
	o.api.Await(o.t, "a session", func() bool { return o.api.Connected() == 1 })
	return stop
}

// message is what an operator writes, with further fields.
func message(messageID, content, fields string) string {
	return fmt.Sprintf(`{"id":%q,"channel_id":%q,"guild_id":%q,"type":0,"author":{"id":%q,"username":"olga_1","global_name":"Olga"},"member":{"nick":null},"content":%q,"timestamp":"2026-11-21T01:00:00+00:00"%s}`,
		messageID, thread, guild, olga, content, fields)
}

// says has an operator write.
func (o *bureau) says(messageID, content, fields string) {
	o.api.Dispatch("MESSAGE_CREATE", message(messageID, content, fields))
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

// expect waits for facts.
func (o *bureau) expect(want ...string) []bus.Event {
	o.t.Helper()
	o.until(strings.Join(want, ", "), func() bool { return len(o.ids()) >= len(want) })
	if got := o.ids(); !slices.Equal(got, want) {
		o.t.Fatalf("the bus holds %q, want %q", got, want)
	}
	return o.facts()
}

func (o *bureau) until(what string, reached func() bool) {
	o.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !reached(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			o.t.Fatalf("in vain: %s; the bus holds %q", what, o.ids())
		}
	}
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

// handled waits until everything that the gateway has sent is handled: what comes after it proves it.
func (o *bureau) handled(marker string) {
	o.t.Helper()
	o.says(marker, "marker", "")
	o.until("the marker", func() bool { return slices.Contains(o.texts(), "marker") })
}
