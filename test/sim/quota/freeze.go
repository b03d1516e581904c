package quota

import "time"

// Grace is how long after a 429 was written a request may still arrive without being called a violation: it was under
// way when the client read the 429.
const Grace = 10 * time.Millisecond

// Freeze is a retry-after in force. The zero value is none.
type Freeze struct {
	Until     time.Time // on the simulator's clock
	announced time.Time // the machine's time from which the client knows
}

// Left is how long it lasts yet; 0 if it is over.
func (f *Freeze) Left(now time.Time) time.Duration { return max(0, f.Until.Sub(now)) }

// Announce notes, on the machine's clock, that the client has been told. Only the first call counts.
func (f *Freeze) Announce() {
	if f.announced.IsZero() {
		f.announced = time.Now()
	}
}

// Violated says whether a request that arrived (machine's time) while the freeze is in force came from a client that
// had been told of it.
func (f *Freeze) Violated(now, arrived time.Time) bool {
	return f.Left(now) > 0 && !f.announced.IsZero() && arrived.After(f.announced.Add(Grace))
}
