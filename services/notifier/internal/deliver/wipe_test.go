package deliver

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
)

// erased erases the session: what stands of it is all that is left.
func (w *world) erased() bus.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	ev := w.fact(bus.SessionErased)
	state := w.record.Platforms["fake"]
	at := &bellhopv1.PlatformMessage{Platform: "fake", Chat: state.GetChat(), Thread: state.GetThread()}
	for _, m := range w.messages {
		at.Ids = append(at.Ids, m.GetCopies()["fake"].GetAt().GetIds()...)
	}
	slices.Sort(at.Ids)
	w.tomb = &sessionsv1.Erasure{Seq: ev.Seq, Parts: map[string]*sessionsv1.ErasedPart{
		"fake": {State: "pending", Remains: []*bellhopv1.PlatformMessage{at}},
	}}
	return ev
}

func (w *world) GetErasure(context.Context, *sessionsv1.GetErasureRequest, ...grpc.CallOption) (*sessionsv1.SessionRecord, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tomb == nil {
		return nil, status.Error(codes.NotFound, "not erased")
	}
	return &sessionsv1.SessionRecord{Seq: w.record.Seq, Erasure: proto.CloneOf(w.tomb)}, nil
}

// reports are what the engine has said of erasures.
func (w *world) reports() (all []*eventv1.Erasure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ev := range w.events {
		if report, ok := ev.Data.(*eventv1.Erasure); ok {
			all = append(all, report)
		}
	}
	return all
}

// wiped has a session with two messages erased on a platform that is like change makes it, and answers what was reported.
func wiped(t *testing.T, change func(*fake)) (*fake, *eventv1.Erasure) {
	w, f := newWorld("ses_1"), newFake()
	e := newEngine(w, f, pace.Limits{})
	deliver(t, e, w.says("one"))
	deliver(t, e, w.says("two"))
	change(f)
	ev := w.erased()
	deliver(t, e, ev)
	deliver(t, e, ev) // a second time it is done already
	reports := w.reports()
	if len(reports) != 1 {
		t.Fatalf("there are %d reports", len(reports))
	}
	return f, reports[0]
}

func TestErasedSessionsThreadIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, report := wiped(t, func(*fake) {})
		if report.State != "done" || report.Part != "fake" || report.Left != 0 || report.Removed != 1 || f.threads["t1"] == "open" {
			t.Errorf("reported %v, threads %v", report, f.threads)
		}
	})
}

func TestErasedPostsAreRemovedOneByOneWhereTheyMustBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, report := wiped(t, func(f *fake) { f.piecemeal, f.others = true, 2 })
		for _, p := range f.posts {
			if !p.deleted && len(p.texts) > 0 {
				t.Errorf("%v still stands", p.texts)
			}
		}
		if report.State != "refused" || report.Left != 2 || report.Why == "" {
			t.Errorf("reported %v", report)
		}
	})
}

func TestThreadThatMayNotBeRemovedIsReportedAndEmptied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, report := wiped(t, func(f *fake) {
			f.fail = func(call string, _ *Post) error {
				if call == "remove" {
					return refuse(Refused)
				}
				return nil
			}
		})
		if report.State != "refused" || report.Left != 1 || report.Removed != 2 || report.Why == "" {
			t.Errorf("reported %v, after %v", report, f.calls)
		}
	})
}

func TestErasureWaitsForAPlatformThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := time.Now().Add(10 * time.Minute)
		_, report := wiped(t, func(f *fake) {
			f.fail = func(call string, _ *Post) error {
				switch left := time.Until(away); {
				case left <= 0:
					return nil
				case left > 5*time.Minute:
					return &Failure{Kind: RateLimited, After: time.Minute, Err: refuse(RateLimited)}
				default:
					return refuse(Unknown)
				}
			}
		})
		if report.State != "done" || time.Now().Before(away) {
			t.Errorf("reported %v", report)
		}
	})
}

func TestNothingIsPostedForAnErasedSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, f := newWorld("ses_1"), newFake()
		e := newEngine(w, f, pace.Limits{})
		late := w.says("late")
		w.erased()
		w.set(func(w *world) { w.tomb.Parts["fake"].Remains = nil })
		deliver(t, e, late)
		if len(f.posts) > 0 || len(f.threads) > 0 {
			t.Errorf("posted %v", f.posts)
		}
	})
}
