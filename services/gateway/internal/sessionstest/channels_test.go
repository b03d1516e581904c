package sessionstest

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

// The gateway's tests rest on it, so it must do as the service does.
func TestChannelsTellAllGatewaysWhatChanged(t *testing.T) {
	b := bustest.New(t)
	s, conn := Start(t, b)
	client := sessionsv1.NewChannelsClient(conn)
	heard := make(chan string, 10)
	stop, err := b.OnRosters("shop", func(c bus.Channel, payload []byte) {
		r := &sessionsv1.Roster{}
		if err := protojson.Unmarshal(payload, r); err != nil {
			t.Error(err)
		}
		heard <- fmt.Sprint(c.Name, " ", r.GetVersion()-firstVersion, " after ", max(r.GetAfter(), firstVersion)-firstVersion, ": ", r.GetSockets(), " ", len(r.GetAdded()), r.GetRemoved())
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	renew := func(gateway string) bool {
		t.Helper()
		answer, err := client.Renew(t.Context(), &sessionsv1.RenewRequest{App: "shop", Gateway: gateway})
		if err != nil {
			t.Fatal(err)
		}
		return answer.GetFresh()
	}
	report := func(gateway, user string, limit int32) (*sessionsv1.ReportResponse, error) {
		return client.Report(t.Context(), &sessionsv1.ReportRequest{App: "shop", Gateway: gateway, Moves: []*sessionsv1.Move{
			{Channel: "presence-x", Sockets: 1, Came: []*sessionsv1.Member{{User: user}}, Limit: limit},
		}})
	}
	if _, err := report("g1", "a", 0); status.Code(err) != codes.FailedPrecondition {
		t.Errorf("without a lease: %v", err)
	}
	if !renew("g1") || renew("g1") || !renew("g2") {
		t.Error("not fresh once")
	}
	for _, gateway := range []string{"g1", "g1", "g2"} {
		if _, err := report(gateway, "a", 1); err != nil {
			t.Fatal(err)
		}
	}
	if answer, err := report("g2", "b", 1); err != nil || len(answer.GetStandings()[0].GetRefused()) != 1 || len(answer.GetStandings()[0].GetMembers()) != 1 {
		t.Errorf("beyond the limit: %v, %v", answer, err)
	}
	s.Channels.Lapse("shop", "g1")
	s.Channels.Lapse("shop", "g2")
	for _, want := range []string{"presence-x 1 after 0: 1 1 []", "presence-x 2 after 1: 2 0 []", "presence-x 3 after 2: 1 0 []", "presence-x 4 after 3: 0 0 [a]"} {
		if got := <-heard; got != want {
			t.Errorf("announced was %s, want %s", got, want)
		}
	}
	if !renew("g1") {
		t.Error("not fresh after the lease ended")
	}
}
