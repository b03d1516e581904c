package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bot is a client of the simulator under test, as strict as a bot that knows only the documents.
type bot struct {
	t    testing.TB
	sim  *telegram.Server
	http *http.Client
}

// response is the Bot API's envelope.
type response struct {
	Status      int             `json:"-"`
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

type fields map[string]any

var epoch = time.Unix(1795000000, 0)

// start runs a simulator whose clock stands still.
func start(t testing.TB, o telegram.Options) *bot {
	t.Helper()
	if o.Clock == nil {
		o.Clock = clock.Manual(epoch)
	}
	sim := telegram.New(o)
	if err := sim.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 20 * time.Second}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		sim.Close()
	})
	return &bot{t: t, sim: sim, http: client}
}

// unlimited is a simulator that refuses nothing for its rate.
func unlimited(t testing.TB) *bot {
	return start(t, telegram.Options{Budget: telegram.Budget{Off: true}})
}

func (b *bot) url(method string) string { return b.sim.URL() + "/bot" + b.sim.Token() + "/" + method }

// try posts JSON and returns the answer or the transport's error.
func (b *bot) try(method string, args any) (response, error) {
	body, err := json.Marshal(args)
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := b.http.Post(b.url(method), "application/json", bytes.NewReader(body))
	if err != nil {
		return response{}, err
	}
	return read(resp)
}

func read(resp *http.Response) (response, error) {
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return response{}, err
	}
	var r response
	if err := json.Unmarshal(data, &r); err != nil {
		return response{Status: resp.StatusCode}, fmt.Errorf("decode %q: %w", data, err)
	}
	r.Status = resp.StatusCode
	return r, nil
}

func (b *bot) call(method string, args any) response {
	b.t.Helper()
	r, err := b.try(method, args)
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	return r
}

// ok calls and decodes the result, which must be a success.
func (b *bot) ok(method string, args any, result any) {
	b.t.Helper()
	r := b.call(method, args)
	if !r.OK {
		b.t.Fatalf("%s refused: %d %s", method, r.ErrorCode, r.Description)
	}
	if result != nil {
		if err := json.Unmarshal(r.Result, result); err != nil {
			b.t.Fatalf("%s: decode %s: %v", method, r.Result, err)
		}
	}
}

// refused calls and wants that refusal.
func (b *bot) refused(method string, args any, code int, text string) {
	b.t.Helper()
	r := b.call(method, args)
	if r.OK || r.Status != code || r.ErrorCode != code || !strings.Contains(r.Description, text) {
		b.t.Fatalf("%s: got %d %q, want %d %q", method, r.Status, r.Description, code, text)
	}
}

// topic opens a topic and returns its id.
func (b *bot) topic(name string) int64 {
	b.t.Helper()
	var made struct {
		ThreadID int64 `json:"message_thread_id"`
	}
	b.ok("createForumTopic", fields{"chat_id": b.sim.ChatID(), "name": name}, &made)
	return made.ThreadID
}

// send sends a text and returns its id.
func (b *bot) send(topic int64, text string) int64 {
	b.t.Helper()
	var m struct {
		MessageID int64 `json:"message_id"`
	}
	b.ok("sendMessage", b.message(topic, text), &m)
	return m.MessageID
}

func (b *bot) message(topic int64, text string) fields {
	f := fields{"chat_id": b.sim.ChatID(), "text": text}
	if topic != 0 {
		f["message_thread_id"] = topic
	}
	return f
}

func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bot) wait(condition func(telegram.State) bool) {
	b.t.Helper()
	if err := b.sim.WaitFor(deadline(b.t), condition); err != nil {
		b.t.Fatalf("%v (seed %d)", err, b.sim.Seed())
	}
}
