package discord_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

// TestMain lets one goroutine be: the client library (v0.19.6) forgets its heartbeat when it is closed before that has begun.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/disgoorg/disgo/gateway.(*gatewayImpl).heartbeat"))
}

const agent = "DiscordBot (https://bellhop.test, 1)"

// bot is a client of the simulator under test, as strict as a bot that knows only the documents.
type bot struct {
	t    testing.TB
	sim  *discord.Server
	http *http.Client
}

// response is an answer of the REST API.
type response struct {
	Status     int
	Header     http.Header
	Body       []byte
	Code       int             `json:"code"`
	Message    string          `json:"message"`
	Errors     json.RawMessage `json:"errors"`
	RetryAfter float64         `json:"retry_after"`
	Global     bool            `json:"global"`
}

type fields map[string]any

var epoch = time.Unix(1795000000, 0)

// start runs a simulator whose clock stands still.
func start(t testing.TB, o discord.Options) *bot {
	t.Helper()
	if o.Clock == nil {
		o.Clock = clock.Manual(epoch)
	}
	sim := discord.New(o)
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
	return start(t, discord.Options{Budget: discord.Budget{Off: true}})
}

// textual is unlimited with a text channel instead of a forum.
func textual(t testing.TB) *bot {
	return start(t, discord.Options{TextChannel: true, Budget: discord.Budget{Off: true}})
}

// request builds a call as a bot makes it.
func (b *bot) request(method, path, contentType string, body io.Reader) *http.Request {
	b.t.Helper()
	req, err := http.NewRequest(method, b.sim.URL()+path, body)
	must(b.t, err)
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Authorization", "Bot "+b.sim.Token())
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return req
}

// do sends a request and reads the answer, or returns the transport's error.
func (b *bot) do(req *http.Request) (response, error) {
	resp, err := b.http.Do(req)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	r := response{Status: resp.StatusCode, Header: resp.Header}
	if r.Body, err = io.ReadAll(resp.Body); err != nil {
		return r, err
	}
	if r.Status >= 400 && len(r.Body) > 0 && r.Body[0] == '{' {
		if err := json.Unmarshal(r.Body, &r); err != nil {
			return r, fmt.Errorf("decode %q: %w", r.Body, err)
		}
	}
	return r, nil
}

// try calls with a JSON body; nil is none.
func (b *bot) try(method, path string, args any) (response, error) {
	b.t.Helper()
	if args == nil {
		return b.do(b.request(method, path, "", nil))
	}
	body, err := json.Marshal(args)
	must(b.t, err)
	return b.do(b.request(method, path, "application/json", bytes.NewReader(body)))
}

func (b *bot) call(method, path string, args any) response {
	b.t.Helper()
	r, err := b.try(method, path, args)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// ok calls and decodes the result, which must be a success.
func (b *bot) ok(method, path string, args any, result any) response {
	b.t.Helper()
	r := b.call(method, path, args)
	if r.Status < 200 || r.Status > 299 {
		b.t.Fatalf("%s %s refused: %d %s", method, path, r.Status, r.Body)
	}
	if result != nil {
		if err := json.Unmarshal(r.Body, result); err != nil {
			b.t.Fatalf("%s %s: decode %s: %v", method, path, r.Body, err)
		}
	}
	return r
}

// refused calls and wants that refusal.
func (b *bot) refused(method, path string, args any, status, code int) response {
	b.t.Helper()
	r := b.call(method, path, args)
	if r.Status != status || r.Code != code {
		b.t.Fatalf("%s %s: got %d %s, want %d and code %d", method, path, r.Status, r.Body, status, code)
	}
	return r
}

// post opens a forum post and returns its id.
func (b *bot) post(name, text string) string {
	b.t.Helper()
	var made struct{ ID string }
	b.ok("POST", "/channels/"+b.sim.ChannelID()+"/threads", fields{"name": name, "message": fields{"content": text}}, &made)
	return made.ID
}

// send writes in a channel and returns the message's id.
func (b *bot) send(channel, text string) string {
	b.t.Helper()
	return b.sends(channel, fields{"content": text}).ID
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

func (b *bot) wait(condition func(discord.State) bool) {
	b.t.Helper()
	if err := b.sim.WaitFor(deadline(b.t), condition); err != nil {
		b.t.Fatalf("%v (seed %d)", err, b.sim.Seed())
	}
}
