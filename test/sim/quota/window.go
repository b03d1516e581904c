package quota

import "time"

// Window is a sliding window: at most Limit units in any span of Per.
type Window struct {
	Limit int
	Per   time.Duration

	spent []time.Time // oldest first
	peak  int
	total int
}

// Wait is how long until n more units fit; 0 if they do now. More than Limit units count as Limit.
func (w *Window) Wait(now time.Time, n int) time.Duration {
	w.prune(now)
	over := len(w.spent) + min(n, w.Limit) - w.Limit
	if over <= 0 {
		return 0
	}
	return w.spent[over-1].Add(w.Per).Sub(now)
}

// Take spends n units.
func (w *Window) Take(now time.Time, n int) {
	w.prune(now)
	for range n {
		w.spent = append(w.spent, now)
	}
	w.total += n
	w.peak = max(w.peak, len(w.spent))
}

// Used is how many units the present window holds.
func (w *Window) Used(now time.Time) int {
	w.prune(now)
	return len(w.spent)
}

// Reset is how long until the window is empty.
func (w *Window) Reset(now time.Time) time.Duration {
	w.prune(now)
	if len(w.spent) == 0 {
		return 0
	}
	return w.spent[len(w.spent)-1].Add(w.Per).Sub(now)
}

// Peak is the most units that any window held; Total is all that were spent.
func (w *Window) Peak() int { return w.peak }

// Total is how many units were spent since the beginning.
func (w *Window) Total() int { return w.total }

func (w *Window) prune(now time.Time) {
	edge := now.Add(-w.Per)
	i := 0
	for i < len(w.spent) && !w.spent[i].After(edge) {
		i++
	}
	w.spent = w.spent[i:]
}
