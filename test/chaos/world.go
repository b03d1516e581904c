package chaos

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/stage"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// settleTime is how long everything may take to arrive after the last message was accepted.
const settleTime = 30 * time.Second

// world is a site with its platforms, and the teams in front of them.
type world struct {
	*cluster.Site
	stage *stage.Stage
	teams []team.Platform
}

// runner starts a site.
type runner func(context.Context, cluster.Binaries, string, cluster.Settings) (*cluster.Site, error)

// begin starts a site in which nothing limits a rate, with the platforms connected. Webhook of the settings: they post to it; otherwise it
// fetches, and opens sockets.
func begin(ctx context.Context, run runner, dir string, s cluster.Settings, programs ...string) (*world, error) {
	ctx = context.WithoutCancel(ctx)
	bin, err := cluster.Build(ctx, programs...)
	if err != nil {
		return nil, err
	}
	w := &world{}
	if w.stage, err = stage.Open(ctx, stage.Options{Hurried: true}); err != nil {
		return nil, err
	}
	w.teams = []team.Platform{team.OnTelegram(w.stage.Telegram), team.OnDiscord(w.stage.Discord), team.OnSlack(w.stage.Slack)}
	s.Env, s.Bridges = w.stage.Env(), stage.Names()
	w.Site, err = run(ctx, bin, dir, s)
	if err != nil {
		w.stage.Close()
		return nil, err
	}
	webhooks := ""
	if s.Webhook {
		webhooks = w.WebhookURL
	}
	connecting, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	if err := w.stage.Connect(connecting, webhooks); err != nil {
		_ = w.end() // the first error is the one to tell
		return nil, err
	}
	return w, nil
}

// end stops the site, and then the platforms.
func (w *world) end() error {
	defer w.stage.Close()
	return w.Close()
}

// round lets a crowd talk, has something happen when a share of it was said, and checks. What happens runs beside the talking.
func (w *world) round(ctx context.Context, name string, t tempo, share float64, happens func(context.Context, *crowd) error) (*verdict, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime+time.Minute)
	defer cancel()
	c, err := newCrowd(ctx, name, w.URL, w.teams, crowdSize)
	defer c.close()
	if err != nil {
		return nil, err
	}
	var said atomic.Int64
	due := int64(share * float64(crowdSize*t.each))
	begin, happened := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(c.happened)
		select {
		case <-begin:
			happened <- happens(ctx, c)
		case <-ctx.Done():
			happened <- ctx.Err()
		}
	}()
	talked := c.talk(ctx, t, func() {
		if said.Add(1) == due {
			close(begin)
		}
	})
	if err := <-happened; err != nil {
		return nil, err
	}
	settled, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	result, err := c.check(settled)
	if err == nil && talked != nil {
		err = fmt.Errorf("%w\n%v", talked, result)
	}
	return result, err
}

// kill kills a process with -9, leaves it dead for a while and starts it again, so many times.
func (w *world) kill(ctx context.Context, victim string, dead time.Duration, times int) error {
	for range times {
		if err := w.Kill9(victim); err != nil {
			return err
		}
		visitor.Sleep(ctx, dead)
		if err := w.Restart(ctx, victim); err != nil {
			return err
		}
	}
	return nil
}
