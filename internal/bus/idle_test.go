package bus_test

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// heard subscribes to what passes a subject.
func heard(t *testing.T, site bustest.Site, subject string) *nats.Subscription {
	t.Helper()
	nc := site.Client(t)
	sub, err := nc.SubscribeSync(subject)
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	return sub
}

func pending(t *testing.T, sub *nats.Subscription) int {
	t.Helper()
	n, _, err := sub.Pending()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestIdlePartsCostNextToNothing(t *testing.T) {
	t.Parallel()
	site := bustest.Alone{Server: bustest.Server(t)}
	core, logs := observer.New(zap.InfoLevel)
	var l bustest.Ledger
	const replicas, window = 3, 6 * time.Second
	for range replicas {
		b := site.Connect(t, bus.Config{})
		run(t, func(ctx context.Context) error {
			spec := l.Spec("p", 0)
			spec.Log = zap.New(core)
			return b.Parts(ctx, spec)
		})
	}
	seq := publish(t, site.Connect(t, bus.Config{}), message("one"))
	bustest.Until(t, "it is applied", func() bool {
		return l.Floor(id.Session("s").Part()) == seq
	})
	requests := heard(t, site, "$JS.API.>")
	time.Sleep(window) // nothing happens: that is what is measured
	// Each part of each replica asks once in 4 s.
	if n, most := pending(t, requests), replicas*16*2+32; n > most {
		t.Errorf("%d requests in %s, at most %d expected", n, window, most)
	} else {
		t.Logf("%.1f requests a second of %d replicas", float64(n)/window.Seconds(), replicas)
	}
	for _, entry := range logs.All() {
		t.Errorf("logged: %s %v", entry.Message, entry.ContextMap())
	}
}

func TestSecondProcessChangesNothingOnTheServer(t *testing.T) {
	t.Parallel()
	site := bustest.Alone{Server: bustest.Server(t)}
	start := func(ctx context.Context) {
		b := site.Connect(t, bus.Config{})
		if _, err := b.Consumer(ctx, bus.ConsumerSpec{Name: "c", Types: []bus.Type{bus.MessageCreated}}); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Consumer(ctx, bus.ConsumerSpec{Name: "all"}); err != nil {
			t.Fatal(err)
		}
	}
	start(t.Context())
	changes := []*nats.Subscription{
		heard(t, site, "$JS.API.STREAM.UPDATE.>"), heard(t, site, "$JS.API.STREAM.CREATE.>"), heard(t, site, "$JS.API.CONSUMER.CREATE.>"),
	}
	start(t.Context())
	for _, sub := range changes {
		if pending(t, sub) > 0 {
			msg, _ := sub.NextMsg(time.Second)
			t.Errorf("%s %s", msg.Subject, msg.Data)
		}
	}
}
