package notifier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/internal/upstream"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

const (
	token   = "7001:simulated-token-of-the-bot"
	session = id.Session("ses_0123456789abcdefghXY9z")
)

// sessions answers what is pending of one session by replaying the bus, as simply as can be.
type sessions struct {
	sessionsv1.UnimplementedSessionsServer
	bus *bus.Bus
}

func (s *sessions) Pending(ctx context.Context, req *sessionsv1.PendingRequest) (*sessionsv1.PendingResponse, error) {
	if req.GetPlatform() == "" || req.GetSince() == nil {
		return nil, status.Error(codes.InvalidArgument, "platform and since")
	}
	state := &sessionsv1.PlatformState{}
	answer := &sessionsv1.PendingResponse{Record: &sessionsv1.SessionRecord{
		Session: &bellhopv1.Session{Id: req.GetSessionId(), Status: "active"}, Platforms: map[string]*sessionsv1.PlatformState{req.GetPlatform(): state},
	}}
	var written []*sessionsv1.Delivery
	err := s.bus.Replay(ctx, 1, bus.Filter{Session: id.Session(req.GetSessionId())}, func(ev bus.Event) error {
		answer.Record.Seq = ev.Seq
		switch data := ev.Data.(type) {
		case *eventv1.MessageCreated:
			written = append(written, &sessionsv1.Delivery{Seq: ev.Seq, Kind: sessionsv1.Delivery_KIND_POST, Message: &sessionsv1.MessageRecord{
				Message: data.GetMessage(), CreatedSeq: ev.Seq, ContentSeq: ev.Seq, Platform: data.GetPlatform(),
			}})
		case *eventv1.ThreadOpened:
			state.Chat, state.Thread = data.GetChat(), data.GetThread()
		case *eventv1.MessageDelivered:
			state.Through = data.GetThrough()
		}
		return nil
	})
	for _, d := range written {
		if d.Seq > state.Through {
			answer.Deliveries = append(answer.Deliveries, d)
		}
	}
	return answer, err
}

func serve(t *testing.T, b *bus.Bus) grpc.ClientConnInterface {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	sessionsv1.RegisterSessionsServer(server, &sessions{bus: b})
	go func() { _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///sessions", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // nothing is on its way any more
	return conn
}

// botAPI keeps the calls it gets.
type botAPI struct {
	mu    sync.Mutex
	calls []string
	next  int
}

func (a *botAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct{ Text, Name string }
	if r.ParseMultipartForm(1<<20) == nil {
		body.Text = r.FormValue("caption")
		for _, files := range r.MultipartForm.File {
			f, _ := files[0].Open()
			data, _ := io.ReadAll(f)
			body.Name = " " + files[0].Filename + " " + string(data)
		}
	} else {
		_ = json.NewDecoder(r.Body).Decode(&body) // calls without a body have no text
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next++
	method := path.Base(r.URL.Path)
	lines := strings.Split(body.Text+body.Name, "\n")
	a.calls = append(a.calls, method+" "+lines[len(lines)-1])
	result := "true"
	switch method {
	case "createForumTopic":
		result = fmt.Sprintf(`{"message_thread_id":%d,"name":"x"}`, a.next)
	case "sendMessage", "sendDocument":
		result = fmt.Sprintf(`{"message_id":%d,"date":1,"chat":{"id":-1001230000001,"type":"supergroup"}}`, a.next)
	}
	_, _ = fmt.Fprintf(w, `{"ok":true,"result":%s}`, result) // the client's trouble
}

func (a *botAPI) called() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.calls...)
}

func until(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !reached(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

// start runs a notifier until the function it returns is called.
func start(t *testing.T, cfg Config) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, cfg) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func say(t *testing.T, b *bus.Bus, text string, files ...*bellhopv1.Attachment) {
	t.Helper()
	_, err := b.Publish(t.Context(), bus.Event{
		ID: text, Type: bus.MessageCreated, Project: id.Default, Session: session, Source: "test", Time: time.Now(),
		Data: &eventv1.MessageCreated{SessionId: string(session), Platform: "widget", Message: &bellhopv1.Message{
			Id: text, SessionId: string(session), Content: text, Sender: "visitor", Attachments: files,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMessagesReachTelegramOnceThroughRestartsAndWithTwoReplicas(t *testing.T) {
	server := bustest.Server(t)
	b := bustest.Connect(t, bus.Config{InProcess: server})
	api := &botAPI{}
	site := httptest.NewServer(api)
	t.Cleanup(site.Close)
	cfg := Config{
		Telegram: telegram.Config{Token: token, Chats: []string{"-1001230000001"}, APIURL: site.URL},
		Upstream: upstream.Config{Bus: bus.Config{InProcess: server}, Sessions: serve(t, b)},
	}
	say(t, b, "before anybody listens")
	stop := start(t, cfg)
	want := []string{"createForumTopic 💬 ghXY9z", "sendMessage before anybody listens"}
	reached := func(what string) {
		t.Helper()
		until(t, what, func() bool { return len(api.called()) >= len(want) })
		if got := api.called(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
	reached("the first message is not sent")
	for i := range 10 {
		say(t, b, fmt.Sprint("m", i))
		want = append(want, fmt.Sprint("sendMessage m", i))
	}
	reached("messages are not sent")
	start(t, cfg) // a second replica stands by
	stop()
	say(t, b, "after the change")
	want = append(want, "sendMessage after the change")
	reached("the second replica does not take over")
	want = append(want, "sendChatAction ")
	until(t, "typing is not shown", func() bool { // a signal before the thread is remembered shows nothing
		if err := b.Signal(id.Default, session, "typing", []byte(`{"sender":"visitor","isTyping":true}`)); err != nil {
			t.Fatal(err)
		}
		return len(api.called()) >= len(want)
	})
	reached("typing is not shown")
}

func TestFilesOfMessagesAreTakenFromTheStore(t *testing.T) {
	server := bustest.Server(t)
	b := bustest.Connect(t, bus.Config{InProcess: server})
	api := &botAPI{}
	site := httptest.NewServer(api)
	t.Cleanup(site.Close)
	store, err := file.New(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := store.Save(t.Context(), file.Upload{
		Project: id.Default, Session: session, Filename: "a.pdf", MIME: "application/pdf", From: "widget", Reader: strings.NewReader("%PDF-1.7"),
	})
	if err != nil {
		t.Fatal(err)
	}
	say(t, b, "first")
	say(t, b, "look", stored)
	start(t, Config{
		Telegram: telegram.Config{Token: token, Chats: []string{"-1001230000001"}, APIURL: site.URL},
		Upstream: upstream.Config{Bus: bus.Config{InProcess: server}, Sessions: serve(t, b)},
	})
	until(t, "the file is not sent", func() bool { return len(api.called()) >= 3 })
	if got := api.called()[2]; got != "sendDocument look a.pdf %PDF-1.7" {
		t.Errorf("got %q", got)
	}
}

func TestWithoutAPlatformItStaysUpAndHealthy(t *testing.T) {
	health := runner.NewHealth()
	start(t, Config{Runtime: runner.Runtime{Health: health}})
	until(t, "never ready", func() bool { return len(health.Failing(t.Context())) == 0 })
}

func TestAHalfConfiguredBotIsExplained(t *testing.T) {
	err := Run(t.Context(), Config{Telegram: telegram.Config{Token: token}})
	setup, ok := errors.AsType[*config.SetupError](err)
	if !ok || setup.Missing != "chat_id" || strings.Contains(err.Error(), "simulated-token") {
		t.Fatalf("%v", err)
	}
}

func TestConfigurationNamesWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{}, "NATS_URL"},
		{map[string]string{"NATS_URL": "nats://127.0.0.1:1"}, "SESSIONS_ADDR"},
		{map[string]string{"NATS_URL": "nats://127.0.0.1:1", "SESSIONS_ADDR": "127.0.0.1:2", "NOTIFY_ON": "never"}, "NOTIFY_ON"},
		{map[string]string{"NATS_URL": "nats://127.0.0.1:1", "SESSIONS_ADDR": "127.0.0.1:2", "TELEGRAM_RATE_PER_SECOND": "-1"}, "TELEGRAM_RATE_PER_SECOND"},
		{map[string]string{"NATS_URL": "nats://127.0.0.1:1", "SESSIONS_ADDR": "127.0.0.1:2", "TELEGRAM_BOT_TOKEN": token}, "Telegram"},
		{map[string]string{"NATS_URL": "nats://127.0.0.1:1", "SESSIONS_ADDR": "127.0.0.1:2", "DELIVER_TO": "slack,telegramm"}, "DELIVER_TO"},
		{map[string]string{"NATS_URL": "nats://127.0.0.1:1", "SESSIONS_ADDR": "127.0.0.1:2", "DELIVER_TO": "telegram,discord,slack,webhook"}, ""},
		{map[string]string{"NATS_URL": "nats://127.0.0.1:1", "SESSIONS_ADDR": "127.0.0.1:2"}, ""},
	} {
		var cfg Config
		err := config.Load(&cfg, func(name string) (string, bool) { v, ok := c.env[name]; return v, ok })
		if c.want == "" && (err != nil || cfg.NotifyOn != "message" || cfg.TelegramPerSecond != 1) {
			t.Errorf("%v: %v, %+v", c.env, err, cfg)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: %v, want %s", c.env, err, c.want)
		}
	}
}
