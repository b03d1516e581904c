package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

const (
	token = "7001:simulated-token-of-the-bot"
	group = "-1001230000001"
)

// api is a Bot API that answers as it is told and keeps what it was asked.
type api struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []string
	bodies []map[string]any
	answer func(method string) (status int, body string)
	// refuse goes first where it says so.
	refuse func(method string, asked map[string]any) (status int, body string, refused bool)
}

func newAPI(t *testing.T) (*api, *Sender) {
	a := &api{}
	a.Server = httptest.NewServer(a)
	s := New(botapi.Config{Token: token, Chats: []string{group}, APIURL: a.URL}, shelfOf(map[string]string{"att_photo": "picture", "att_pdf": "%PDF-1.", "att_gif": "GIF89a."}), zap.NewNop())
	t.Cleanup(func() {
		s.Disconnect()
		a.Close()
	})
	return a, s
}

// shelfOf has the files by their ids; nil has any, and nobody reads them.
func shelfOf(files map[string]string) shelf.Shelf {
	return shelf.Shelf{Open: func(_ context.Context, a *bellhopv1.Attachment) (io.ReadCloser, error) {
		data, ok := files[a.GetId()]
		if !ok {
			return nil, shelf.ErrGone
		}
		return io.NopCloser(strings.NewReader(data)), nil
	}}
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := asked(r)
	method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	a.mu.Lock()
	a.calls, a.bodies = append(a.calls, method), append(a.bodies, body)
	answer := a.answer
	if a.refuse != nil {
		if status, text, refused := a.refuse(method, body); refused {
			answer = func(string) (int, string) { return status, text }
		}
	}
	a.mu.Unlock()
	status, text := http.StatusOK, `{"ok":true,"result":true}`
	switch {
	case answer != nil:
		status, text = answer(method)
	case method == "createForumTopic":
		text = `{"ok":true,"result":{"message_thread_id":412,"name":"x","icon_color":1}}`
	case method == "sendMediaGroup":
		text = `{"ok":true,"result":[{"message_id":414,"date":1,"chat":{"id":-1001230000001}},{"message_id":415,"date":1,"chat":{"id":-1001230000001}}]}`
	case method == "sendMessage", method == "sendPhoto", method == "sendDocument":
		text = `{"ok":true,"result":{"message_id":413,"date":1,"chat":{"id":-1001230000001,"type":"supergroup"}}}`
	case method == "getMe":
		text = `{"ok":true,"result":{"id":7001,"is_bot":true,"first_name":"B"}}`
	case method == "getChat":
		text = `{"ok":true,"result":{"id":-1001230000001,"type":"supergroup","is_forum":true}}`
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the client's trouble
}

// asked is what a call says, in whichever form; files are shown as "name: content".
func asked(r *http.Request) map[string]any {
	if r.ParseMultipartForm(1<<20) != nil {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body) // an empty one stays nil
		return body
	}
	body := map[string]any{}
	for name, values := range r.MultipartForm.Value {
		body[name] = values[0]
	}
	for name, files := range r.MultipartForm.File {
		f, err := files[0].Open()
		if err != nil {
			continue
		}
		data, _ := io.ReadAll(f) // from memory
		body[name] = files[0].Filename + ": " + string(data)
		_ = f.Close()
	}
	return body
}

func (a *api) last() (method string, body map[string]any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls[len(a.calls)-1], a.bodies[len(a.bodies)-1]
}

var (
	topic = deliver.Place{Chat: group, Thread: "412"}
	post  = deliver.Post{Messages: []*sessionsv1.MessageRecord{said("hi", 0)}}
	at    = &bellhopv1.PlatformMessage{Chat: group, Thread: "412", Ids: []string{"413"}}
)

func TestCallsAreWhatTelegramAsksFor(t *testing.T) {
	a, s := newAPI(t)
	ctx := context.Background()
	reply := post
	reply.ReplyTo = &bellhopv1.PlatformMessage{Ids: []string{"400", "401"}}
	for _, c := range []struct {
		method string
		call   func() error
		want   string // a part of the body, as JSON
	}{
		{"createForumTopic", func() error {
			place, _, err := s.Open(ctx, s.Chat(nil), ana())
			if place != topic {
				t.Errorf("place %v", place)
			}
			return err
		}, `{"chat_id":-1001230000001,"name":"💬 Ana Silva · pricing"}`},
		{"sendMessage", func() error {
			ids, err := s.Send(ctx, topic, reply, 0)
			if len(ids) != 1 || ids[0] != "413" {
				t.Errorf("ids %v", ids)
			}
			return err
		}, `{"chat_id":-1001230000001,"message_thread_id":412,"link_preview_options":{"is_disabled":true},` +
			`"reply_parameters":{"message_id":401,"allow_sending_without_reply":true}}`},
		{"editMessageText", func() error { return s.Edit(ctx, at, post, 0) }, `{"message_id":413,"link_preview_options":{"is_disabled":true}}`},
		{"deleteMessage", func() error { return s.Delete(ctx, at) }, `{"chat_id":-1001230000001,"message_id":413}`},
		{"sendMessage", func() error { return s.SayClosed(ctx, topic, "Olga") }, `{"text":"✅ Closed by Olga","message_thread_id":412}`},
		{"sendMessage", func() error { return s.SayClosed(ctx, topic, "") }, `{"text":"✅ Closed"}`},
		{"closeForumTopic", func() error { return s.Close(ctx, topic, nil) }, `{"message_thread_id":412}`},
		{"reopenForumTopic", func() error { return s.Reopen(ctx, topic, nil) }, `{"message_thread_id":412}`},
		{"sendChatAction", func() error { return s.Typing(ctx, topic) }, `{"action":"typing","message_thread_id":412}`},
		{"getChat", func() error { return s.Probe(ctx) }, `{"chat_id":-1001230000001}`},
	} {
		if err := c.call(); err != nil {
			t.Fatalf("%s: %v", c.method, err)
		}
		method, body := a.last()
		var want map[string]any
		if err := json.Unmarshal([]byte(c.want), &want); err != nil {
			t.Fatal(err)
		}
		for key, value := range want {
			if got, _ := json.Marshal(body[key]); method != c.method || string(got) != jsonOf(t, value) {
				t.Errorf("%s: %s is %s, want %s", method, key, got, jsonOf(t, value))
			}
		}
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRefusalsSayWhatComesNext(t *testing.T) {
	a, s := newAPI(t)
	ctx := context.Background()
	plain := post
	plain.Plain = true
	send := func(p deliver.Post) error { _, err := s.Send(ctx, topic, p, 0); return err }
	const done = deliver.Kind(-1)
	for _, c := range []struct {
		status      int
		description string
		call        func() error
		want        deliver.Kind
	}{
		{400, "Bad Request: message thread not found", func() error { return send(post) }, deliver.ThreadGone},
		{400, "Bad Request: TOPIC_DELETED", func() error { return send(post) }, deliver.ThreadGone},
		{400, "Bad Request: TOPIC_CLOSED", func() error { return send(post) }, deliver.ThreadClosed},
		{400, "Bad Request: TOPIC_NOT_MODIFIED", func() error { return s.Close(ctx, topic, nil) }, done},
		{400, "Bad Request: message is not modified", func() error { return s.Edit(ctx, at, post, 0) }, done},
		{400, "Bad Request: message to edit not found", func() error { return s.Edit(ctx, at, post, 0) }, deliver.MessageGone},
		{400, "Bad Request: message to delete not found", func() error { return s.Delete(ctx, at) }, deliver.MessageGone},
		{400, "Bad Request: message can't be deleted", func() error { return s.Delete(ctx, at) }, deliver.Refused},
		{400, "Bad Request: can't parse entities: x", func() error { return send(post) }, deliver.TextRefused},
		{400, "Bad Request: message text is empty", func() error { return send(plain) }, deliver.Refused},
		{400, "Bad Request: the chat is not a forum", func() error { _, _, err := s.Open(ctx, group, ana()); return err }, deliver.Forbidden},
		{400, "Bad Request: not enough rights to close the topic", func() error { return s.Close(ctx, topic, nil) }, deliver.Refused},
		{401, "Unauthorized", func() error { return s.Close(ctx, topic, nil) }, deliver.Forbidden},
		{403, "Forbidden: bot was kicked from the supergroup chat", func() error { return send(post) }, deliver.Forbidden},
		{500, "Internal Server Error", func() error { return send(post) }, deliver.Unknown},
	} {
		a.answer = func(string) (int, string) {
			return c.status, `{"ok":false,"error_code":` + jsonOf(t, c.status) + `,"description":` + jsonOf(t, c.description) + `}`
		}
		err := c.call()
		if c.want == done {
			if err != nil {
				t.Errorf("%s: %v", c.description, err)
			}
			continue
		}
		failed, ok := errors.AsType[*deliver.Failure](err)
		if !ok || failed.Kind != c.want {
			t.Errorf("%s: %v, want %v", c.description, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), token) {
			t.Errorf("the token is in %q", err)
		}
	}
}

func TestRetryAfterIsHandedOn(t *testing.T) {
	a, s := newAPI(t)
	a.answer = func(string) (int, string) {
		return 429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 17","parameters":{"retry_after":17}}`
	}
	_, err := s.Send(context.Background(), topic, post, 0)
	failed, ok := errors.AsType[*deliver.Failure](err)
	if !ok || failed.Kind != deliver.RateLimited || failed.After != 17*time.Second {
		t.Fatalf("%v", err)
	}
}

func TestAServerThatDoesNotAnswerIsUnknown(t *testing.T) {
	a, s := newAPI(t)
	a.Close()
	_, err := s.Send(context.Background(), topic, post, 0)
	if failed, ok := errors.AsType[*deliver.Failure](err); !ok || failed.Kind != deliver.Unknown || strings.Contains(err.Error(), "simulated-token") {
		t.Fatalf("%v", err)
	}
}

func TestAMigratedGroupIsFollowedFromThenOn(t *testing.T) {
	a, s := newAPI(t)
	a.answer = func(string) (int, string) {
		return 400, `{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat",` +
			`"parameters":{"migrate_to_chat_id":-1009990000009}}`
	}
	_, err := s.Send(context.Background(), topic, post, 0)
	if failed, ok := errors.AsType[*deliver.Failure](err); !ok || failed.Kind != deliver.Moved {
		t.Fatalf("%v", err)
	}
	a.answer = nil
	if s.Chat(nil) != "-1009990000009" || s.Current(group) != "-1009990000009" || s.Current("5") != "5" {
		t.Fatalf("chat %s", s.Chat(nil))
	}
	if err := s.Edit(context.Background(), at, post, 0); err != nil {
		t.Fatal(err)
	}
	if _, body := a.last(); body["chat_id"] != float64(-1009990000009) {
		t.Fatalf("body %v", body)
	}
}

func TestTheNotifiersShareOfTheBudget(t *testing.T) {
	for budget, want := range map[int]pace.Limits{
		20: {Units: 17, Reserve: 3, Window: time.Minute, Rate: 1, Burst: 3, Margin: margin},
		4:  {Units: 4, Reserve: 1, Window: time.Minute, Rate: 1, Burst: 3, Margin: margin},
		0:  {Window: time.Minute, Rate: 1, Burst: 3, Margin: margin},
	} {
		if got := Limits(botapi.Config{BudgetPerMinute: budget}, 1); got != want {
			t.Errorf("budget %d: %+v", budget, got)
		}
	}
}
