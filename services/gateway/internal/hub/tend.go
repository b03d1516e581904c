package hub

import (
	"context"
	"time"
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

// So many clients are asked to connect again at once, and so long the next ones wait: 10,000 take 2.5 s. Their reconnects come
// as evenly as they were asked.
const (
	shutBatch = 40
	shutPause = 10 * time.Millisecond
)

// Shut asks every client to connect again: another gateway, or this one's successor, takes them. When ctx ends, all that are
// left are asked at once.
func (h *Hub) Shut(ctx context.Context) {
	tick := time.NewTicker(shutPause)
	defer tick.Stop()
	asked := 0
	for i := range h.shards {
		for _, c := range h.shards[i].conns() {
			if asked++; asked%shutBatch == 0 {
				select {
				case <-tick.C:
				case <-ctx.Done():
				}
			}
			c.Shut()
		}
	}
}
