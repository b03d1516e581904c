package session

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// service answers Get with what the test has put there.
type service struct {
	sessionsv1.SessionsClient
	asked  int
	answer *sessionsv1.SessionRecord
	err    error
	during func() // after the answer was made up, before it is given
}

func (s *service) Get(context.Context, *sessionsv1.GetRequest, ...grpc.CallOption) (*sessionsv1.SessionRecord, error) {
	s.asked++
	answer, err := s.answer, s.err
	if s.during != nil {
		s.during()
	}
	return answer, err
}

var key = Key{Project: id.Default, Session: "ses_1"}

func visit() *sessionsv1.SessionRecord {
	return &sessionsv1.SessionRecord{Visit: true, Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v", Status: "active"}}
}

func started(seq, statusSeq uint64, is string) *sessionsv1.SessionRecord {
	return &sessionsv1.SessionRecord{Seq: seq, StatusSeq: statusSeq, Session: &bellhopv1.Session{Id: "ses_1", VisitorId: "v", Status: is}}
}

func live(seq uint64, kind bus.Type) bus.Live {
	return bus.Live{Seq: seq, Project: key.Project, Session: key.Session, Type: kind}
}

func newDirectory(t *testing.T, s *service) *Directory {
	t.Helper()
	d, err := New(s, 4)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func find(t *testing.T, d *Directory) *Entry {
	t.Helper()
	e, err := d.Find(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestKnownSessionIsNotAskedForAgain(t *testing.T) {
	s := &service{answer: started(5, 0, "active")}
	d := newDirectory(t, s)
	e := find(t, d)
	if find(t, d) != e || s.asked != 1 || e.Visitor != "v" || e.Visit() {
		t.Errorf("asked %d times, %v", s.asked, e)
	}
}

func TestUnknownSessionAndSilentServiceAreToldApart(t *testing.T) {
	for code, want := range map[codes.Code]error{
		codes.NotFound: ErrUnknown, codes.InvalidArgument: ErrUnknown, codes.Unavailable: ErrUnavailable, codes.DeadlineExceeded: ErrUnavailable, codes.Internal: ErrUnavailable,
	} {
		s := &service{err: status.Error(code, "x")}
		d := newDirectory(t, s)
		if _, err := d.Find(t.Context(), key); !errors.Is(err, want) {
			t.Errorf("%s: %v", code, err)
		}
		if d.cache.Len() > 0 || len(d.open) > 0 {
			t.Errorf("%s leaves something behind", code)
		}
	}
}

func TestWhatIsHeardWhileTheServiceAnswersCounts(t *testing.T) {
	for name, c := range map[string]struct {
		answer        *sessionsv1.SessionRecord
		heard         []bus.Live
		visit, closed bool
	}{
		"begun":             {visit(), []bus.Live{live(6, bus.SessionStarted), live(7, bus.MessageCreated)}, false, false},
		"only sent to":      {visit(), []bus.Live{live(6, bus.EventEmitted)}, true, false},
		"closed":            {started(5, 0, "active"), []bus.Live{live(6, bus.SessionClosed)}, false, true},
		"reopened":          {started(5, 4, "closed"), []bus.Live{live(6, bus.SessionReopened)}, false, false},
		"closed all along":  {started(5, 4, "closed"), []bus.Live{live(6, bus.MessageRead)}, false, true},
		"known and newer":   {started(9, 8, "closed"), []bus.Live{live(6, bus.SessionReopened)}, false, true},
		"closed and opened": {started(5, 0, "active"), []bus.Live{live(6, bus.SessionClosed), live(7, bus.SessionReopened)}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &service{answer: c.answer}
			d := newDirectory(t, s)
			s.during = func() {
				for _, l := range c.heard {
					d.Hear(l)
				}
			}
			e := find(t, d)
			if e.Visit() != c.visit || e.Opening().Reopen != c.closed || d.Looks(key) != c.visit {
				t.Errorf("visit %v, opening %+v", e.Visit(), e.Opening())
			}
			if find(t, d) != e {
				t.Error("it is not remembered")
			}
		})
	}
}

func TestConnectKeepsTheEntryThatOthersHold(t *testing.T) {
	s := &service{answer: visit()}
	d := newDirectory(t, s)
	e := find(t, d)
	question := d.Ask(key)
	d.Hear(live(6, bus.SessionStarted))
	again, err := question.Answer(visit()) // made up before
	question.End()
	if err != nil || again != e || e.Visit() {
		t.Errorf("%v, %v: a visit again", again, err)
	}
}

func TestAnswerFromBeforeAHoleIsNotRemembered(t *testing.T) {
	s := &service{answer: started(5, 0, "active")}
	d := newDirectory(t, s)
	s.during = d.Forget
	e := find(t, d)
	s.during, s.answer = nil, started(9, 8, "closed")
	if again := find(t, d); again == e || !again.Opening().Reopen {
		t.Error("what was asked before the hole is still believed")
	}
}

func TestRecordedFactsDoNotUndoWhatWasHeardSince(t *testing.T) {
	d := newDirectory(t, &service{answer: started(5, 4, "closed")})
	e := find(t, d)
	d.Hear(live(6, bus.SessionReopened))
	d.Hear(live(8, bus.SessionClosed)) // by the team, before the acknowledgement was here
	e.Recorded([]bus.Event{{Type: bus.SessionReopened}, {Type: bus.MessageCreated}}, 7)
	if opening := e.Opening(); !opening.Reopen || opening.Closed != 8 {
		t.Errorf("opening %+v", opening)
	}
	e.Recorded([]bus.Event{{Type: bus.SessionReopened}, {Type: bus.MessageCreated}}, 10)
	d.Hear(live(9, bus.SessionReopened))
	if opening := e.Opening(); opening.Reopen {
		t.Errorf("opening %+v", opening)
	}
}

func TestVisitIsRenewedWhileItIsLookedAtAndSurvivesTheServicesAbsence(t *testing.T) {
	s := &service{answer: visit()}
	d := newDirectory(t, s)
	e := find(t, d)
	e.asked = time.Now().Add(-visitRenewal - time.Second)
	s.err, s.answer = status.Error(codes.Unavailable, "away"), nil
	if find(t, d) != e || s.asked != 2 {
		t.Error("the visit was lost")
	}
	s.err, s.answer = nil, visit()
	again := find(t, d)
	if find(t, d) != e || again != e || s.asked != 3 {
		t.Errorf("asked %d times", s.asked)
	}
	if start := e.Opening().Start; start.GetId() != "ses_1" || start.GetVisitorId() != "v" {
		t.Errorf("starts with %v", start)
	}
}

func TestManyAskersGetOneEntry(t *testing.T) {
	s := &service{answer: started(5, 0, "active")}
	d := newDirectory(t, s)
	questions := make([]*Question, 8)
	for i := range questions {
		questions[i] = d.Ask(key)
	}
	entries := make([]*Entry, len(questions))
	var wg sync.WaitGroup
	for i, q := range questions {
		wg.Go(func() {
			defer q.End()
			e, err := q.Answer(started(5, 0, "active"))
			if err != nil || e.Visitor != "v" {
				t.Errorf("%v, %v", e, err)
			}
			entries[i] = e
		})
	}
	wg.Go(func() { d.Hear(live(6, bus.SessionClosed)) })
	wg.Wait()
	for _, e := range entries {
		if e != entries[0] || !e.Opening().Reopen {
			t.Errorf("entry %v", e)
		}
	}
	if len(d.open) > 0 {
		t.Error("questions are left open")
	}
}

func TestDirectoryForgetsTheLeastUsed(t *testing.T) {
	d := newDirectory(t, &service{answer: visit()})
	for i := range 20 {
		if _, err := d.Find(t.Context(), Key{id.Default, id.Session(fmt.Sprint(i))}); err != nil {
			t.Fatal(err)
		}
	}
	if d.cache.Len() != 4 {
		t.Errorf("%d are remembered", d.cache.Len())
	}
}

// hanging is a connection on which nobody answers.
type hanging struct{ grpc.ClientConnInterface }

func (hanging) Invoke(ctx context.Context, _ string, _, _ any, opts ...grpc.CallOption) error {
	if _, bounded := ctx.Deadline(); !bounded || opts[len(opts)-1] != grpc.WaitForReady(true) {
		return errors.New("unbounded, or failing before the service is back")
	}
	return context.DeadlineExceeded
}

func TestEveryQuestionHasItsEnd(t *testing.T) {
	_, err := sessionsv1.NewSessionsClient(Bounded(hanging{})).Get(t.Context(), &sessionsv1.GetRequest{})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// TestWhatWasBuriedIsNotFoundWhateverTheServiceStillAnswers: the sessions service hears of an erasure when the bus tells it.
func TestWhatWasBuriedIsNotFoundWhateverTheServiceStillAnswers(t *testing.T) {
	for name, known := range map[string]bool{"known before": true, "not known": false, "asked for meanwhile": false} {
		t.Run(name, func(t *testing.T) {
			s := &service{answer: started(5, 0, "active")}
			d := newDirectory(t, s)
			if known {
				find(t, d)
			}
			if name == "asked for meanwhile" {
				s.during = func() { d.Bury(key) }
			} else {
				d.Bury(key)
			}
			for range 2 {
				if _, err := d.Find(t.Context(), key); !errors.Is(err, ErrUnknown) {
					t.Errorf("the answer is %v", err)
				}
			}
		})
	}
}
