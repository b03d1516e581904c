package pusher

import (
	"math/rand/v2"
	"testing"
)

func TestEverySeatIsInTheRowOnceWhoeverComesAndGoes(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	random := rand.New(rand.NewPCG(1, 2))
	r := g.rooms.enter(g.Server, "crowd")
	defer r.mu.Unlock()
	var in []*conn
	for range 2000 {
		if n := len(in); n > 0 && random.IntN(20) < 9 {
			leaves := random.IntN(n)
			r.unseat(in[leaves], r.seats[in[leaves]])
			in[leaves], in = in[n-1], in[:n-1]
		} else {
			c := newConn(g.Server)
			c.Closed = true // it is told nothing
			r.sit(c, &seat{})
			in = append(in, c)
		}
		if len(r.row) != len(in) || len(r.seats) != len(in) {
			t.Fatalf("%d are in, %d have a seat, %d are in the row", len(in), len(r.seats), len(r.row))
		}
		for at, s := range r.row {
			if s.at != at || r.seats[s.conn] != s {
				t.Fatalf("seat %d in the row says that it is the %d.", at, s.at)
			}
		}
	}
}
