package occupancytest

import (
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// hooksOfRun is what each app of the property has told.
var hooksOfRun = &sessionsv1.Hooks{Project: "default", Counts: true}

// receiver is what somebody knows who is told by webhooks.
type receiver struct {
	is     map[string]bool // "o channel" and "+ channel user"
	counts map[string]int64
}

func newReceiver() *receiver { return &receiver{map[string]bool{}, map[string]int64{}} }

// hear answers what was told although it could not happen, "" for nothing.
func (r *receiver) hear(h occupancy.Hook) string {
	key := "o " + h.Channel
	if h.What == occupancy.Added || h.What == occupancy.Removed {
		key = "+ " + h.Channel + " " + h.User
	}
	switch h.What {
	case occupancy.Counted:
		r.counts[h.Channel] = h.Sockets
		return ""
	case occupancy.Occupied, occupancy.Added:
		if r.is[key] {
			return textOf(h)
		}
		r.is[key] = true
	default:
		if !r.is[key] {
			return textOf(h)
		}
		delete(r.is, key)
	}
	return ""
}

// tell tells all that there is, and when everything is due compares what is known then.
func (r *run) tell(t *rapid.T) {
	waited := rapid.Bool().Draw(t, "waited")
	if waited {
		r.s.Pass(r.app, Lease+time.Minute)
	}
	for {
		all, err := r.s.News(r.Context())
		r.must(err)
		at := slices.IndexFunc(all, func(n occupancy.News) bool { return n.App == r.app })
		if at < 0 {
			break
		}
		for _, h := range slices.Concat(all[at].Batches...) {
			if fault := r.receiver.hear(h); fault != "" {
				r.Fatalf("told was %s, which is nothing new", fault)
			}
		}
		r.must(r.s.Told(r.Context(), all[at], len(all[at].Batches)))
	}
	if waited {
		r.knows()
	}
}

// knows compares what webhooks were told with what is.
func (r *run) knows() {
	want := newReceiver()
	for _, name := range channels {
		if strings.HasPrefix(name, occupancy.Hidden) {
			continue
		}
		members, sockets := r.model.members(name), r.model.sockets(name)
		if len(members) > 0 || sockets > 0 {
			want.is["o "+name] = true
		}
		for _, user := range members {
			want.is["+ "+name+" "+user] = true
		}
		if !strings.HasPrefix(name, occupancy.Presence) && sockets != r.receiver.counts[name] {
			r.Fatalf("%d sockets were told of %s, which has %d", r.receiver.counts[name], name, sockets)
		}
	}
	for key := range want.is {
		if !r.receiver.is[key] {
			r.Fatalf("%s was not told", key)
		}
	}
	if len(want.is) != len(r.receiver.is) {
		r.Fatalf("told were %v, of %v", r.receiver.is, want.is)
	}
}
