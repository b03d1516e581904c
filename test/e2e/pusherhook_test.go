package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/sdk/channels"
	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

const appID, appKey, appSecret = "1", "a-public-word", "a-pusher-secret-for-tests"

// listener is a customer's server that is told of channels, and verifies with Pusher's client.
type listener struct {
	*httptest.Server
	client *channels.Client
	mu     sync.Mutex
	told   []string
}

func listen(t *testing.T) *listener {
	t.Helper()
	client, err := channels.New(channels.Options{AppID: appID, Key: appKey, Secret: appSecret, URL: "http://127.0.0.1", WebhookTolerance: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{client: client}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is cut off cannot be verified
		told, err := l.client.Webhook(r.Header, body)
		if err != nil {
			t.Errorf("a webhook is refused: %v", err)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, e := range told.Events {
			l.told = append(l.told, strings.TrimSpace(fmt.Sprintln(e.Name, e.Channel, e.UserID, e.Event, e.Data)))
		}
	}))
	t.Cleanup(l.Close)
	return l
}

// hears waits until the server was told so many things, and answers them.
func (l *listener) hears(t *testing.T, n int) (told []string) {
	t.Helper()
	ctx := visitor.Within(t)
	for len(told) < n && ctx.Err() == nil {
		l.mu.Lock()
		told = slices.Clone(l.told)
		l.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
	return told
}

// pusherPage is a page that speaks the Pusher protocol, in a presence channel.
func (s *stack) pusherPage(t *testing.T, channel, user string) *websocket.Conn {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(s.url, "http", "ws", 1)+"/app/"+appKey+"?protocol=7", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	hello := nextFrame(t, ws, "pusher:connection_established")
	id := hello[strings.Index(hello, `"socket_id":"`)+len(`"socket_id":"`):]
	id = id[:strings.Index(id, `"`)]
	data := fmt.Sprintf(`{"user_id":%q}`, user)
	err = ws.WriteJSON(map[string]any{"event": "pusher:subscribe", "data": map[string]string{
		"channel": channel, "channel_data": data, "auth": appKey + ":" + signature.Subscription(appSecret, id, channel, data, true),
	}})
	if err != nil {
		t.Fatal(err)
	}
	nextFrame(t, ws, "pusher_internal:subscription_succeeded")
	return ws
}

// sessionPage is one in the channel of a chat session.
func (s *stack) sessionPage(t *testing.T, session string) *websocket.Conn {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(s.url, "http", "ws", 1)+"/app/"+appKey+"?protocol=7", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	if err := ws.WriteJSON(map[string]any{"event": "pusher:subscribe", "data": map[string]string{"channel": hook.SessionPrefix + session, "auth": ""}}); err != nil {
		t.Fatal(err)
	}
	nextFrame(t, ws, "pusher_internal:subscription_succeeded")
	return ws
}

// An erased session is not in what webhooks are told, which the bus keeps for an hour, either.
func TestErasedSessionIsNotAmongWhatWebhooksAreTold(t *testing.T) {
	t.Parallel()
	server := listen(t)
	s := own(t, setup{backing: guarded, told: server.URL})
	vera := s.arrives(t)
	channel := hook.SessionPrefix + vera.SessionID()
	_ = s.sessionPage(t, vera.SessionID()).Close()
	s.pusherPage(t, "presence-room", "ann")
	server.hears(t, 6) // occupied, one, none, vacated; and the room, and ann
	hooks, err := s.bus.OpenHooks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept := func() (text string) {
		err := hooks.Read(t.Context(), bus.HookApp{Project: id.Default, App: appID}, 0, func(m bus.Hooked) bool { text += string(m.Payload); return true })
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if text := kept(); strings.Count(text, channel) != 4 {
		t.Fatalf("kept is %s", text)
	}
	b := backend{t, s, apiKey}
	b.learns(b.erases("/api/v1/sessions/" + vera.SessionID()))
	if text := kept(); strings.Contains(text, vera.SessionID()) || !strings.Contains(text, "presence-room") {
		t.Errorf("kept is %s", text)
	}
	if out := s.commandLine(t, "webhook", "state"); !strings.Contains(out, "pusher-1 of the Pusher app 1 takes what it is told") {
		t.Errorf("the command line says %s", out)
	}
}

// nextFrame waits for an event, and answers its data.
func nextFrame(t *testing.T, ws *websocket.Conn, event string) string {
	t.Helper()
	for {
		var f struct {
			Event string
			Data  string
		}
		_ = ws.SetReadDeadline(time.Now().Add(time.Minute))
		if err := ws.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if f.Event == event {
			return f.Data
		}
	}
}

// What happens in a channel is told to the customer's server, through all services, with the rights that each has.
func TestWebhooksTellWhatHappensInChannels(t *testing.T) {
	t.Parallel()
	server := listen(t)
	s := own(t, setup{backing: guarded, told: server.URL})
	ws := s.pusherPage(t, "presence-room", "ann")
	want := []string{"channel_occupied presence-room", "member_added presence-room ann"}
	server.hears(t, 2)
	if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"event":"client-hi","channel":"presence-room","data":{"n":1}}`)); err != nil {
		t.Fatal(err)
	}
	want = append(want, `client_event presence-room ann client-hi {"n":1}`)
	server.hears(t, 3)
	_ = ws.Close()
	ws = s.pusherPage(t, "presence-room", "ann") // a page that is loaded again is told to nobody
	s.restart(t, "notifier")
	_ = ws.Close()
	want = append(want, "member_removed presence-room ann", "channel_vacated presence-room")
	got := server.hears(t, len(want))
	for i := range got {
		got[i] = strings.Join(strings.Fields(got[i]), " ")
	}
	if !slices.Equal(got, want) {
		t.Errorf("told were\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
