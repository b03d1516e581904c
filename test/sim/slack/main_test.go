package slack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bot is a client of the simulator under test, as strict as an app that knows only the documents.
type bot struct {
	t    testing.TB
	sim  *slack.Server
	http *http.Client
}

// response is the Web API's envelope.
type response struct {
	OK       bool            `json:"ok"`
	Error    string          `json:"error"`
	Warning  string          `json:"warning"`
	Needed   string          `json:"needed"`
	Provided string          `json:"provided"`
	TS       string          `json:"ts"`
	Message  json.RawMessage `json:"message"`
	Meta     struct {
		Messages   []string `json:"messages"`
		Warnings   []string `json:"warnings"`
		NextCursor string   `json:"next_cursor"`
	} `json:"response_metadata"`

	Status int         `json:"-"`
	Header http.Header `json:"-"`
	Body   []byte      `json:"-"`
}

type fields map[string]any

var epoch = time.Unix(1795000000, 0)

// start runs a simulator whose clock stands still.
func start(t testing.TB, o slack.Options) *bot {
	t.Helper()
	if o.Clock == nil {
		o.Clock = clock.Manual(epoch)
	}
	sim := slack.New(o)
	must(t, sim.Start(context.Background()))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 20 * time.Second}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		sim.Close()
	})
	return &bot{t: t, sim: sim, http: client}
}

// unlimited is a simulator that refuses nothing for its rate.
func unlimited(t testing.TB) *bot {
	return start(t, slack.Options{Budget: slack.Budget{Off: true}, ShareDelay: -1})
}

// try posts a form, nested values as JSON, with the token in the header, and returns the answer or the transport's error.
func (b *bot) try(method string, args fields) (response, error) {
	form := url.Values{}
	for name, value := range args {
		if text, ok := value.(string); ok {
			form.Set(name, text)
			continue
		}
		raw, err := json.Marshal(value)
		if err != nil {
			b.t.Fatal(err)
		}
		form.Set(name, string(raw))
	}
	return b.send(method, "application/x-www-form-urlencoded", form.Encode())
}

func (b *bot) send(method, contentType, body string) (response, error) {
	req, err := http.NewRequest(http.MethodPost, b.sim.URL()+method, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+b.sim.Token())
	return b.do(req)
}

func (b *bot) do(req *http.Request) (response, error) {
	resp, err := b.http.Do(req)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return response{}, err
	}
	r := response{}
	if err := json.Unmarshal(data, &r); err != nil {
		return response{Status: resp.StatusCode}, fmt.Errorf("decode %q: %w", data, err)
	}
	r.Status, r.Header, r.Body = resp.StatusCode, resp.Header, data
	return r, nil
}

func (b *bot) call(method string, args fields) response {
	b.t.Helper()
	r, err := b.try(method, args)
	if err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
	return r
}

// ok calls and decodes the answer, which must be a success.
func (b *bot) ok(method string, args fields, result any) response {
	b.t.Helper()
	r := b.call(method, args)
	if !r.OK || r.Status != http.StatusOK {
		b.t.Fatalf("%s refused: %d %s", method, r.Status, r.Body)
	}
	if result != nil {
		must(b.t, json.Unmarshal(r.Body, result))
	}
	return r
}

// refused calls and wants that error.
func (b *bot) refused(method string, args fields, code string) response {
	b.t.Helper()
	r := b.call(method, args)
	if r.OK || r.Error != code {
		b.t.Fatalf("%s: got %d %s, want %s", method, r.Status, r.Body, code)
	}
	return r
}

// post posts a text in the channel, or in a thread, and returns its ts.
func (b *bot) post(threadTS, text string) string {
	b.t.Helper()
	args := fields{"channel": b.sim.ChannelID(), "text": text}
	if threadTS != "" {
		args["thread_ts"] = threadTS
	}
	return b.ok("chat.postMessage", args, nil).TS
}

func (b *bot) get(path string) (int, []byte) {
	b.t.Helper()
	resp, err := b.http.Get(b.sim.PageURL() + path)
	must(b.t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	must(b.t, err)
	return resp.StatusCode, data
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

func (b *bot) wait(condition func(slack.State) bool) {
	b.t.Helper()
	if err := b.sim.WaitFor(deadline(b.t), condition); err != nil {
		b.t.Fatalf("%v (seed %d)", err, b.sim.Seed())
	}
}

// say lets an operator write and returns the message.
func (b *bot) say(threadTS, text string, options ...slack.Option) slack.Message {
	b.t.Helper()
	m, err := b.sim.Say(deadline(b.t), threadTS, text, options...)
	must(b.t, err)
	return m
}
