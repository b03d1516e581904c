package hub

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// TendInterval is how often a connection is looked after. Proxies cut what is silent for 30 to 60 s.
const TendInterval = 25 * time.Second

// Tend looks after every connection once per TendInterval until ctx ends, a shard at a time, so that neither the pings nor
// their answers come all at once.
func (h *Hub) Tend(ctx context.Context) error {
	tick := time.NewTicker(TendInterval / shards)
	defer tick.Stop()
	for i := 0; ; i = (i + 1) % shards {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			for _, c := range h.shards[i].conns() {
				c.Tend()
			}
		}
	}
}

func (s *shard) conns() []Conn {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]Conn, 0, len(s.rooms))
	for _, conns := range s.rooms {
		all = append(all, conns...)
	}
	return all
}

// shutRate is how many clients a second are asked to connect again when there are few; many are spread over all the time there is.
const shutRate = 200

// Shut asks every client to connect again: another gateway, or this one's successor, takes them. They are asked one after another in no
// order, each at a random moment of its share of the time, so that they come as evenly as they were asked. Those that are lasting come
// at the end. When ctx ends, all that are left are asked at once.
func (h *Hub) Shut(ctx context.Context, within time.Duration) {
	h.shut.Store(true)
	var all, last []Conn
	h.Each(func(_ session.Key, c Conn) {
		if c.Lasting() {
			last = append(last, c)
		} else {
			all = append(all, c)
		}
	})
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	share := min(within/time.Duration(max(1, len(all))), time.Second/shutRate)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for began, i := time.Now(), 0; i < len(all); i++ {
		if wait := time.Until(began.Add(time.Duration(i)*share + rand.N(share+1))); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		}
		all[i].Shut()
	}
	for _, c := range last {
		c.Shut()
	}
}

// Closing tells whether everybody has been, or is being, asked to connect again: whoever goes then has not left.
func (h *Hub) Closing() bool { return h.shut.Load() }
