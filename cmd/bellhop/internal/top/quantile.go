package top

import (
	"math"
	"slices"
)

// Latency is what a histogram tells, in seconds.
type Latency struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	// Count is how many were observed: in the interval, or since the start when there was nothing in it.
	Count float64 `json:"count"`
}

// latency of what was observed between two readings; of everything before when that was nothing.
func latency(before, now Reading, name string, want labels) Latency {
	all := now.buckets(name, want)
	since := map[float64]float64{}
	earlier := before.buckets(name, want)
	for upper, n := range all {
		since[upper] = max(0, n-earlier[upper])
	}
	if total(since) == 0 {
		since = all
	}
	return Latency{P50: quantile(since, 0.5), P99: quantile(since, 0.99), Count: total(since)}
}

// buckets are a histogram's, cumulative, by upper bound; those of several series are added.
func (r Reading) buckets(name string, want labels) map[float64]float64 {
	sum := map[float64]float64{}
	for _, m := range r.Families[name] {
		if !want.match(m) || m.GetHistogram() == nil {
			continue
		}
		for _, b := range m.GetHistogram().GetBucket() {
			if !math.IsInf(b.GetUpperBound(), 1) {
				sum[b.GetUpperBound()] += float64(b.GetCumulativeCount())
			}
		}
		sum[math.Inf(1)] += float64(m.GetHistogram().GetSampleCount())
	}
	return sum
}

func total(buckets map[float64]float64) float64 { return buckets[math.Inf(1)] }

// quantile is estimated as Prometheus does: evenly within a bucket. What lies above the last bound counts as that.
func quantile(buckets map[float64]float64, q float64) float64 {
	uppers := make([]float64, 0, len(buckets))
	for upper := range buckets {
		uppers = append(uppers, upper)
	}
	slices.Sort(uppers)
	rank := q * total(buckets)
	lower, below := 0.0, 0.0
	for _, upper := range uppers {
		n := buckets[upper]
		if n >= rank && n > below {
			if math.IsInf(upper, 1) {
				return lower
			}
			return lower + (upper-lower)*(rank-below)/(n-below)
		}
		lower, below = upper, n
	}
	return 0
}
