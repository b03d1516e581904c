package webhook

import "sync"

// remembered is how many sessions recent keeps at least.
const remembered = 10_000

// recent remembers how far sessions are done, the latest ones only: an event whose acknowledgement was lost comes again, and must
// not be sent again after what came behind it.
type recent struct {
	mu       sync.Mutex
	now, old map[lineKey]uint64
}

func newRecent() *recent { return &recent{now: map[lineKey]uint64{}} }

// covers tells whether an event was done here.
func (r *recent) covers(k lineKey, seq uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return seq <= max(r.now[k], r.old[k])
}

// done says that everything of a session is done up to a stream sequence.
func (r *recent) done(k lineKey, seq uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.now) >= remembered {
		r.now, r.old = map[lineKey]uint64{}, r.now
	}
	r.now[k] = max(r.now[k], r.old[k], seq)
}
