package e2e

import (
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// impatient is a widget that does not wait long between its tries.
var impatient = visitor.Reconnect{First: 20 * time.Millisecond, Most: 40 * time.Millisecond, Tries: 2, Poll: 40 * time.Millisecond}

// All that a page is to see, by whatever way it hears the server; the widget's own way of choosing one is the visitor's.
func TestPageSeesTheSameOverSocketEventsAndPolling(t *testing.T) {
	for transport, change := range map[string]func(*visitor.Options){
		"socket":                              func(*visitor.Options) {},
		"events":                              func(o *visitor.Options) { o.NoSockets, o.Reconnect = true, impatient },
		"polling":                             func(o *visitor.Options) { o.NoSockets, o.NoEvents, o.Reconnect = true, true, impatient },
		"polling with a clock that is ahead":  func(o *visitor.Options) { o.Polling, o.Clock, o.Reconnect = true, 10*time.Minute, impatient },
		"polling with a clock that is behind": func(o *visitor.Options) { o.Polling, o.Clock, o.Reconnect = true, -time.Hour, impatient },
		"events with a clock that is ahead":   func(o *visitor.Options) { o.NoSockets, o.Clock, o.Reconnect = true, time.Hour, impatient },
	} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			s := usual(t)
			vera := s.arrives(t, change)
			said := vera.Says("hi")
			room := s.at(t, team.Telegram).Room(vera)
			vera.SeesStatus(said.ID, "delivered")
			reply := room.Says("hello")
			heard := vera.Hears("hello")
			vera.SeesStatus(said.ID, "read")
			vera.Edits(said.ID, "hi!")
			vera.SeesEdited(said.ID, "hi!")
			reply.IsTakenBack()
			vera.SeesDeleted(heard.ID)
			vera.Shows("hi!", "")
			room.Says("/csat")
			if vera.Page().Transport() != "polling" { // nothing tells a polling page
				vera.SeesRatingCard()
			}
			vera.Rates(5, "")
			if c := vera.Page().Counts(); c.Regressions > 0 {
				t.Errorf("a status went back: %+v", c)
			}
		})
	}
}

func TestCustomEventsReachAPageThatHasOnlyAnEventStream(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t, func(o *visitor.Options) { o.NoSockets, o.Reconnect = true, impatient })
	vera.Says("hi")
	vera.Waits("the event stream", func() bool { return vera.Page().Transport() == "events" })
	backend{t, s, apiKey}.must("/api/v1/sessions/"+vera.SessionID()+"/events", `{"name":"discount","data":{"percent":10}}`)
	var data struct{ Percent int }
	if vera.SeesEvent("discount", &data); data.Percent != 10 {
		t.Errorf("the event's data are %+v", data)
	}
}
