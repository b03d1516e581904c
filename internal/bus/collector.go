package bus

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// collectTimeout bounds the look at the bus that a scrape makes: an answer without it is worth more than none.
const collectTimeout = 2 * time.Second

// Collector tells how the whole bus is whenever it is asked: what is stored, what waits for whom, dead letters, replicas. One service
// of an installation registers it; consumers whose process is gone are seen too. durability is the profile: safe or relaxed.
func (b *Bus) Collector(durability string) prometheus.Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("bellhop_bus_"+name, help, labels, nil)
	}
	return &collector{
		bus: b, durability: durability,
		up:        desc("up", "1 if the bus has answered this scrape."),
		profile:   desc("durability_info", "Always 1; the label is the durability profile: safe or relaxed.", "profile"),
		events:    desc("stored_events", "Events in the stream."),
		bytes:     desc("stored_bytes", "Bytes that they take."),
		dead:      desc("stored_dead_letters", "Dead letters that are kept."),
		replicas:  desc("replicas", "Replicas of the stream."),
		current:   desc("replicas_current", "Replicas that are up to date."),
		waiting:   desc("consumer_waiting_events", "Events that a consumer has not been given.", "consumer"),
		unsettled: desc("consumer_unsettled_events", "Events that a consumer was given and has not settled.", "consumer"),
	}
}

type collector struct {
	bus        *Bus
	durability string

	up, profile, events, bytes, dead, replicas, current, waiting, unsettled *prometheus.Desc
}

// Describe tells what there is.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.up, c.profile, c.events, c.bytes, c.dead, c.replicas, c.current, c.waiting, c.unsettled} {
		to <- d
	}
}

// Collect asks the bus. While it does not answer, only that is told.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(c.profile, 1, c.durability)
	ctx, cancel := context.WithTimeout(context.Background(), collectTimeout)
	defer cancel()
	s, err := c.bus.State(ctx)
	if err != nil {
		gauge(c.up, 0)
		return
	}
	gauge(c.up, 1)
	gauge(c.events, float64(s.Events))
	gauge(c.bytes, float64(s.Bytes))
	gauge(c.dead, float64(s.DeadLetters))
	gauge(c.replicas, float64(s.Replicas))
	gauge(c.current, float64(s.Current))
	for _, consumer := range s.Consumers {
		gauge(c.waiting, float64(consumer.Waiting), consumer.Name)
		gauge(c.unsettled, float64(consumer.Unsettled), consumer.Name)
	}
}
