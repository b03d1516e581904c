package pusher

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/sdk/channels"
	"github.com/bellhop-chat/bellhop/services/sessions"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

const (
	// shortLease is as long as two loaded cores can keep.
	shortLease = 3 * time.Second
	// churn is for how long sockets come and go, while things break.
	churn = 5 * time.Second
	// calm is until everybody knows: a lease, the time until a state has settled, a renewal, a look, and room for a machine that is busy.
	calm = 20 * time.Second
	// public is a channel that every socket is in.
	public = "public"
)

var (
	rooms = []string{"presence-a", "presence-b", "presence-cache-c"}
	users = []string{"ann", "bob", "cid", "dan", "eve"}
	// steady are users with sockets that never end, at a gateway that is never cut off: of another, the lease may run out on a loaded machine.
	steady = map[string]bool{"steady-1": true}
)

// model is an installation in which things break, and who is where.
type model struct {
	*installation
	t       *testing.T
	backend *channels.Client
	harness *cluster.Harness
	redis   string // its URL
	data    string
	stop    func() // the sessions service

	mu      sync.Mutex
	sites   []*crossing
	members map[*member]*crossing
	made    int
}

// crossing is a gateway and its way to the sessions service.
type crossing struct {
	*site
	link *link
	gone bool
}

func newModel(t *testing.T) *model {
	t.Helper()
	server, err := embedded.Start(embedded.Options{Dir: t.TempDir(), Durability: embedded.Relaxed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	m := &model{t: t, members: map[*member]*crossing{}, harness: cluster.New(t.TempDir()), data: t.TempDir()}
	spec, redis, err := cluster.Redis(t.TempDir(), false)
	if err == nil {
		err = m.harness.Start(t.Context(), spec)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.harness.Close() })
	addr, err := cluster.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	m.redis = redis
	m.installation = &installation{bus: bus.Config{InProcess: server}, grpc: addr, log: &journal{}, services: map[string]*runner.Health{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the services said:\n%s", m.log)
		}
	})
	m.sessions()
	for range 3 {
		m.sites = append(m.sites, m.crossing())
	}
	m.ready(t)
	m.backend, err = channels.New(channels.Options{AppID: app.id, Key: app.key, Secret: app.secret, URL: "http://" + m.sites[0].addr, HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sessions starts the sessions service, where it was before.
func (m *model) sessions() {
	listener, err := net.Listen("tcp", m.grpc)
	if err != nil {
		m.t.Error(err)
		return
	}
	m.stop = m.launch(m.t, "sessions", "sessions", func(ctx context.Context, rt runner.Runtime) error {
		return sessions.Run(ctx, sessions.Config{Runtime: rt, Bus: m.bus, RedisURL: m.redis, DataDir: m.data, Listener: listener, Addr: m.grpc, Lease: shortLease})
	})
}

// crossing starts one more gateway.
func (m *model) crossing() *crossing {
	m.made++
	name, l := fmt.Sprint("gateway ", m.made), newLink(m.t, m.grpc)
	return &crossing{site: m.gatewayAt(m.t, name, l.addr()), link: l}
}

func TestWhoIsThereIsKnownToEverybodyWhateverBreaks(t *testing.T) {
	m := newModel(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	watcher := m.sits(m.sites[0], "steady-1", append([]string{"steady-2"}, users...)...)
	all := []*member{watcher, m.sits(m.sites[1], "steady-2")}
	for _, p := range all {
		for _, room := range rooms {
			p.joins(t, m.backend, room)
		}
	}
	m.agree()
	if _, err := m.ask("SAVE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), churn)
	defer cancel()
	var wg sync.WaitGroup
	for i := range uint64(4) {
		wg.Go(func() { m.comeAndGo(ctx, rand.New(rand.NewPCG(seed, i))) })
	}
	wg.Go(func() { m.breaks(ctx, rand.New(rand.NewPCG(seed, 99))) })
	wg.Wait()
	m.agree()
	m.judge(watcher)
	m.ends()
}

// ends stops the gateways all at once: one after the other each would take its time.
func (m *model) ends() {
	var wg sync.WaitGroup
	for p := range m.members {
		p.closes()
	}
	for _, g := range m.sites {
		wg.Go(g.stop)
	}
	wg.Wait()
}

// sits opens a socket that is counted.
func (m *model) sits(g *crossing, user string, watches ...string) *member {
	p := m.opens(g.site, user, watches...)
	if p != nil {
		m.mu.Lock()
		m.members[p] = g
		m.mu.Unlock()
		m.t.Cleanup(p.closes)
	}
	return p
}

// comeAndGo has sockets open and end, and join and leave.
func (m *model) comeAndGo(ctx context.Context, r *rand.Rand) {
	var mine []*member
	for visitor.Sleep(ctx, time.Duration(r.IntN(15))*time.Millisecond) {
		mine = slices.DeleteFunc(mine, (*member).ended)
		if len(mine) < 4 || r.IntN(8) == 0 && len(mine) < 12 {
			m.mu.Lock()
			g := m.sites[r.IntN(3)]
			m.mu.Unlock()
			if p := m.sits(g, users[r.IntN(len(users))]); p != nil {
				mine = append(mine, p)
			}
			continue
		}
		p, room := mine[r.IntN(len(mine))], rooms[r.IntN(len(rooms))]
		switch _, _, asked := p.sees(room); {
		case r.IntN(6) == 0:
			p.closes()
		case asked:
			p.leaves(room)
		default:
			p.joins(m.t, m.backend, room)
		}
	}
}
