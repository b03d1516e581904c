package pusher

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// trial is a channel, who is truly in it, by sockets, and whom the sessions service takes for being there.
type trial struct {
	presence
	*rand.Rand
	sockets map[string]int
	service map[string]bool
	flies   *sessionsv1.Move // is reported, and not answered yet
}

// Reports and their answers are lost, and leases are fresh, at any moment: what is reported last is how it is.
func TestWhateverIsLostWhoIsHereIsKnownInTheEnd(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		w := &trial{presence{known: true}, rand.New(rand.NewPCG(seed, 0)), map[string]int{}, map[string]bool{}, nil}
		for range 30 {
			w.step([]string{"ann", "bob"}[w.IntN(2)])
		}
		w.flies = &sessionsv1.Move{}
		w.move(w.flies)
		w.take()
		w.moved(w.flies, nil)
		maps.DeleteFunc(w.sockets, func(_ string, n int) bool { return n == 0 })
		want := slices.Sorted(maps.Keys(w.sockets))
		if known, left := slices.Sorted(maps.Keys(w.service)), slices.Sorted(maps.Keys(w.here)); !slices.Equal(known, want) || !slices.Equal(left, want) {
			t.Fatalf("seed %d: the service knows %q, there are %q, left is %q", seed, known, want, left)
		}
	}
}

func (w *trial) step(user string) {
	switch act := w.IntN(5); {
	case act == 0:
		w.arrive(user, "")
		w.sockets[user]++
	case act == 1 && w.sockets[user] > 0:
		w.depart(nil, user)
		w.sockets[user]--
	case act == 2:
		w.forgotten()
		if w.flies = nil; w.IntN(2) == 0 {
			clear(w.service) // else all of it was reported under the lease that is fresh
		}
	case w.flies == nil:
		w.flies = &sessionsv1.Move{}
		w.move(w.flies)
	default:
		if took := w.IntN(3); took > 0 {
			w.take()
			if took > 1 {
				w.moved(w.flies, nil)
			}
		}
		w.flies = nil
	}
}

// take does what the sessions service does with a report.
func (w *trial) take() {
	for _, user := range w.flies.GetGone() {
		delete(w.service, user)
	}
	for _, came := range w.flies.GetCame() {
		w.service[came.GetUser()] = true
	}
}
