package bench

import (
	"context"
	"fmt"
	"time"
)

const (
	// channelSeconds is how long each of channelRates is kept, and onTime what a rate's p99 must be below.
	channelSeconds, onTime = 5, 50 * time.Millisecond
	// triggerSeconds is how long backends trigger, by connections each.
	triggerSeconds = 10
	// manyChannels is how many one client enters.
	manyChannels = 10_000
)

// channelRates are the events a second to channels of one socket each, up to the first that is not on time.
var channelRates = []int{2000, 5000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000}

// channelMemory is what a socket costs that is in no channel.
func (b *bench) channelMemory(ctx context.Context, sides []*side) error {
	steps := []int{10_000, 19_000}
	if b.Brief {
		steps = []int{500, 1000}
	}
	return audiences(ctx, sides, func(g []*generator) error {
		base, have := []int64{0, 0}, 0
		for i, s := range sides {
			var err error
			if base[i], err = settled(s.site); err != nil {
				return err
			}
		}
		for _, n := range steps {
			if err := b.beside(fmt.Sprintf("resident memory per idle Pusher socket, %d of them", n), sides, func(i int, s *side) (string, string, error) {
				_, used, err := b.hear(g[i], s.site, fmt.Sprintf("open %d", n))
				if err != nil {
					return "", "", err
				}
				now, err := settled(s.site)
				return kib(now-base[i], n), fmt.Sprintf("%.3f ms of processor time to connect", 1000*used.Seconds()/float64(n-have)), err
			}); err != nil {
				return err
			}
			have = n
		}
		return nil
	})
}

// channelFanout is one event to everybody in a channel.
func (b *bench) channelFanout(ctx context.Context, sides []*side) error {
	steps, times := []int{1000, 10_000}, broadcasts
	if b.Brief {
		steps, times = []int{100, 500}, 3
	}
	return audiences(ctx, sides, func(g []*generator) error {
		for _, n := range steps {
			if err := b.beside(fmt.Sprintf("one event to a channel of %d sockets", n), sides, func(i int, s *side) (string, string, error) {
				if _, _, err := b.hear(g[i], s.site, fmt.Sprintf("open %d 1", n)); err != nil {
					return "", "", err
				}
				heard, used, err := b.hear(g[i], s.site, fmt.Sprintf("broadcast %d", times))
				return heard.Each.String(), fmt.Sprintf("the last one has it: %s; %.1f CPU s per million deliveries", heard.Took, perMillion(used, heard.Deliveries)), err
			}); err != nil {
				return err
			}
			if err := b.floor(ctx, n, times); err != nil {
				return err
			}
		}
		return nil
	})
}

// channelRate is how many events a second come on time, each to a channel with one socket: published on the bus, and by the HTTP API.
func (b *bench) channelRate(ctx context.Context, sides []*side) error {
	size := crowdSize
	if b.Brief {
		size = 500
	}
	return audiences(ctx, sides, func(g []*generator) error {
		for i, s := range sides {
			if _, _, err := b.hear(g[i], s.site, fmt.Sprintf("open %d %d", size, size)); err != nil {
				return err
			}
		}
		what := fmt.Sprintf("events to %d channels of one socket, p99 below %s: ", size, onTime)
		if err := b.beside(what+"published on the bus", sides, func(i int, s *side) (string, string, error) {
			return b.highest(g[i], s.site, "bus")
		}); err != nil {
			return err
		}
		figure, note, err := b.highest(g[0], sides[0].site, "api")
		b.tell(fmt.Sprintf("%sby the API, %d a call", what, batch), figure, note)
		return err
	})
}

// highest is the highest rate that is on time. One that is late is tried again: others may have been at the processors.
func (b *bench) highest(g *generator, s *site, how string) (figure, note string, err error) {
	rates := channelRates
	if b.Brief {
		rates = rates[:2]
	}
	figure, note = "none", "no rate was on time"
	for _, rate := range rates {
		heard, used, err := b.onTime(g, s, fmt.Sprintf("%s %d %d", how, rate, max(1, int(b.length(channelSeconds).Seconds()))))
		if err != nil {
			return "", "", err
		}
		if heard.Took.P99 >= onTime {
			return figure, note + fmt.Sprintf("; at %d/s %s", rate, heard.Took), nil
		}
		figure, note = fmt.Sprintf("%d/s", rate), fmt.Sprintf("%s, %.1f CPU s per million", heard.Took, perMillion(used, heard.Deliveries))
	}
	return figure, note + "; no more was tried", nil
}

func (b *bench) onTime(g *generator, s *site, order string) (heard heardByCrowd, used time.Duration, err error) {
	for range 2 {
		if heard, used, err = b.hear(g, s, order); err != nil || heard.Took.P99 < onTime {
			break
		}
	}
	return heard, used, err
}

// triggerRate is how many events backends can trigger, each with the answer to the one before; nobody is in the channels.
func (b *bench) triggerRate(ctx context.Context, sides []*side) error {
	return audiences(ctx, sides, func(g []*generator) error {
		return b.beside(fmt.Sprintf("signed triggers, %d connections", connections), sides, func(i int, s *side) (string, string, error) {
			heard, used, err := b.hear(g[i], s.site, fmt.Sprintf("trigger %d %d", connections, max(1, int(b.length(triggerSeconds).Seconds()))))
			return fmt.Sprintf("%.0f/s", float64(heard.Deliveries)/heard.For.Seconds()), fmt.Sprintf("%.2f CPU s per 100,000", perMillion(used, heard.Deliveries)/10), err
		})
	})
}

// subscriptions is how long one client takes to enter many channels.
func (b *bench) subscriptions(ctx context.Context, sides []*side) error {
	n := manyChannels
	if b.Brief {
		n = 1000
	}
	return audiences(ctx, sides, func(g []*generator) error {
		return b.beside(fmt.Sprintf("one client enters %d channels", n), sides, func(i int, s *side) (string, string, error) {
			heard, used, err := b.hear(g[i], s.site, fmt.Sprintf("enter %d", n))
			return short(heard.For), fmt.Sprintf("all answered; %.2f CPU s", used.Seconds()), err
		})
	})
}
