package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// side is one of the two that are measured: Bellhop, or a bare NATS server.
type side struct {
	*site
	bare bool
}

func (s *side) audience(ctx context.Context) (*generator, error) {
	return spawn(ctx, "audience", audience{Host: host(s.URL), NATS: s.NATSURL, Bare: s.bare})
}

// pusher is what channels cost, beside what the same costs whose sockets are connections to a NATS server of its own, with a
// subscription for each channel: it has nothing to translate, to sign or to know.
func (b *bench) pusher(ctx context.Context) (err error) {
	ours, err := b.open(ctx, "pusher", "relaxed", false, func(ctx context.Context, bin cluster.Binaries, dir string, s cluster.Settings) (*cluster.Site, error) {
		s.Env = slices.Concat(s.Env, appEnv)
		return cluster.Up(ctx, bin, dir, s)
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.close()) }()
	bare, err := b.openNATS(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.close()) }()
	sides := []*side{{site: ours}, {site: bare, bare: true}}
	for _, step := range []func(context.Context, []*side) error{
		b.channelMemory, b.channelFanout, b.channelRate, b.triggerRate, b.subscriptions,
	} {
		if err := step(ctx, sides); err != nil {
			return err
		}
	}
	return nil
}

// openNATS starts a NATS server that does nothing else.
func (b *bench) openNATS(ctx context.Context) (*site, error) {
	dir, err := b.place("bare-nats")
	if err != nil {
		return nil, err
	}
	addr, err := cluster.FreeAddr()
	if err != nil {
		return nil, err
	}
	profile, err := cluster.FreeAddr()
	if err != nil {
		return nil, err
	}
	at, port, _ := net.SplitHostPort(addr)
	_, profilePort, _ := net.SplitHostPort(profile)
	s := &site{heap: "http://" + profile + "/debug/pprof/heap?gc=1", Site: &cluster.Site{
		Harness: cluster.New(dir), URL: "http://" + addr, NATSURL: "nats://" + addr, Everything: []string{"nats"},
	}}
	err = s.Start(ctx, cluster.Spec{
		Name: "nats", Path: b.Bin.Path("nats-server"), Args: []string{"-a", at, "-p", port, "--profile", profilePort},
		Ready: func(context.Context) error { return s.collect() },
	})
	if err != nil {
		err = errors.Join(err, s.Close())
	}
	return s, err
}

// collect has the site's first process collect its garbage.
func (s *site) collect() error {
	if s.heap == "" {
		return s.Collect(s.Everything[0])
	}
	answer, err := http.Get(s.heap)
	if err != nil {
		return fmt.Errorf("collect garbage: %w", err)
	}
	return answer.Body.Close()
}

// beside measures a thing at both sides, and tells it.
func (b *bench) beside(what string, sides []*side, measure func(i int, s *side) (figure, note string, err error)) error {
	var figures, notes []string
	for i, s := range sides {
		figure, note, err := measure(i, s)
		if err != nil {
			return fmt.Errorf("%s (%s): %w", what, s.Everything[0], err)
		}
		figures, notes = append(figures, figure), append(notes, note)
	}
	b.tell(what, figures[0], notes[0]+"; bare NATS: "+figures[1]+", "+notes[1])
	return nil
}

// audiences starts one at each side, does something, and ends them.
func audiences(ctx context.Context, sides []*side, do func([]*generator) error) (err error) {
	var all []*generator
	defer func() {
		for _, g := range all {
			err = errors.Join(err, g.end())
		}
	}()
	for _, s := range sides {
		g, err := s.audience(ctx)
		if err != nil {
			return err
		}
		all = append(all, g)
	}
	return do(all)
}
