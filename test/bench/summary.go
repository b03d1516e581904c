package bench

import (
	"fmt"
	"slices"
	"time"
)

// Summary is what is told of many durations.
type Summary struct {
	Count         int
	P50, P99, Max time.Duration
}

func summarize(all []time.Duration) Summary {
	if len(all) == 0 {
		return Summary{}
	}
	slices.Sort(all)
	at := func(share float64) time.Duration { return all[min(len(all)-1, int(share*float64(len(all))))] }
	return Summary{Count: len(all), P50: at(0.50), P99: at(0.99), Max: all[len(all)-1]}
}

func (s Summary) String() string {
	return fmt.Sprintf("p50 %s, p99 %s, max %s (%d)", short(s.P50), short(s.P99), short(s.Max), s.Count)
}

// short rounds a duration for a table.
func short(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	default:
		return d.Round(10 * time.Millisecond).String()
	}
}
