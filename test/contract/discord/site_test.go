package discord

import (
	"slices"
	"sync"
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/test/sim/clock"
	sim "github.com/bellhop-chat/bellhop/test/sim/discord"
)

// site is a client and the Discord that it talks to, with one thread.
type site struct {
	*product.Client
	discord *sim.Server
	thread  string

	mu    sync.Mutex
	rates []product.Rate
}

// plenty are limits that no test reaches.
func plenty() sim.Budget {
	much := sim.Rate{Limit: 1_000_000, Per: time.Second}
	return sim.Budget{
		Global: much, Create: much, Edit: much, Delete: much, Reaction: much, Typing: much, Thread: much, Rename: much, OldEdit: much, Webhook: much,
		Minute: much, Other: much, Invalid: much, Sends: much, Identify: much, Starts: much,
	}
}

func start(t *testing.T, options sim.Options) *site {
	t.Helper()
	s := open(t, options)
	if options.TextChannel {
		root, err := s.CreateMessage(t.Context(), s.discord.ChannelID(), product.NewMessage{Content: "Ana"})
		must(t, err)
		thread, err := s.StartThread(t.Context(), s.discord.ChannelID(), root.ID, product.NewThread{Name: "Ana"})
		must(t, err)
		s.thread = thread.ID
		return s
	}
	post, err := s.CreatePost(t.Context(), s.discord.ChannelID(), product.NewThread{Name: "Ana", AutoArchive: 24 * time.Hour}, product.NewMessage{Content: "Ana"})
	must(t, err)
	s.thread = post.ID
	return s
}

// open is a site without a thread.
func open(t *testing.T, options sim.Options) *site {
	t.Helper()
	if options.Clock == nil {
		options.Clock = clock.Manual(time.Unix(1795000000, 0))
	}
	if options.Budget == (sim.Budget{}) {
		options.Budget = plenty()
	}
	server := sim.New(options)
	must(t, server.Start(t.Context()))
	s := &site{discord: server}
	s.Client = product.New(s.config(), product.WithRates(func(r product.Rate) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.rates = append(s.rates, r)
	}))
	t.Cleanup(func() {
		for _, warning := range server.Warnings() {
			t.Errorf("the simulator warns: %+v", warning)
		}
		s.CloseIdleConnections()
		server.Close()
	})
	return s
}

func (s *site) config() product.Config {
	return product.Config{Token: s.discord.Token(), Channel: s.discord.ChannelID(), APIURL: s.discord.URL(), PublicKey: s.discord.PublicKey()}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is asserts what an error means.
func is(t *testing.T, err error, want product.Kind) {
	t.Helper()
	if got := product.KindOf(err); got != want {
		t.Errorf("%v is %v, want %v", err, got, want)
	}
}

// say posts a message in the thread.
func (s *site) say(t *testing.T, m product.NewMessage) product.Message {
	t.Helper()
	sent, err := s.CreateMessage(t.Context(), s.thread, m)
	must(t, err)
	return sent
}

// visible are the messages that stand in the thread.
func (s *site) visible() (texts []string) {
	for _, m := range s.discord.State().Messages(s.thread) {
		if !m.Deleted && !m.System() {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func (s *site) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := s.visible(); !slices.Equal(got, want) {
		t.Errorf("the thread shows %q, want %q", got, want)
	}
}
