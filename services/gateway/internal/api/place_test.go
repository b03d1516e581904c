package api_test

import (
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestWhoIsCutOffBeforeTheFirstEventKnowsWhereToGoOn(t *testing.T) {
	s := gatewaytest.Start(t)
	session := begun(s, "a")
	e := listen(s, "", bearer)
	var at string
	select {
	case at = <-e.place:
	case <-time.After(10 * time.Second):
		t.Fatal("no place came")
	}
	e.cut()
	answers(s, session, "1", "while away")
	again := listen(s, "", bearer, "Last-Event-ID", at)
	if got := again.hears("operator_message"); got.text("messageId") != "telegram:1" {
		t.Errorf("heard %+v", got)
	}
}

func TestPlaceBehindAHoleComesWithTheReset(t *testing.T) {
	s := gatewaytest.Start(t)
	answers(s, begun(s, "a"), "1", "x")
	e := listen(s, "?after=2-00000000", bearer)
	if got := e.hears("reset"); got.id == "" {
		t.Errorf("heard %+v", got)
	}
	e.hears("operator_message")
	select {
	case at := <-e.place: // who is cut off behind it goes on from there, and never hears of the hole
		t.Errorf("place %s came before the reset", at)
	default:
	}
}
