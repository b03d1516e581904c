package pusher

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// delayed is the sessions service whose answers a test may hold back, and lose.
type delayed struct {
	sessionsv1.ChannelsClient
	renewed  func()
	reported func(*sessionsv1.Move) error
}

func (d *delayed) Renew(ctx context.Context, req *sessionsv1.RenewRequest, opts ...grpc.CallOption) (*sessionsv1.RenewResponse, error) {
	answer, err := d.ChannelsClient.Renew(ctx, req, opts...)
	d.renewed()
	return answer, err
}

func (d *delayed) Report(ctx context.Context, req *sessionsv1.ReportRequest, opts ...grpc.CallOption) (*sessionsv1.ReportResponse, error) {
	answer, err := d.ChannelsClient.Report(ctx, req, opts...)
	for _, m := range req.GetMoves() {
		if err == nil {
			err = d.reported(m)
		}
	}
	return answer, err
}

// guestIs waits until a gateway has a user in a channel as is wanted, who may be nil.
func (g *gateway) guestIs(channel, user string, wanted func(*guest) bool) {
	g.Helper()
	bustest.Until(g.TB, user+" is as wanted", func() bool {
		r := g.rooms.find(channel)
		r.mu.Lock()
		defer r.mu.Unlock()
		return wanted(r.presence.here[user])
	})
}

func gone(g *guest) bool { return g == nil || g.sockets == 0 }

// The sessions service grants a lease and takes a report before the gateway has heard that the lease is fresh.
func TestWhoLeavesWhileALeaseIsFreshIsNoGhost(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{true, false} {
		t.Run(fmt.Sprintf("before it is known: %t", before), func(t *testing.T) {
			t.Parallel()
			a := newApp(t, all)
			var once sync.Once
			heard, holds, held := make(chan struct{}), make(chan struct{}), make(chan struct{})
			a.channels = &delayed{a.channels, func() { <-heard }, func(m *sessionsv1.Move) error {
				if m.GetChannel() == "orders" {
					once.Do(func() { close(holds); <-held })
				}
				return nil
			}}
			g := a.gateway()
			bustest.Until(t, "the lease is granted", func() bool { return a.sessions.Channels.Leased(appID, g.reports.gateway) })
			ann, bob := g.client(), g.client()
			ann.subscribes("presence-room", `{"user_id":"ann"}`)
			bob.subscribes("presence-room", `{"user_id":"bob"}`)
			ann.subscribes("orders") // nothing else is reported until that is answered
			<-holds
			hear := func() {
				close(heard)
				g.guestIs("presence-room", "ann", func(ann *guest) bool { return !ann.reported })
			}
			if !before {
				hear()
			}
			_ = bob.ws.Close()
			g.guestIs("presence-room", "bob", gone)
			if before {
				hear()
			}
			close(held)
			g.members("presence-room", `{"users":[{"id":"ann"}]}`)
		})
	}
}

func TestWhoLeavesWhileTheAnswerThatHeCameIsLostIsNoGhost(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	a.leased = true
	holds, held := make(chan struct{}), make(chan struct{})
	var once sync.Once
	a.channels = &delayed{a.channels, func() {}, func(m *sessionsv1.Move) (err error) {
		if came := m.GetCame(); len(came) > 0 && came[0].GetUser() == "bob" {
			once.Do(func() {
				close(holds)
				<-held
				err = status.Error(codes.Unavailable, "the answer is lost")
			})
		}
		return err
	}}
	g := a.gateway()
	g.client().subscribes("presence-room", `{"user_id":"ann"}`)
	bob := g.client()
	bob.asks("presence-room", `{"user_id":"bob"}`)
	<-holds
	_ = bob.ws.Close()
	g.guestIs("presence-room", "bob", gone)
	close(held)
	g.members("presence-room", `{"users":[{"id":"ann"}]}`)
}

func TestHoweverManyHaveLeftAllAreReportedGone(t *testing.T) {
	t.Parallel()
	a := newApp(t, all)
	a.leased = true
	var left atomic.Int64
	a.channels = &delayed{a.channels, func() {}, func(m *sessionsv1.Move) error {
		if len(m.GetGone()) > goneMost {
			t.Errorf("%d are said to be gone at once", len(m.GetGone()))
		}
		left.Add(int64(len(m.GetGone())))
		return nil
	}}
	g := a.gateway()
	ann := g.client()
	ann.subscribes("presence-room", `{"user_id":"ann"}`)
	r := g.rooms.find("presence-room")
	r.mu.Lock()
	for n := range 2 * goneMost {
		r.presence.here[fmt.Sprint(n)] = &guest{told: true}
	}
	r.mu.Unlock()
	ann.leaves("presence-room")
	g.nobodyWaits(0)
	if n := left.Load(); n != 2*goneMost+1 {
		t.Errorf("%d were said to be gone", n)
	}
}
