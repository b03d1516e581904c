package notifier

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/upstream"
)

const (
	discordToken   = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GtestX.simulated-token-simulated-token"
	discordChannel = "1300000000000000001"
	discordWebhook = "1500000000000000001/simulated-token-of-the-webhook"
)

// guild keeps what was posted to it: a forum with one thread, or the text channel of a webhook.
type guild struct {
	mu    sync.Mutex
	posts []string
}

func (g *guild) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Embeds []struct {
			Description string `json:"description"`
		} `json:"embeds"`
		ThreadName string `json:"thread_name"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body) // calls without a body have no embeds
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, "/threads"):
		_, _ = fmt.Fprint(w, `{"id":"1440000000000000001"}`) // the client's trouble, here and below
	case body.ThreadName != "":
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"code":220003,"message":"Webhooks can only create threads in forum channels"}`)
	case r.Method == http.MethodPost:
		lines := strings.Split(body.Embeds[len(body.Embeds)-1].Description, "\n")
		g.posts = append(g.posts, r.URL.Path+" "+lines[len(lines)-1])
		_, _ = fmt.Fprintf(w, `{"id":"144000000000000%04d"}`, len(g.posts))
	default:
		_, _ = fmt.Fprint(w, `{"id":"`+discordChannel+`","type":15}`)
	}
}

func (g *guild) posted() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.posts)
}

func TestMessagesReachDiscordByABotAndByAWebhook(t *testing.T) {
	for where, configure := range map[string]func(*discord.Config, string){
		"/api/v10/channels/1440000000000000001/messages": func(c *discord.Config, _ string) { c.Token, c.Channel = discordToken, discordChannel },
		"/api/v10/webhooks/" + discordWebhook:            func(c *discord.Config, site string) { c.WebhookURL = site + "/api/webhooks/" + discordWebhook },
	} {
		server := bustest.Server(t)
		b := bustest.Connect(t, bus.Config{InProcess: server})
		g := &guild{}
		site := httptest.NewServer(g)
		t.Cleanup(site.Close)
		cfg := Config{
			Discord:  discord.Config{APIURL: site.URL + "/api/v10"},
			Upstream: upstream.Config{Bus: bus.Config{InProcess: server}, Sessions: serve(t, b)},
		}
		configure(&cfg.Discord, site.URL)
		say(t, b, "hello")
		stop := start(t, cfg)
		until(t, "the first message is not sent", func() bool { return len(g.posted()) >= 1 })
		say(t, b, "are you there?")
		until(t, "the second message is not sent", func() bool { return len(g.posted()) >= 2 })
		stop()
		if got, want := g.posted(), []string{where + " hello", where + " are you there?"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
