package pusher

import (
	"fmt"
	"testing"
	"time"
)

// What it costs a gateway to let sockets into presence channels, from the first that asks to the last that is in, reports and the fake sessions service
// included: many channels of one, and one of many sockets. Ten times as many should cost ten times as much.
func BenchmarkJoin(b *testing.B) {
	for _, sockets := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(sockets, " channels of one"), func(b *testing.B) {
			joins(b, sockets, func(n int) (string, string) { return fmt.Sprint("presence-", n), "ann" })
		})
		b.Run(fmt.Sprint("one channel, sockets ", sockets, " of 100 users"), func(b *testing.B) {
			joins(b, sockets, func(n int) (string, string) { return "presence-x", fmt.Sprint("user-", n%100) })
		})
	}
}

func joins(b *testing.B, sockets int, who func(n int) (channel, user string)) {
	g := newApp(b, Config{}).gateway()
	var in, out time.Duration
	for b.Loop() {
		conns := make([]*conn, sockets)
		begun := time.Now()
		for n := range conns {
			c := newConn(g.Server)
			c.Closed = true // it is told nothing
			channel, user := who(n)
			if refused := g.lobby.enter(c); refused != nil {
				b.Fatal(refused)
			}
			r := g.rooms.enter(g.Server, channel)
			r.arrive(c, member{user: user})
			r.mu.Unlock()
			conns[n] = c
		}
		g.nobodyWaitsAt(b)
		in += time.Since(begun)
		begun = time.Now()
		for n, c := range conns {
			channel, _ := who(n)
			c.unsit(c.room(channel))
		}
		g.nobodyWaits(0)
		out += time.Since(begun)
	}
	each := float64(b.N) * float64(sockets) / 1e3
	b.ReportMetric(in.Seconds()*1e3/each, "µs-in/socket")
	b.ReportMetric(out.Seconds()*1e3/each, "µs-out/socket")
}

// nobodyWaitsAt waits until all are let in.
func (g *gateway) nobodyWaitsAt(b *testing.B) {
	b.Helper()
	for waits := 1; waits > 0; time.Sleep(time.Millisecond) {
		g.lobby.mu.Lock()
		waits = g.lobby.all
		g.lobby.mu.Unlock()
	}
}
