package e2e

import (
	"bytes"
	"net/http"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// picture begins like a PNG, and is larger than one chunk of the store.
var picture = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"), bytes.Repeat([]byte("bellhop"), 40_000)...)

func TestVisitorsFileIsSeenInEveryTabAndAfterAReload(t *testing.T) {
	kinds(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		tab := vera.Tab()
		said := vera.SaysWithFile("look", "my cat.png", "image/png", picture)
		for _, page := range []*visitor.Visitor{vera.Visitor, tab, vera.Tab()} {
			m := page.Sees("look")
			if len(m.Attachments) != 1 || m.Attachments[0].Filename != "my cat.png" || m.Attachments[0].MimeType != "image/png" {
				t.Fatalf("the page shows %v", m)
			}
			if !bytes.Equal(page.Downloads(m.Attachments[0]), picture) {
				t.Error("other bytes came back")
			}
		}
		bare := vera.SaysWithFile("", "notes.txt", "text/plain", []byte("hello"))
		vera.Deletes(said.ID)
		tab.SeesDeleted(said.ID)
		_, _, err := vera.Download(t.Context(), said.Attachments[0])
		vera.WasRefused(err, http.StatusNotFound)
		if got := string(vera.Downloads(bare.Attachments[0])); got != "hello" {
			t.Errorf("the other file is %q", got)
		}
	})
}

// happens puts an event of a session on the bus, as a platform's receiver does.
func (s *stack) happens(t *testing.T, session string, kind bus.Type, data proto.Message) {
	t.Helper()
	source := "inbound"
	if kind == bus.EventReceived { // a page says that, not the team
		source = "gateway"
	}
	_, err := s.bus.Publish(visitor.Within(t), bus.Event{
		ID: string(id.NewMessage()), Type: kind, Project: id.Default, Session: id.Session(session), Source: source, Time: time.Now(), Data: data,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRatingIsAskedForAgainUntilItIsGiven(t *testing.T) {
	kinds(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		s.happens(t, vera.SessionID(), bus.CsatRequested, &eventv1.Csat{SessionId: vera.SessionID(), At: timestamppb.Now(), By: "Ada"})
		vera.SeesRatingCard()
		tab := vera.Tab()
		tab.SeesRatingCard()
		tab.Rates(5, "quick")
		if already, err := vera.Rate(t.Context(), 1, ""); err != nil || !already {
			t.Errorf("rated twice: %v, %v", already, err)
		}
		later := vera.Tab()
		later.Says("thanks")
		if n := later.Page().Ratings(); n > 0 {
			t.Errorf("a rating that was given is asked for")
		}
	})
}

func TestBlockedVisitorIsRefused(t *testing.T) {
	kinds(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		s.happens(t, vera.SessionID(), bus.SessionBlocked, &eventv1.Switch{SessionId: vera.SessionID(), On: true, At: timestamppb.Now()})
		var err error
		for deadline := time.Now().Add(visitor.Patience); err == nil && time.Now().Before(deadline); {
			err = vera.Types(t.Context())
		}
		vera.WasRefused(err, http.StatusForbidden)
		_, err = vera.Send(t.Context(), "x", "")
		vera.WasRefused(err, http.StatusForbidden)
		_, err = vera.Upload(t.Context(), "a.png", "image/png", picture)
		vera.WasRefused(err, http.StatusForbidden)
	})
}
