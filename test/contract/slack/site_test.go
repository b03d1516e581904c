package slack

import (
	"context"
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/test/sim/clock"
	sim "github.com/bellhop-chat/bellhop/test/sim/slack"
)

// site is a client and the Slack that it talks to, with one thread.
type site struct {
	*product.Client
	slack  *sim.Server
	thread product.Place
	// warned: the simulator's warnings are expected.
	warned bool
}

// now is what the simulated clock shows.
var now = time.Unix(1795000000, 0)

func start(t *testing.T, change ...func(*sim.Options)) *site {
	t.Helper()
	options := sim.Options{Budget: sim.Budget{Off: true}, Clock: clock.Manual(now), ShareDelay: -1}
	for _, how := range change {
		how(&options)
	}
	server := sim.New(options)
	if err := server.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg := product.Config{
		Token: server.Token(), Channel: server.ChannelID(), AppToken: server.AppToken(), SigningSecret: server.SigningSecret(),
		WebhookURL: server.WebhookURL(), APIURL: server.URL(),
	}
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	s := &site{slack: server, Client: product.New(cfg)}
	t.Cleanup(func() {
		for _, warning := range server.Warnings() {
			if !s.warned {
				t.Errorf("the simulator warns: %+v", warning)
			}
		}
		s.CloseIdleConnections()
		server.Close()
	})
	card := new(product.Text).Emoji("large_green_circle").Plain(" Open").Content()
	card.Blocks = append(card.Blocks, product.Buttons("conversation", product.Button{Action: product.ActionClose, Label: "Close", Danger: true}))
	root, err := s.Post(t.Context(), product.Outgoing{Place: product.Place{Channel: server.ChannelID()}, Content: card, Mark: product.Mark{ID: "card"}})
	must(t, err)
	s.thread = product.Place{Channel: root.Channel, Thread: root.TS}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// say posts what a visitor wrote.
func (s *site) say(t *testing.T, text, markID string) product.Posted {
	t.Helper()
	posted, err := s.Post(t.Context(), product.Outgoing{Place: s.thread, Content: new(product.Text).Verbatim(text).Content(), Mark: product.Mark{ID: markID, Version: "1"}})
	must(t, err)
	return posted
}

// patient is a context for what comes in a moment, or is wrong.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}
