package discord_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// receiver is an interactions endpoint that does what the documents say, unless told otherwise.
type receiver struct {
	mu     sync.Mutex
	key    ed25519.PublicKey
	naive  bool // takes every signature
	seen   []pressed
	answer any           // to what is no PING
	status int           // instead of 200
	hold   chan struct{} // answers wait for it
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	signature, err := hex.DecodeString(req.Header.Get("X-Signature-Ed25519"))
	good := err == nil && len(signature) == ed25519.SignatureSize &&
		ed25519.Verify(r.key, append([]byte(req.Header.Get("X-Signature-Timestamp")), body...), signature)
	r.mu.Lock()
	naive, status, answer, hold := r.naive, r.status, r.answer, r.hold
	r.mu.Unlock()
	if !good && !naive {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var p pressed
	_ = json.Unmarshal(body, &p)
	w.Header().Set("Content-Type", "application/json")
	if p.Type == 1 {
		_ = json.NewEncoder(w).Encode(fields{"type": 1})
		return
	}
	r.mu.Lock()
	r.seen = append(r.seen, p)
	r.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-req.Context().Done():
			return
		}
	}
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// endpoint registers a receiver over the REST API.
func (b *bot) endpoint() (*receiver, string) {
	b.t.Helper()
	key, err := hex.DecodeString(b.sim.PublicKey())
	must(b.t, err)
	r := &receiver{key: key, answer: fields{"type": 4, "data": fields{"content": "inline"}}}
	server := httptest.NewServer(r)
	b.t.Cleanup(server.Close)
	var app struct {
		Endpoint string `json:"interactions_endpoint_url"`
	}
	b.ok("PATCH", "/applications/@me", fields{"interactions_endpoint_url": server.URL}, &app)
	if app.Endpoint != server.URL {
		b.t.Fatalf("endpoint %q", app.Endpoint)
	}
	return r, server.URL
}

// press presses a new button and waits for the verdict.
func (b *bot) press(thread string) discord.Interaction {
	b.t.Helper()
	m := b.sends(thread, fields{"content": "card", "components": buttons("Close", "c:1")})
	begun, err := b.sim.Press(deadline(b.t), m.ID, "Close")
	must(b.t, err)
	i, err := b.sim.AwaitAnswer(deadline(b.t), begun.ID)
	must(b.t, err)
	return i
}

func signed(o discord.Options) discord.Options {
	o.Budget.Off, o.Probes = true, -1
	return o
}

func TestEndpointIsTriedBeforeItIsTaken(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	genuine, url := b.endpoint()
	d := b.sim.State().Deliveries()
	if len(d) != 2 || !d[0].Good || d[0].Forged != "" || !d[1].Good || d[1].Forged != discord.ForgeWrong || d[1].Status != 401 {
		t.Fatalf("deliveries: %+v", d)
	}
	naive := httptest.NewServer(&receiver{key: genuine.key, naive: true})
	defer naive.Close()
	b.refused("PATCH", "/applications/@me", fields{"interactions_endpoint_url": naive.URL}, 400, 50035)
	if err := b.sim.SetInteractionsEndpoint(deadline(t), "https://example.com/"); !errors.Is(err, discord.ErrNotLoopback) {
		t.Fatalf("reached for a public address: %v", err)
	}
	if got := b.sim.State().Endpoint(); got != url {
		t.Fatalf("endpoint %q after refusals", got)
	}
	b.ok("PATCH", "/applications/@me", fields{"interactions_endpoint_url": nil}, nil)
	if got := b.sim.State().Endpoint(); got != "" {
		t.Fatalf("endpoint %q after its removal", got)
	}
}

func TestInteractionsGoToTheEndpointAndNotThroughTheGateway(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	r, _ := b.endpoint()
	c, _ := b.identify(intents)
	i := b.press(b.post("Ana", "x"))
	if i.Via != "endpoint" || i.Verdict != discord.VerdictAnswered || i.Text != "inline" || len(r.seen) != 1 || r.seen[0].Data.CustomID != "c:1" {
		t.Fatalf("%+v, seen %+v", i, r.seen)
	}
	c.none("INTERACTION_CREATE")
}

func TestEndpointMayAnswerLaterByCallback(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	r, _ := b.endpoint()
	r.mu.Lock()
	r.status = http.StatusAccepted
	r.mu.Unlock()
	m := b.sends(b.post("Ana", "x"), fields{"content": "card", "components": buttons("Close", "c:1")})
	begun, err := b.sim.Press(deadline(t), m.ID, "Close")
	must(t, err)
	b.wait(func(v discord.State) bool { return len(v.Deliveries()) == 3 })
	r.mu.Lock()
	p := r.seen[0]
	r.mu.Unlock()
	b.ok("POST", p.callback(), fields{"type": 6}, nil)
	if got := b.sim.State().Interaction(begun.ID); got.Verdict != discord.VerdictAnswered || got.Answer != 6 {
		t.Fatalf("interaction: %+v", got)
	}
}

func TestEndpointThatTakesThreeSecondsHasFailed(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	r, _ := b.endpoint()
	r.hold = make(chan struct{})
	defer close(r.hold)
	m := b.sends(b.post("Ana", "x"), fields{"content": "card", "components": buttons("Close", "c:1")})
	begun, err := b.sim.Press(deadline(t), m.ID, "Close")
	must(t, err)
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 2))
	b.sim.Clock().Advance(3 * time.Second)
	i, err := b.sim.AwaitAnswer(deadline(t), begun.ID)
	must(t, err)
	b.wait(func(v discord.State) bool { return len(v.Deliveries()) == 3 })
	d := b.sim.State().Deliveries()[2]
	if i.Verdict != discord.VerdictFailed || !d.Late || d.Good {
		t.Fatalf("%+v, %+v", i, d)
	}
}

func TestForgedInteractionsAreSentOnCommandAndJudged(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	b.endpoint()
	thread := b.post("Ana", "x")
	for _, forge := range []string{
		discord.ForgeMissing, discord.ForgeWrong, discord.ForgeAltered, discord.ForgeMalformed, discord.ForgeStale, discord.ForgeCase, discord.ForgeReplayed,
	} {
		before := len(b.sim.State().Deliveries())
		b.sim.DisturbDelivery(fault.Delivery{Kind: "INTERACTION_CREATE", Times: 1, Forge: forge})
		if i := b.press(thread); i.Verdict != discord.VerdictAnswered {
			t.Fatalf("%s: %+v", forge, i)
		}
		var found discord.Delivery
		b.wait(func(v discord.State) bool {
			for _, d := range v.Deliveries()[before:] {
				if d.Forged == forge {
					found = d
					return true
				}
			}
			return false
		})
		wantGood := forge != discord.ForgeStale // this receiver does not look at the time
		if found.Good != wantGood {
			t.Errorf("%s: %+v", forge, found)
		}
	}
}

func TestEndpointThatTakesAForgeryIsRemoved(t *testing.T) {
	o := signed(discord.Options{})
	o.Probes = 1
	b := start(t, o)
	r, _ := b.endpoint()
	thread := b.post("Ana", "x")
	b.press(thread)
	if got := b.sim.State().Endpoint(); got == "" {
		t.Fatal("removed although the probe was refused")
	}
	r.mu.Lock()
	r.naive = true
	r.mu.Unlock()
	b.press(thread)
	if got := b.sim.State().Endpoint(); got != "" {
		t.Fatalf("endpoint %q", got)
	}
}

func TestLostAnswersOfTheEndpointFailTheInteraction(t *testing.T) {
	b := start(t, signed(discord.Options{}))
	r, _ := b.endpoint()
	thread := b.post("Ana", "x")
	b.sim.DisturbDelivery(fault.Delivery{Times: 1, DropAck: true, Kind: "INTERACTION_CREATE"})
	if i := b.press(thread); i.Verdict != discord.VerdictFailed {
		t.Fatalf("%+v", i)
	}
	r.mu.Lock()
	r.status = 500
	r.mu.Unlock()
	if i := b.press(thread); i.Verdict != discord.VerdictFailed {
		t.Fatalf("%+v", i)
	}
}
