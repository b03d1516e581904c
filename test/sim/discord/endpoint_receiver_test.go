package discord_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
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
