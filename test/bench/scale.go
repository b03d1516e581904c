package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/bellhop-chat/bellhop/test/balance"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/stage"
)

const (
	// mostReplicas is how many gateways and notifiers there are in the end.
	mostReplicas = 3
	// scaleRate is the messages a second that they share, for scaleSeconds.
	scaleRate, scaleSeconds = 50, 20 // two cores carry twice that
)

// replicas is what one message costs a split site with three platforms as its gateways and notifiers become more, at one rate: what
// more of them cost by being there.
func (b *bench) replicas(ctx context.Context) error {
	for n := 1; n <= mostReplicas; n++ {
		if err := b.replicasOf(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) replicasOf(ctx context.Context, n int) (err error) {
	t, err := openTrio(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	front, err := balance.Open()
	if err != nil {
		return err
	}
	defer front.Close()
	s, err := b.openReplicas(ctx, n, t, front)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	g, err := spawn(ctx, "stream", stream{
		Host: host(front.URL()), PerSecond: scaleRate, For: b.length(scaleSeconds), Sessions: talkers, Word: "scale", First: firstNumber, ReportSchedule: true,
	})
	if err != nil {
		return err
	}
	before, err := quiet(s)
	if err != nil {
		return err
	}
	if err := t.order("forget", nil); err != nil {
		return err
	}
	result, _, err := measure[streamed](g)
	if err != nil {
		return err
	}
	accepted := len(result.Due) - result.Failed
	came, err := t.await(accepted, trioArrival)
	if err != nil {
		return err
	}
	after, err := quiet(s)
	if err != nil {
		return err
	}
	used := after.since(before).byService()
	b.tell(fmt.Sprintf("%d gateways, %d notifiers: processor per message brought to three platforms", n, n), used.perMessage(accepted),
		fmt.Sprintf("%d/s; POST %s; %d refused, %d accepted, %d came everywhere", scaleRate, result.Latency, result.Failed, accepted, came))
	return nil
}

// openReplicas starts the split site with n gateways behind a balancer, and n notifiers.
func (b *bench) openReplicas(ctx context.Context, n int, t *trio, front *balance.Balancer) (*site, error) {
	dir, err := b.place(fmt.Sprintf("replicas-%d", n))
	if err != nil {
		return nil, err
	}
	s := &site{}
	settings := cluster.Settings{Durability: "safe", Webhook: true, Env: t.env, Bridges: stage.Names()}
	if s.Site, err = cluster.Split(ctx, b.Bin, dir, settings); err != nil {
		return nil, err
	}
	gateways := []string{host(s.URL)}
	newest := map[string]string{"gateway": "gateway", "notifier": "notifier"}
	for range n - 1 {
		for service, last := range newest {
			twin, err := s.Double(ctx, last)
			if err != nil {
				return nil, errors.Join(err, s.close())
			}
			if newest[service] = twin; service == "gateway" {
				gateways = append(gateways, s.Addr(twin))
			}
		}
	}
	front.Point(gateways...)
	if err := t.order("connect "+s.WebhookURL, nil); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}
