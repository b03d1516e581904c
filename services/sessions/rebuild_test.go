package sessions

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/projection"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
)

func TestRebuildEndsInTheLiveState(t *testing.T) {
	p := newPlace(t)
	client, stop := p.start(p.config())
	p.talks(20, 0, 5)
	live := p.histories(client, 20)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	stats, err := Rebuild(t.Context(), p.config())
	if err != nil || stats.Events != 100 {
		t.Fatalf("rebuild: %+v, %v", stats, err)
	}
	client, _ = p.start(p.config())
	p.same(live, p.histories(client, 20))
}

func TestRebuildBesideARunningServiceLosesNothing(t *testing.T) {
	p := newPlace(t)
	client, _ := p.start(p.config())
	p.talks(20, 0, 5)
	live := p.histories(client, 20)
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := Rebuild(t.Context(), p.config()); err != nil {
			t.Error(err)
		}
	})
	p.talks(20, 5, 8)
	wg.Wait()
	for n, answer := range p.histories(client, 20) {
		if len(answer.Messages) != 8 || !slices.EqualFunc(answer.Messages[:5], live[n].Messages, func(a, b *sessionsv1.MessageRecord) bool {
			return a.CreatedSeq == b.CreatedSeq
		}) {
			t.Errorf("history of session %d: %v", n, answer)
		}
	}
}

func TestServiceOnRedisOutlivesTheLossOfEverything(t *testing.T) {
	p, server := newPlace(t), redistest.Start(t)
	cfg := p.config()
	cfg.RedisURL = server.URL()
	client, _ := p.start(cfg)
	p.talks(20, 0, 5)
	live := p.histories(client, 20)
	server.Do("FLUSHALL")
	p.same(live, p.histories(client, 20))
	if _, err := Rebuild(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	p.same(live, p.histories(client, 20))
}

func TestStoreOfAnotherStreamIsRefusedUntilItIsRebuilt(t *testing.T) {
	p := newPlace(t)
	client, stop := p.start(p.config())
	p.talks(2, 0, 1)
	p.histories(client, 2)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	elsewhere := &place{t: t, server: bustest.Server(t), dir: p.dir}
	elsewhere.bus = bustest.Connect(t, bus.Config{InProcess: elsewhere.server, Name: t.Name()})
	err := Run(t.Context(), elsewhere.config())
	if !errors.Is(err, projection.ErrOtherStream) || !strings.Contains(err.Error(), "bellhop rebuild") {
		t.Errorf("started on another stream's store: %v", err)
	}
	if _, err := Rebuild(t.Context(), elsewhere.config()); err != nil {
		t.Fatal(err)
	}
	client, _ = elsewhere.start(elsewhere.config())
	elsewhere.talks(1, 0, 1)
	elsewhere.histories(client, 1)
	got, err := client.List(t.Context(), &sessionsv1.ListRequest{Project: shop})
	if err != nil || len(got.Records) != 1 {
		t.Errorf("after the rebuild: %v, %v", got, err)
	}
}
