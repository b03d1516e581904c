package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

const (
	// crowdSize is how many sockets hear.
	crowdSize = 10_000
	// broadcasts is how many events go to all of them.
	broadcasts = 30
	// idleSeconds is how long nobody does anything.
	idleSeconds = 10
	// eachSeconds is how long single sessions are sent events at each of eachRates.
	eachSeconds = 5
)

// eachRates are the events a second to single sessions, each stored before it is sent.
var eachRates = []int{1000, 2000, 4000, 8000}

// fanout is what many sockets cost: to open, to keep, to be told something all at once, to be told something one by one.
func (b *bench) fanout(ctx context.Context) (err error) {
	size, times, rates := crowdSize, broadcasts, eachRates
	if b.Brief {
		size, times, rates = 500, 3, eachRates[:1]
	}
	s, err := b.open(ctx, "fanout", "relaxed", false, cluster.Up)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	g, err := spawn(ctx, "crowd", crowd{Host: host(s.URL)})
	if err != nil {
		return err
	}
	if err := b.connects(g, s, size); err != nil {
		return err
	}
	if err := b.idle(s, size); err != nil {
		return err
	}
	heard, used, err := b.hear(g, s, fmt.Sprintf("broadcast %d", times))
	if err != nil {
		return err
	}
	b.tell(fmt.Sprintf("broadcast to %d sockets: the last one has it", size), heard.Took.String(),
		fmt.Sprintf("%.1f CPU s per million deliveries", perMillion(used, heard.Deliveries)))
	for _, rate := range rates {
		heard, used, err := b.hear(g, s, fmt.Sprintf("each %d %d", rate, max(1, int(b.length(eachSeconds).Seconds()))))
		if err != nil {
			return err
		}
		b.tell(fmt.Sprintf("one event to each of %d sessions at %d/s", size, rate), heard.Took.String(),
			fmt.Sprintf("%.0f CPU s per million, POST and storing included; %.0f/s came", perMillion(used, heard.Deliveries), float64(heard.Deliveries)/heard.For.Seconds()))
	}
	return g.end()
}

// connects measures the opening of sessions, then of sockets.
func (b *bench) connects(g *generator, s *site, size int) error {
	sessions, usedSessions, err := b.hear(g, s, fmt.Sprintf("sessions %d", size))
	if err != nil {
		return err
	}
	opened, usedSockets, err := b.hear(g, s, "open")
	if err != nil {
		return err
	}
	each := func(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000/float64(size)) }
	b.tell(fmt.Sprintf("connect: session and socket, %d of them", size), fmt.Sprintf("%.0f/s", float64(size)/(sessions.For+opened.For).Seconds()),
		fmt.Sprintf("%s of processor time each: the session %s, the socket %s", each(usedSessions+usedSockets), each(usedSessions), each(usedSockets)))
	return nil
}

// idle measures what sockets cost that say nothing and are told nothing, but pings.
func (b *bench) idle(s *site, size int) error {
	before, err := quiet(s)
	if err != nil {
		return err
	}
	length := b.length(idleSeconds)
	time.Sleep(length)
	after, err := cpu(s.Site)
	if err != nil {
		return err
	}
	b.tell(fmt.Sprintf("%d idle sockets", size), fmt.Sprintf("%.1f %% of a core", 100*after.since(before).sum().Seconds()/length.Seconds()), "")
	return nil
}

// hear has the crowd do something, and answers the processor time that the site used for it.
func (b *bench) hear(g *generator, s *site, order string) (heard heardByCrowd, used time.Duration, err error) {
	before, err := quiet(s)
	if err != nil {
		return heard, 0, err
	}
	if err := g.tell(order); err != nil {
		return heard, 0, fmt.Errorf("%s: %w", order, err)
	}
	line, err := g.line()
	if err != nil {
		return heard, 0, fmt.Errorf("%s: %w", order, err)
	}
	if err := json.Unmarshal([]byte(line), &heard); err != nil {
		return heard, 0, fmt.Errorf("%s: %w", order, err)
	}
	after, err := quiet(s)
	return heard, after.since(before).sum(), err
}

func perMillion(used time.Duration, n int) float64 { return used.Seconds() * 1e6 / float64(max(n, 1)) }
