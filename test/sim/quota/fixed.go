package quota

import "time"

// Fixed is a window that begins with the first unit and ends Per later, whatever comes meanwhile: what most rate limit
// headers describe.
type Fixed struct {
	Limit int
	Per   time.Duration

	ends time.Time
	used int
	peak int
}

// Wait is how long until one more unit fits; 0 if it does now.
func (f *Fixed) Wait(now time.Time) time.Duration {
	f.roll(now)
	if f.used < f.Limit {
		return 0
	}
	return f.ends.Sub(now)
}

// Take spends one unit.
func (f *Fixed) Take(now time.Time) {
	f.roll(now)
	if f.used == 0 {
		f.ends = now.Add(f.Per)
	}
	f.used++
	f.peak = max(f.peak, f.used)
}

// Remaining is how many units are left of the present window.
func (f *Fixed) Remaining(now time.Time) int {
	f.roll(now)
	return max(0, f.Limit-f.used)
}

// Used is how many units the present window has spent.
func (f *Fixed) Used(now time.Time) int {
	f.roll(now)
	return f.used
}

// Reset is how long until the present window ends; Per if none has begun.
func (f *Fixed) Reset(now time.Time) time.Duration {
	f.roll(now)
	if f.used == 0 {
		return f.Per
	}
	return f.ends.Sub(now)
}

// Peak is the most units that any window held.
func (f *Fixed) Peak() int { return f.peak }

func (f *Fixed) roll(now time.Time) {
	if f.used > 0 && !now.Before(f.ends) {
		f.used = 0
	}
}
