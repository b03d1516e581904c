package pusher

import (
	"context"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/visitor"
)

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
