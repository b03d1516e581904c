package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// lane is one presence channel, with sockets at the gateway that survives and at one that is killed. Of its users, some are only at the
// victim and must be seen to go, one is at both, and one moves over when his socket breaks, as clients do: both stay.
type lane struct {
	*haunted
	channel, victim string
	goers           []string
	both            string
	mover           string

	watchers []*member // at the survivor, and there all the time
	doomed   []*member // at the victim
	moved    *member   // the mover's socket at the survivor; nil while he is at the victim
}

// goersEach is how many users of a lane are only at its victim.
const goersEach = 3

func (h *haunted) lane(ctx context.Context, i int) (*lane, error) {
	l := &lane{haunted: h, channel: fmt.Sprintf("presence-lane-%d", i), victim: h.victims[i], both: "both", mover: "mover"}
	for n := range goersEach {
		l.goers = append(l.goers, fmt.Sprintf("goer-%d", n))
	}
	for _, user := range []string{"watcher", l.both} {
		m, err := h.join(ctx, h.gateway, l.channel, user)
		if err != nil {
			return l, err
		}
		l.watchers = append(l.watchers, m)
	}
	err := l.assemble(ctx)
	for _, w := range l.watchers {
		w.told() // that everybody came
	}
	return l, err
}

// assemble has everybody of the victim there, and lets the mover go back to it.
func (l *lane) assemble(ctx context.Context) error {
	for _, user := range append([]string{l.both, l.mover}, l.goers...) {
		m, err := l.join(ctx, l.addrs[l.victim], l.channel, user)
		if err != nil {
			return err
		}
		l.doomed = append(l.doomed, m)
	}
	if l.moved != nil {
		l.moved.close()
		l.moved = nil
	}
	bounded, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for _, w := range l.watchers {
		if err := w.hears(bounded, came, l.goers); err != nil && bounded.Err() == nil { // too long is for judge
			return err
		}
	}
	return l.complete(ctx)
}

// complete waits until the sessions service knows who is there.
func (l *lane) complete(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	return l.knows(ctx, l.channel, append([]string{"watcher", l.both, l.mover}, l.goers...)...)
}

// die kills the victim with -9, and answers how long it took until the last was told of the last who went. Too long is a ghost, which
// judge counts.
func (l *lane) die(ctx context.Context) (took time.Duration, err error) {
	begun := time.Now()
	if err := l.Kill9(l.victim); err != nil {
		return 0, err
	}
	if l.moved, err = l.join(ctx, l.gateway, l.channel, l.mover); err != nil {
		return 0, err
	}
	for _, m := range l.doomed {
		m.close()
	}
	l.doomed = nil
	for _, w := range l.watchers {
		if err := w.hears(ctx, went, l.goers); err != nil && ctx.Err() == nil {
			return 0, err
		}
	}
	return time.Since(begun), nil
}

// sockets are all that are open, at both gateways.
func (l *lane) sockets() []*member {
	all := slices.Concat(l.watchers, l.doomed)
	if l.moved != nil {
		all = append(all, l.moved)
	}
	return all
}

func (l *lane) close() {
	for _, m := range l.sockets() {
		m.close()
	}
}

// haunting is what was counted over many rounds, at every socket of the survivors.
type haunting struct {
	mu sync.Mutex
	// Rounds are gateways that were killed. Once are users whom a socket was told once to have gone, as it should.
	Rounds, Once int
	// Doubles were told to have gone, or come, more than once; Ghosts not at all within the time; False have gone, or come, for one socket only.
	Doubles, Ghosts, False int
	took                   []time.Duration
	frames                 []string // of what was wrong
}

func (h *haunting) String() string {
	s := fmt.Sprintf("%d rounds: %d times told once, %d doubles, %d ghosts, %d falsely", h.Rounds, h.Once, h.Doubles, h.Ghosts, h.False)
	if slices.Sort(h.took); len(h.took) > 0 {
		s += fmt.Sprintf("; the last was told after %.1f s at the median, %.1f s at most", h.took[len(h.took)/2].Seconds(), h.took[len(h.took)-1].Seconds())
	}
	return strings.Join(append([]string{s}, h.frames...), "\n")
}

func (h *haunting) broken() bool { return h.Doubles+h.Ghosts+h.False > 0 }

// judge reads the ledger of a socket, which began when all were there and ends when all are there again: who went and came once is right.
func (h *haunting) judge(m *member, goers []string) {
	added, removed, frames := m.told()
	h.mu.Lock()
	defer h.mu.Unlock()
	wrong := h.Doubles + h.Ghosts + h.False
	for _, half := range []map[string]int{removed, added} {
		for _, user := range goers {
			switch n := half[user]; {
			case n == 0:
				h.Ghosts++
			case n > 1:
				h.Doubles++
			}
		}
		for user := range half {
			if !slices.Contains(goers, user) {
				h.False++
			}
		}
	}
	for _, user := range goers {
		if removed[user] == 1 {
			h.Once++
		}
	}
	if h.Doubles+h.Ghosts+h.False > wrong {
		h.frames = append(h.frames, m.user+" was told:")
		h.frames = append(h.frames, frames...)
	}
}

// removedWithin is how long after its death a gateway's members may seem to be there.
const removedWithin = 30 * time.Second

// rounds kills a lane's victim again and again, and judges.
func (h *haunting) rounds(ctx context.Context, l *lane, n int) error {
	for range n {
		bounded, cancel := context.WithTimeout(ctx, removedWithin)
		took, err := l.die(bounded)
		cancel()
		if err := errors.Join(err, l.Restart(ctx, l.victim)); err != nil {
			return err
		}
		if err := l.assemble(ctx); err != nil {
			return err
		}
		h.mu.Lock()
		h.Rounds++
		h.took = append(h.took, took)
		h.mu.Unlock()
		for _, w := range l.watchers {
			h.judge(w, l.goers)
		}
	}
	return nil
}
