package projection

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestIdentityThatIsProvenIsNeverReplacedByOneThatIsSaid(t *testing.T) {
	type who struct {
		fields map[string]any
		proven bool
	}
	said := func(fields map[string]any) who { return who{fields, false} }
	proven := func(fields map[string]any) who { return who{fields, true} }
	ada := map[string]any{"id": "ada", "name": "Ada"}
	for name, c := range map[string]struct {
		first, then who
		want        map[string]any
		verified    bool
		noticed     bool
	}{
		"said, said otherwise":        {said(ada), said(map[string]any{"id": "eve"}), map[string]any{"id": "eve", "name": "Ada"}, false, true},
		"said, proven":                {said(ada), proven(map[string]any{"id": "ada"}), ada, true, true},
		"said, another proven":        {said(map[string]any{"id": "eve", "email": "ceo@shop.test"}), proven(ada), ada, true, true},
		"address of the form, proven": {said(map[string]any{"email": "a@b.c"}), proven(map[string]any{"id": "ada"}), map[string]any{"id": "ada", "email": "a@b.c"}, true, true},
		"proven, more is proven":      {proven(ada), proven(map[string]any{"id": "ada", "name": "A. L."}), map[string]any{"id": "ada", "name": "A. L."}, true, true},
		"proven, another is proven":   {proven(ada), proven(map[string]any{"id": "eve", "name": "Eve"}), ada, true, false},
		"proven, another is said":     {proven(ada), said(map[string]any{"id": "eve", "email": "e@v.e"}), ada, true, false},
		"proven, overwritten by word": {proven(ada), said(map[string]any{"id": "ada", "name": "Eve"}), ada, true, false},
		"proven, the form's address":  {proven(ada), said(map[string]any{"email": "a@b.c", "name": "Eve"}), map[string]any{"id": "ada", "name": "Ada", "email": "a@b.c"}, true, true},
		"proof of nobody":             {said(ada), proven(map[string]any{"name": "Eve"}), map[string]any{"id": "ada", "name": "Eve"}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			says := func(seq uint64, w who) bus.Event {
				return event(seq, bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{Identity: object(t, w.fields), IdentityVerified: w.proven}})
			}
			record := play(t, started(1, &bellhopv1.Session{VisitorId: "v"}), says(2, c.first), says(3, c.then)).record()
			expect(t, object(t, c.want), record.Session.Identity)
			if record.Session.IdentityVerified != c.verified {
				t.Errorf("verified is %t", record.Session.IdentityVerified)
			}
			last := record.Notices[len(record.Notices)-1]
			if (last.Seq == 3) != c.noticed || c.noticed && last.Verified != c.verified {
				t.Errorf("the team is told %v", last)
			}
		})
	}
}

func TestStartOfAProvenVisitIsProvenWhateverCameFirst(t *testing.T) {
	visit := started(2, &bellhopv1.Session{VisitorId: "v", Identity: object(t, map[string]any{"id": "ada"}), IdentityVerified: true})
	claim := event(1, bus.SessionUpdated, &eventv1.Session{Session: &bellhopv1.Session{VisitorId: "v", Identity: object(t, map[string]any{"id": "eve", "name": "Eve"})}})
	got := play(t, claim, visit).record().Session
	expect(t, object(t, map[string]any{"id": "ada"}), got.Identity)
	if !got.IdentityVerified {
		t.Error("it is not verified")
	}
}

func TestErasureKnowsWhoseIdentityItWasUntilItsEnd(t *testing.T) {
	begin := started(1, &bellhopv1.Session{VisitorId: "v", Identity: object(t, map[string]any{"id": "ada"}), IdentityVerified: true})
	gone := event(2, bus.SessionErased, &eventv1.Session{Reason: "request"})
	if got := play(t, begin, gone).record(); got.Erasure.GetIdentity() != "ada" || got.Session.Identity != nil {
		t.Errorf("record is %v", got)
	}
	end := event(3, bus.ErasureReported, &eventv1.Erasure{Part: erasureData, State: erasureDone, Through: 2})
	if got := play(t, begin, gone, end).record(); got.Erasure.GetIdentity() != "" || got.Erasure.EndedAt == nil {
		t.Errorf("after its end: %v", got)
	}
}
