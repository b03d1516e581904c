package metric_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bellhop-chat/bellhop/internal/metric"
)

func counter(help string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bellhop_test_total", Help: help}, []string{"kind"})
}

func TestWhatIsStartedAgainGoesOnCountingWhereItWas(t *testing.T) {
	registry := prometheus.NewRegistry()
	for range 2 {
		c, err := metric.Register(registry, counter("Things."))
		if err != nil {
			t.Fatal(err)
		}
		c.WithLabelValues("a").Inc()
	}
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || families[0].Metric[0].Counter.GetValue() != 2 {
		t.Errorf("%v, %v", families, err)
	}
}

func TestAnotherMetricOfTheSameNameIsRefused(t *testing.T) {
	registry := prometheus.NewRegistry()
	if _, err := metric.Register(registry, counter("Things.")); err != nil {
		t.Fatal(err)
	}
	if _, err := metric.Register(registry, counter("Other things.")); err == nil {
		t.Error("two metrics of one name")
	}
	if _, err := metric.Register(nil, counter("")); err != nil {
		t.Errorf("without a registry: %v", err)
	}
}

func TestBucketsGrow(t *testing.T) {
	for _, buckets := range [][]float64{metric.Quick(), metric.Slow()} {
		for i := range buckets[1:] {
			if buckets[i] >= buckets[i+1] {
				t.Errorf("%v", buckets)
			}
		}
	}
}
