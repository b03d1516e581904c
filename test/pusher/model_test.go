package pusher

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
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
	shortLease = 2 * time.Second
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
	// steady are users with sockets that never end, at gateways that never lose their lease.
	steady = map[string]bool{"steady-1": true, "steady-2": true}
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

// breaks has something break every now and then: each of it, in any order.
func (m *model) breaks(ctx context.Context, r *rand.Rand) {
	faults := []func(){m.crash, m.restart, m.setBack, func() { m.cut(ctx, r) }, func() { _, _ = m.ask("SAVE") }, m.setBack}
	r.Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	for i := 0; visitor.Sleep(ctx, time.Duration(100+r.IntN(400))*time.Millisecond); i++ {
		faults[i%len(faults)]()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range m.sites {
		g.link.set(g.gone)
	}
}

// crash has the newest gateway vanish: nobody hears from it again. Another takes its place.
func (m *model) crash() {
	next := m.crossing()
	m.mu.Lock()
	g := m.sites[2]
	m.sites[2] = next
	g.gone = true
	g.link.set(true)
	var doomed []*member
	for p, at := range m.members {
		if at == g {
			doomed = append(doomed, p)
		}
	}
	m.mu.Unlock()
	for _, p := range doomed {
		p.closes()
	}
	go g.stop()
}

// restart has the sessions service begin anew.
func (m *model) restart() {
	m.stop()
	m.sessions()
}

// setBack kills Redis, which comes back as it was when it was saved last.
func (m *model) setBack() {
	if err := m.harness.Kill9("redis"); err != nil {
		m.t.Error(err)
	}
	if err := m.harness.Restart(m.t.Context(), "redis"); err != nil {
		m.t.Error(err)
	}
}

// cut has the second gateway not reach the sessions service, for less than a lease.
func (m *model) cut(ctx context.Context, r *rand.Rand) {
	m.sites[1].link.set(true)
	visitor.Sleep(ctx, time.Duration(r.IntN(500))*time.Millisecond)
	m.sites[1].link.set(false)
}

// ask has Redis do something.
func (m *model) ask(command string) (string, error) {
	c, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(m.redis, "redis://"), "/0"))
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write([]byte(command + "\r\n")); err != nil {
		return "", err
	}
	line := make([]byte, 5) // +OK and the end of the line
	_, err = c.Read(line)
	return string(line), err
}

// truth is who is where.
func (m *model) truth() (in map[string][]string, online map[string]bool, sockets int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sets := map[string]map[string]bool{}
	online = map[string]bool{}
	for p := range m.members {
		if p.ended() {
			delete(m.members, p)
			continue
		}
		online[p.user] = true
		sockets++
		for _, room := range rooms {
			if _, in, _ := p.sees(room); in {
				if sets[room] == nil {
					sets[room] = map[string]bool{}
				}
				sets[room][p.user] = true
			}
		}
	}
	in = map[string][]string{}
	for room, set := range sets {
		in[room] = slices.Sorted(maps.Keys(set))
	}
	return in, online, sockets
}

// agree waits until everybody knows who is where.
func (m *model) agree() {
	m.t.Helper()
	var wrong []string
	for end := time.Now().Add(calm); time.Now().Before(end); visitor.Sleep(m.t.Context(), 50*time.Millisecond) {
		if wrong = m.wrong(); len(wrong) == 0 {
			return
		}
	}
	for p := range m.members {
		m.t.Logf("%s at %s heard\n%s", p.user, m.members[p].addr, strings.Join(p.frames, "\n"))
	}
	m.t.Errorf("it is not known who is where:\n%s", strings.Join(wrong, "\n"))
}

// wrong says who does not know.
func (m *model) wrong() (wrong []string) {
	in, _, sockets := m.truth()
	ctx := m.t.Context()
	m.mu.Lock()
	for p, g := range m.members {
		for _, room := range rooms {
			sees, is, asked := p.sees(room)
			if asked != is || is && !slices.Equal(sees, in[room]) {
				wrong = append(wrong, fmt.Sprintf("%s at %s sees %q in %s (%v), where %q are", p.user, g.addr, sees, room, is, in[room]))
			}
		}
	}
	m.mu.Unlock()
	for _, room := range rooms {
		known, err := m.backend.Users(ctx, room)
		slices.Sort(known)
		if err != nil || !slices.Equal(known, in[room]) {
			wrong = append(wrong, fmt.Sprintf("the API knows %q in %s, where %q are (%v)", known, room, in[room], err))
		}
	}
	counted, err := m.backend.Channel(ctx, public, channels.SubscriptionCount)
	if err != nil || counted.SubscriptionCount == nil || *counted.SubscriptionCount != sockets {
		wrong = append(wrong, fmt.Sprintf("the API knows %+v in %s, where %d are (%v)", counted, public, sockets, err))
	}
	return wrong
}

// judge reads what everybody was told, and what was told of users.
func (m *model) judge(watcher *member) {
	m.t.Helper()
	_, online, _ := m.truth()
	knows := func() (wrong []string) {
		watcher.mu.Lock()
		defer watcher.mu.Unlock()
		for user, is := range watcher.online {
			if is != online[user] {
				wrong = append(wrong, fmt.Sprint(user, " is said to be online: ", is))
			}
		}
		return wrong
	}
	for end := time.Now().Add(calm); len(knows()) > 0 && time.Now().Before(end); visitor.Sleep(m.t.Context(), 50*time.Millisecond) {
	}
	if wrong := knows(); len(wrong) > 0 {
		m.t.Errorf("%q; %q", wrong, watcher.frames)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	heard := 0
	for p := range m.members {
		p.mu.Lock()
		heard += len(p.frames)
		if len(p.faults) > 0 {
			m.t.Errorf("%s at %s: %q\n%s", p.user, m.members[p].addr, p.faults, strings.Join(p.frames, "\n"))
		}
		p.mu.Unlock()
	}
	m.t.Logf("%d sockets at the end, which heard %d frames; %d gateways", len(m.members), heard, m.made)
}
