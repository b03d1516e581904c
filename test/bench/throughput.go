package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

const (
	// connections is how many POSTs are under way at once.
	connections = 64
	// floodSessions is how many conversations they belong to.
	floodSessions = 1000
	// floodSeconds and floodMost bound one flood.
	floodSeconds, floodMost = 10, 150_000
	// bareSeconds is how long the yardstick publishes, before and after the flood.
	bareSeconds = 4
)

// throughput is the embedded site in both profiles, without a platform, the projection running.
func (b *bench) throughput(ctx context.Context) error {
	for _, durability := range []string{"safe", "relaxed"} {
		if err := b.flood(ctx, "embedded, "+durability, durability, cluster.Up); err != nil {
			return err
		}
	}
	return nil
}

// throughputOfCluster is the split site with three NATS nodes that sync before they acknowledge.
func (b *bench) throughputOfCluster(ctx context.Context) error {
	return b.flood(ctx, "cluster of three, safe", "safe", cluster.Split)
}

func (b *bench) flood(ctx context.Context, what, durability string, run runner) (err error) {
	s, err := b.open(ctx, "flood-"+durability, durability, false, run)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	bare := publish{Durability: durability, Goroutines: connections, For: b.length(bareSeconds), Most: floodMost}
	if len(s.Services) > 1 {
		bare.URL = s.NATSURL
	}
	before, err := load[flooded](ctx, "publish", bare)
	if err != nil {
		return err
	}
	posts, used, err := b.posts(ctx, s)
	if err != nil {
		return err
	}
	after, err := load[flooded](ctx, "publish", bare)
	if err != nil {
		return err
	}
	yardstick := (before.rate() + after.rate()) / 2
	b.tell(what+": POST /message", fmt.Sprintf("%.0f/s", posts.rate()),
		fmt.Sprintf("%.0f %% of a bare publisher's %.0f/s (%.0f before, %.0f after)", 100*posts.rate()/yardstick, yardstick, before.rate(), after.rate()))
	b.tell(what+": latency at that rate", posts.Latency.String(), fmt.Sprintf("%d connections, %d refused", connections, posts.Refused))
	b.tell(what+": processor", fmt.Sprintf("%.2f s per 100,000", used.sum().Seconds()*100_000/float64(posts.Accepted)),
		"with the projection: "+used.per100k(posts.Accepted))
	return nil
}

// posts floods a site and answers the processor time that its processes used meanwhile.
func (b *bench) posts(ctx context.Context, s *site) (flooded, usage, error) {
	g, err := spawn(ctx, "flood", flood{
		Host: host(s.URL), Connections: connections, Sessions: floodSessions, For: b.length(floodSeconds), Most: floodMost,
	})
	if err != nil {
		return flooded{}, nil, err
	}
	before, err := quiet(s) // the sessions' beginning does not belong to the cost,
	if err != nil {
		return flooded{}, nil, err
	}
	result, _, err := measure[flooded](g)
	if err != nil {
		return flooded{}, nil, err
	}
	after, err := quiet(s) // and what the projection has yet to work off does
	return result, after.since(before), err
}

func (f flooded) rate() float64 { return float64(f.Accepted) / f.Took.Seconds() }
