package bustest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// terms watches who holds a lease.
type terms struct {
	mu     sync.Mutex
	holder string
	taken  []string
	clash  string
}

func (s *terms) begin(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder != "" {
		s.clash = fmt.Sprintf("%s took it while %s held it", who, s.holder)
	}
	s.holder, s.taken = who, append(s.taken, who)
}

func (s *terms) end(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder == who {
		s.holder = ""
	}
}

func (s *terms) now() (holder string, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.holder, len(s.taken)
}

// contender runs for the lease on a connection of its own.
type contender struct {
	bus  *bus.Bus
	stop func()
}

func (w *world) contend(s *terms, names ...string) map[string]contender {
	w.Helper()
	all := map[string]contender{}
	for _, name := range names {
		b := w.connect()
		stop := w.background(func(ctx context.Context) error {
			return b.Hold(ctx, w.name, name, zap.NewNop(), func(ctx context.Context) error {
				s.begin(name)
				defer s.end(name)
				<-ctx.Done()
				return ctx.Err()
			})
		})
		all[name] = contender{bus: b, stop: stop}
	}
	return all
}

// held waits until somebody holds a lease that was taken count times.
func (w *world) held(s *terms, count int) string {
	w.Helper()
	var who string
	w.until(fmt.Sprintf("term %d begins", count), func() bool {
		holder, n := s.now()
		who = holder
		return holder != "" && n >= count
	})
	if s.clash != "" {
		w.Fatal(s.clash)
	}
	return who
}

func leaseHasOneHolder(_ *testing.T, w *world) {
	var s terms
	w.contend(&s, "a", "b", "c")
	// A lease lives for 3 s: a term that is longer was renewed. A machine that stops for so long may cost one; it is never held twice.
	who, term, begun := w.held(&s, 1), 1, time.Now()
	w.until("a term outlives the lease", func() bool {
		if holder, count := s.now(); holder != who || count != term {
			who, term, begun = holder, count, time.Now()
		}
		return who != "" && time.Since(begun) > 4*time.Second
	})
	w.held(&s, term)
}

func leaseIsHandedOver(_ *testing.T, w *world) {
	var s terms
	contenders := w.contend(&s, "a", "b", "c")
	for term := 1; len(contenders) > 1; term++ {
		who := w.held(&s, term)
		begun := time.Now()
		contenders[who].stop()
		delete(contenders, who)
		w.held(&s, term+1)
		if d := time.Since(begun); d > 2*time.Second {
			w.Errorf("handed over after %s", d)
		}
	}
}

func leaseIsTakenOver(_ *testing.T, w *world) {
	var s terms
	contenders := w.contend(&s, "a", "b", "c")
	who := w.held(&s, 1)
	begun := time.Now()
	contenders[who].bus.Close()
	w.until("the one cut off ends", func() bool { holder, _ := s.now(); return holder != who })
	next := w.held(&s, 2)
	if d := time.Since(begun); next == who || d > 5*time.Second {
		w.Errorf("%s took over after %s", next, d)
	}
}

// named waits until the bus names an owner for the test's lease; "" for nobody. A replica may lag behind.
func (w *world) named(owner string) (found bus.Holder) {
	w.Helper()
	b := w.connect()
	w.until(fmt.Sprintf("%q is named", owner), func() bool {
		var holders map[string]bus.Holder
		w.must(w.patiently(func(ctx context.Context) (err error) {
			holders, err = b.Holders(ctx)
			return err
		}))
		found = holders[w.name]
		return found.Owner == owner
	})
	return found
}

func holderIsNamed(_ *testing.T, w *world) {
	w.named("")
	var s terms
	contenders := w.contend(&s, "an owner", "another owner")
	host, _ := os.Hostname()
	for term := 1; len(contenders) > 0; term++ {
		who := w.held(&s, term)
		if got := w.named(who); got.Host != host || got.PID != os.Getpid() || time.Since(got.Renewed) > 5*time.Second {
			w.Errorf("%+v is named while %s holds the lease", got, who)
		}
		contenders[who].stop()
		delete(contenders, who)
	}
	w.named("")
}
