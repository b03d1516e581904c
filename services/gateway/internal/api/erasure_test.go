package api

import (
	"testing"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// records are sessions with one part each.
func records(parts ...string) (all []*sessionsv1.SessionRecord) {
	for _, part := range parts {
		all = append(all, &sessionsv1.SessionRecord{Erasure: &sessionsv1.Erasure{Parts: map[string]*sessionsv1.ErasedPart{"data": {State: part}}}})
	}
	return all
}

func TestErasureIsAsFarAsItsSlowestSessionAndAsCompleteAsItsWorst(t *testing.T) {
	states := func(all ...string) []string { return all }
	for want, parts := range map[string][]string{
		erasureDone: states("done", "done"), erasurePending: states("refused", "pending"), erasureIncomplete: states("done", "refused"),
	} {
		if got := erasureOf("era_1", records(parts...)).State; got != want {
			t.Errorf("%v together are %s, want %s", parts, got, want)
		}
	}
}
