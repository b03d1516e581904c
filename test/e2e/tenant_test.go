package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/slack"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// record is everything that somebody was told.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// RoundTrip makes a record of what a browser or a backend is answered.
func (r *record) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := http.DefaultTransport.RoundTrip(req)
	if err == nil && res.StatusCode != http.StatusSwitchingProtocols {
		fmt.Fprintf(r, "\n%d %v\n", res.StatusCode, res.Header)
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(res.Body, r), res.Body}
	}
	return res, err
}

// tenant is one project of an installation: its platforms, its own server that is told, and what its people were told.
type tenant struct {
	*stack
	name, mount, key string
	// canary stands in everything that is its people's, and nothing else. It has letters only, which no platform escapes.
	canary              string
	heard, events, told *record
	hook                string
}

// ServeHTTP is the tenant's own server.
func (n *tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(n.told, r.Body) // what is missing is missed later
	w.WriteHeader(http.StatusOK)
}

// tenants are two projects of one installation, configured by one file.
func tenants(t *testing.T) []*tenant {
	t.Helper()
	both := []*tenant{
		{name: "default", mount: "/pocketping", key: "key-of-the-first-project"},
		{name: "shop", mount: "/api/widget/shop", key: "key-of-the-second-project"},
	}
	for _, n := range both {
		n.canary, n.heard, n.events, n.told = "zq"+n.name+"canary", &record{}, &record{}, &record{}
		server := httptest.NewServer(n)
		t.Cleanup(server.Close)
		n.hook = server.URL
	}
	second := otherPlatforms(t)
	path := filepath.Join(t.TempDir(), "projects.yaml")
	variables := map[string]string{config.FileVariable: path, "WEBHOOK_ALLOW_PRIVATE": "true"}
	s := &stack{}
	o := setup{projects: func(cfg any) {
		text := "projects:\n" + both[0].section(&s.platforms) + both[1].section(&second)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := config.Load(cfg, func(name string) (string, bool) { value, ok := variables[name]; return value, ok }); err != nil {
			t.Fatal(err)
		}
	}}
	s.starts(t, o)
	s.tellOnFailure(t)
	shop := *s
	shop.platforms = second
	both[0].stack, both[1].stack = s, &shop
	ctx := visitor.Within(t)
	for what, err := range map[string]error{
		"telegram": second.telegram.WaitFor(ctx, func(s telegram.State) bool { return s.WebhookURL() == shop.url+"/webhooks/telegram/shop" }),
		"discord":  second.discord.AwaitGateway(ctx), "slack": second.slack.SetEventsURL(ctx, shop.url+"/webhooks/slack/shop"),
	} {
		if err != nil {
			t.Fatalf("%s of the shop is not heard: %v", what, err)
		}
	}
	return both
}

// otherPlatforms are another team's: other bots in other chats. Their ids are counted like those of the first.
func otherPlatforms(t *testing.T) platforms {
	t.Helper()
	const app = "1440000000000001101"
	p := platforms{
		telegram: telegram.New(telegram.Options{Token: "7002:simulated-token-of-another-bot-00000", ChatID: -1001230000777, Budget: telegram.Budget{Off: true}}),
		discord: discord.New(discord.Options{
			Token:     base64.RawURLEncoding.EncodeToString([]byte(app)) + ".Gsim43.simulated-token-of-another-bot-000000000",
			ChannelID: "1440000000000001301", Budget: discordBudget(false),
		}),
		slack: slack.New(slack.Options{
			Token: "xoxb-simulated-token-of-another-bot", AppToken: "xapp-simulated-of-another-app", SigningSecret: "another-signing-secret-0123456789",
			ChannelID: "C0ANOTHER1", Budget: slack.Budget{Off: true}, ShareDelay: -1,
		}),
	}
	p.add(t, p.telegram.Start(t.Context()), p.telegram.Close, team.OnTelegram(p.telegram))
	p.add(t, p.discord.Start(t.Context()), p.discord.Close, team.OnDiscord(p.discord))
	p.add(t, p.slack.Start(t.Context()), p.slack.Close, team.OnSlack(p.slack))
	return p
}

// section is what the file says of the project.
func (n *tenant) section(p *platforms) string {
	return fmt.Sprintf(`  %s:
    apiKey: %s
    allowedOrigins: [https://%s.example]
    welcomeMessage: %s
    operatorName: %s
    eventsWebhookUrl: %s
    backendWebhookUrl: %s
`, n.name, n.key, n.name, n.canary, n.canary, n.hook, n.hook) + fmt.Sprintf(`
    telegram: {botToken: "%s", chatId: %d, apiUrl: "%s", webhookSecret: secret-of-%s, budgetPerMinute: 0, ratePerSecond: 0}
`, p.telegram.Token(), p.telegram.ChatID(), p.telegram.URL(), n.name) + fmt.Sprintf(`
    discord: {botToken: "%s", channelId: %s, apiUrl: "%s", publicKey: "%s", globalPerSecond: 0, messagesPer5s: 0}
`, p.discord.Token(), p.discord.ChannelID(), p.discord.URL(), p.discord.PublicKey()) + fmt.Sprintf(`
    slack: {botToken: "%s", channelId: %s, apiUrl: "%s", signingSecret: "%s", appToken: "%s", ratePerSecond: 0}
`, p.slack.Token(), p.slack.ChannelID(), p.slack.URL(), p.slack.SigningSecret(), p.slack.AppToken())
}

// visits is a visitor of the project's site. What its browser is told is recorded, a second socket's frames as they are.
func (n *tenant) visits(t *testing.T) guest {
	t.Helper()
	of := n.arrives(t, func(o *visitor.Options) {
		o.Mount, o.HTTP, o.Origin = n.mount, &http.Client{Transport: n.heard}, "https://"+n.name+".example"
		o.Metadata["url"] = "https://" + n.name + ".example/" + n.canary
		o.Identity["email"] = n.canary + "@example.com"
	})
	address := strings.Replace(n.url, "http", "ws", 1) + n.mount + "/stream?sessionId=" + of.SessionID()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			_, frame, err := ws.ReadMessage()
			if err != nil {
				return
			}
			_, _ = n.heard.Write(frame) // it takes everything
		}
	}()
	t.Cleanup(func() { _ = ws.Close(); <-ended })
	n.streams(t, of)
	return of
}

// streams records what a visitor's event stream brings.
func (n *tenant) streams(t *testing.T, of guest) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.url+n.mount+"/stream?sessionId="+of.SessionID(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("event stream: %v, %v", res, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(n.events, res.Body) // it ends with the test
	}()
	t.Cleanup(func() { cancel(); <-ended; _ = res.Body.Close() })
}

// asks sends a request as the project's people would, and answers the status; the rest is in the record.
func (n *tenant) asks(t *testing.T, method, path, body string, headers ...string) (status int, answer string) {
	t.Helper()
	address := path
	if !strings.HasPrefix(path, "http") {
		address = n.url + path
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := n.heard.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

// seen is everything that the project's team was ever sent, by all calls of its platforms.
func (n *tenant) seen() string {
	var all strings.Builder
	for _, r := range n.telegram.Requests("") {
		fmt.Fprintln(&all, "telegram", r.Method, r.Params, r.Files, r.Body)
	}
	for _, r := range n.discord.Requests("") {
		fmt.Fprintln(&all, "discord", r.Method, r.Path, r.Params, r.Files, r.Body)
	}
	for _, r := range n.slack.Requests("") {
		fmt.Fprintln(&all, "slack", r.Method, r.Params)
	}
	return all.String()
}
