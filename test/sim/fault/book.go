package fault

import (
	"math/rand"
	"slices"
	"sync"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
)

// Book holds the active faults. It is safe for concurrent use.
type Book struct {
	clock   *clock.Clock
	changed func()

	mu         sync.Mutex
	rng        *rand.Rand
	next       int
	faults     []*Fault
	deliveries []*Delivery
}

// NewBook returns an empty book. Chances follow the seed. changed is called after each change and each strike, without
// any lock of the book; nil is fine.
func NewBook(c *clock.Clock, seed int64, changed func()) *Book {
	if changed == nil {
		changed = func() {}
	}
	return &Book{clock: c, changed: changed, next: 1, rng: rand.New(rand.NewSource(seed))}
}

// Add activates a fault and returns its id.
func (b *Book) Add(f Fault) int {
	b.mu.Lock()
	f.ID, f.Seen, f.Hits, f.released = b.next, 0, 0, make(chan struct{})
	b.next++
	b.faults = append(b.faults, &f)
	b.mu.Unlock()
	b.changed()
	return f.ID
}

// Disturb activates a disturbance of deliveries and returns its id; ids of both kinds are of one series.
func (b *Book) Disturb(d Delivery) int {
	b.mu.Lock()
	d.ID, d.Seen, d.Hits = b.next, 0, 0
	b.next++
	b.deliveries = append(b.deliveries, &d)
	b.mu.Unlock()
	b.changed()
	return d.ID
}

// Faults lists the active faults of requests, oldest first.
func (b *Book) Faults() []Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Fault, 0, len(b.faults))
	for _, f := range b.faults {
		out = append(out, *f)
	}
	return out
}

// Deliveries lists the active disturbances of deliveries, oldest first.
func (b *Book) Deliveries() []Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Delivery, 0, len(b.deliveries))
	for _, d := range b.deliveries {
		out = append(out, *d)
	}
	return out
}

// Labelled is the id of the active fault with that label; 0 if there is none.
func (b *Book) Labelled(label string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.faults {
		if f.Label == label {
			return f.ID
		}
	}
	for _, d := range b.deliveries {
		if d.Label == label {
			return d.ID
		}
	}
	return 0
}

// Remove ends one fault of either kind and lets the requests go that hang on it.
func (b *Book) Remove(id int) { b.remove(func(f int) bool { return f == id }) }

// Clear ends every fault and lets go what hangs.
func (b *Book) Clear() { b.remove(func(int) bool { return true }) }

func (b *Book) remove(gone func(id int) bool) {
	b.mu.Lock()
	b.faults = slices.DeleteFunc(b.faults, func(f *Fault) bool {
		if gone(f.ID) {
			close(f.released)
			return true
		}
		return false
	})
	b.deliveries = slices.DeleteFunc(b.deliveries, func(d *Delivery) bool { return gone(d.ID) })
	b.mu.Unlock()
	b.changed()
}

// Match finds the fault for a request, by its method and by whatever places it is about, and counts it. Nil: none.
func (b *Book) Match(method string, places ...string) *Strike {
	b.mu.Lock()
	var hit *Strike
	for _, f := range b.faults {
		if f.meets(method, places) && b.due(&f.Seen, &f.Hits, f.Nth, f.Times, f.Probability) {
			hit = &Strike{Fault: *f, clock: b.clock}
			break
		}
	}
	b.mu.Unlock()
	if hit != nil {
		b.changed()
	}
	return hit
}

// MatchDelivery counts and returns every disturbance that is due for a delivery of a kind and that want (nil: all)
// lets pass, so that a platform can ask at several moments of a delivery's life.
func (b *Book) MatchDelivery(kind string, want func(Delivery) bool) []Delivery {
	b.mu.Lock()
	var due []Delivery
	for _, d := range b.deliveries {
		if d.Kind != "" && d.Kind != kind || want != nil && !want(*d) {
			continue
		}
		if b.due(&d.Seen, &d.Hits, d.Nth, d.Times, d.Probability) {
			due = append(due, *d)
		}
	}
	b.mu.Unlock()
	return due
}

// due counts one match and says whether it strikes. The caller holds mu.
func (b *Book) due(seen, hits *int, nth, times int, probability float64) bool {
	*seen++
	if *seen < nth || times > 0 && *hits >= times {
		return false
	}
	if probability > 0 && b.rng.Float64() >= probability {
		return false
	}
	*hits++
	return true
}
