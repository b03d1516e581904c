package sessions

import (
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store/redistest"
)

// renew begins a lease as soon as the service can be asked.
func (p *place) renew(client sessionsv1.ChannelsClient, gateway string) *sessionsv1.RenewResponse {
	p.t.Helper()
	var answer *sessionsv1.RenewResponse
	bustest.Until(p.t, "the lease is renewed", func() bool {
		var err error
		answer, err = client.Renew(p.t.Context(), &sessionsv1.RenewRequest{App: shop, Gateway: gateway}, grpc.WaitForReady(true))
		if err != nil && status.Code(err) != codes.Unavailable {
			p.t.Fatal(err)
		}
		return err == nil
	})
	return answer
}

func (p *place) enters(client sessionsv1.ChannelsClient, gateway, user string) *sessionsv1.Standing {
	p.t.Helper()
	answer, err := client.Report(p.t.Context(), &sessionsv1.ReportRequest{App: shop, Gateway: gateway, Moves: []*sessionsv1.Move{
		{Channel: "presence-room", Sockets: 1, Came: []*sessionsv1.Member{{User: user}}},
	}})
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.Standings[0]
}

func TestReplicasOverOneRedisKnowTheSameChannels(t *testing.T) {
	p, redis := newPlace(t), redistest.Start(t)
	var replicas []sessionsv1.ChannelsClient
	for range 2 {
		cfg := p.config()
		cfg.RedisURL = redis.URL()
		conn, _ := p.dial(cfg)
		replicas = append(replicas, sessionsv1.NewChannelsClient(conn))
	}
	heard := make(chan string, 10)
	stop, err := p.bus.OnRosters(shop, func(c bus.Channel, _ []byte) { heard <- c.Name })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	p.renew(replicas[0], "g1")
	p.renew(replicas[1], "g2")
	p.enters(replicas[0], "g1", "a")
	if standing := p.enters(replicas[1], "g2", "b"); standing.Sockets != 2 || len(standing.Members) != 2 {
		t.Errorf("standing is %v", standing)
	}
	for range 2 {
		if name := <-heard; name != "presence-room" {
			t.Errorf("announced was %s", name)
		}
	}
	redis.Do("FLUSHALL")
	if answer := p.renew(replicas[1], "g1"); !answer.Fresh || answer.Settled {
		t.Errorf("after everything was lost: %v", answer)
	}
}

func TestWithoutRedisChannelsEndWithTheProcess(t *testing.T) {
	p := newPlace(t)
	for range 2 {
		conn, stop := p.dial(p.config())
		client := sessionsv1.NewChannelsClient(conn)
		if !p.renew(client, "g1").Fresh || p.enters(client, "g1", "a").Users != 1 {
			t.Error("something was left from before")
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
}
