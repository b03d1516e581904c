package top

import (
	"slices"
	"strings"
	"time"
)

// View is what is shown. Rates are per second, latencies in seconds, ages in seconds.
type View struct {
	At         time.Time `json:"at"`
	Interval   float64   `json:"interval"`
	Processes  float64   `json:"processes"`
	Ready      float64   `json:"ready"`
	Silent     []string  `json:"silent,omitempty"`
	Durability string    `json:"durability"`

	Accepted      float64 `json:"acceptedPerSecond"`
	AcceptedTotal float64 `json:"acceptedTotal"`
	Rejected      float64 `json:"rejectedPerSecond"`
	RateLimited   float64 `json:"rateLimitedPerSecond"`
	Unavailable   float64 `json:"unavailablePerSecond"`
	Refused       float64 `json:"refusedWebhooksTotal"`
	Sockets       float64 `json:"sockets"`

	Stages      []Stage       `json:"stages"`
	Platforms   []Platform    `json:"platforms"`
	Webhooks    []Destination `json:"webhooks"`
	Consumers   []Consumer    `json:"consumers"`
	DeadLetters float64       `json:"deadLetters"`
	Replicas    float64       `json:"replicas"`
	Current     float64       `json:"replicasCurrent"`
	BusUp       bool          `json:"busUp"`
}

// Stage is a part of a message's way.
type Stage struct {
	Name string `json:"name"`
	Latency
}

// Platform is one where the team is.
type Platform struct {
	Name           string  `json:"platform"`
	Project        string  `json:"project,omitempty"`
	Delivered      float64 `json:"deliveredPerSecond"`
	DeliveredTotal float64 `json:"deliveredTotal"`
	Delivery       Latency `json:"delivery"`
	Lag            float64 `json:"lag"`
	Waiting        float64 `json:"waiting"`
	RateLimited    float64 `json:"rateLimitedTotal"`
	Failed         float64 `json:"failedTotal"`
	CircuitOpen    bool    `json:"circuitOpen"`
	Held           bool    `json:"held"`
}

// Destination is a customer's server.
type Destination struct {
	Name      string  `json:"destination"`
	Delivered float64 `json:"deliveredPerSecond"`
	Waiting   float64 `json:"waitingSessions"`
	Oldest    float64 `json:"oldestWaiting"`
	Disabled  bool    `json:"disabled"`
}

// Consumer is who reads the bus; the 16 parts of the sessions service are one.
type Consumer struct {
	Name      string  `json:"consumer"`
	Waiting   float64 `json:"waiting"`
	Unsettled float64 `json:"unsettled"`
}

// between are two readings.
type between struct{ before, now Reading }

func (b between) seconds() float64 { return max(0.001, b.now.At.Sub(b.before.At).Seconds()) }

// rate of counters. A process that has begun anew counts from 0.
func (b between) rate(name string, want labels) float64 {
	before, now := b.before.sum(name, want), b.now.sum(name, want)
	if now < before {
		before = 0
	}
	return (now - before) / b.seconds()
}

// Between makes the view of what happened between two readings.
func Between(before, now Reading) View {
	b := between{before, now}
	accepted := labels{"type": "message.created", "service": "gateway"}
	v := View{
		At: now.At, Interval: b.seconds(), Silent: now.Silent,
		Processes: float64(len(now.Families["bellhop_build_info"])), Ready: now.sum("bellhop_ready", nil),
		Durability: strings.Join(now.values("bellhop_bus_durability_info", "profile"), ","),
		Accepted:   b.rate("bellhop_bus_published_events_total", accepted), AcceptedTotal: now.sum("bellhop_bus_published_events_total", accepted),
		RateLimited: b.rate("bellhop_gateway_limited_total", nil), Unavailable: b.rate("bellhop_http_requests_total", labels{"code": "503"}),
		Refused: now.sum("bellhop_inbound_refused_total", nil), Sockets: now.sum("bellhop_gateway_sockets", nil),
		DeadLetters: now.most("bellhop_bus_stored_dead_letters", nil),
		Replicas:    now.most("bellhop_bus_replicas", nil), Current: now.most("bellhop_bus_replicas_current", nil),
		BusUp: now.most("bellhop_bus_up", nil) > 0,
	}
	for _, code := range now.values("bellhop_http_requests_total", "code") {
		if strings.HasPrefix(code, "4") {
			v.Rejected += b.rate("bellhop_http_requests_total", labels{"code": code})
		}
	}
	v.Stages, v.Platforms, v.Webhooks, v.Consumers = b.stages(), b.platforms(), b.destinations(), now.consumers()
	return v
}

func (b between) stages() []Stage {
	of := func(name, metric string, want labels) Stage {
		return Stage{name, latency(b.before, b.now, metric, want)}
	}
	return []Stage{
		of("POST answered", "bellhop_http_request_seconds", labels{"service": "gateway", "route": "~/message"}),
		of("stored by the bus", "bellhop_bus_publish_seconds", labels{"service": "gateway"}),
		of("in the session store", "bellhop_projection_delay_seconds", nil),
		of("on the platform", "bellhop_notifier_delivery_seconds", nil),
		of("operator's answer taken", "bellhop_inbound_handling_seconds", nil),
		of("pushed to sockets", "bellhop_gateway_push_seconds", nil),
	}
}

func (b between) platforms() (all []Platform) {
	const delivery = "bellhop_notifier_delivery_seconds"
	for _, name := range sorted(b.now.values(delivery, "platform")) {
		for _, project := range sorted(b.now.values(delivery, "project")) {
			want := labels{"platform": name, "project": project}
			if !slices.ContainsFunc(b.now.Families[delivery], want.match) {
				continue
			}
			all = append(all, Platform{
				Name: name, Project: project, Delivered: b.rate(delivery, want), DeliveredTotal: b.now.sum(delivery, want),
				Delivery: latency(b.before, b.now, delivery, want), Lag: b.now.most("bellhop_notifier_lag_seconds", want),
				Waiting: b.now.sum("bellhop_notifier_waiting", want), RateLimited: b.now.sum("bellhop_notifier_rate_limited_total", want),
				Failed: b.now.sum("bellhop_notifier_failed_total", want), CircuitOpen: b.now.most("bellhop_notifier_circuit_open", want) > 0,
				Held: b.now.most("bellhop_notifier_holding", want) > 0,
			})
		}
	}
	return all
}

func (b between) destinations() (all []Destination) {
	for _, name := range sorted(b.now.values("bellhop_webhook_delivered_total", "destination")) {
		want := labels{"destination": name}
		all = append(all, Destination{
			Name: name, Delivered: b.rate("bellhop_webhook_delivered_total", want), Waiting: b.now.sum("bellhop_webhook_waiting_sessions", want),
			Oldest: b.now.most("bellhop_webhook_oldest_waiting_seconds", want), Disabled: b.now.most("bellhop_webhook_disabled", want) > 0,
		})
	}
	return all
}

// consumers are as the bus tells; every replica that tells it tells the same.
func (r Reading) consumers() (all []Consumer) {
	const waiting, unsettled = "bellhop_bus_consumer_waiting_events", "bellhop_bus_consumer_unsettled_events"
	sums := map[string]*Consumer{}
	for _, name := range sorted(r.values(waiting, "consumer")) {
		shown := name
		if base, part, ok := strings.Cut(name, "-"); ok && base == "sessions" && len(part) == 2 {
			shown = base
		}
		if sums[shown] == nil {
			sums[shown] = &Consumer{Name: shown}
		}
		sums[shown].Waiting += r.most(waiting, labels{"consumer": name})
		sums[shown].Unsettled += r.most(unsettled, labels{"consumer": name})
	}
	names := make([]string, 0, len(sums))
	for name := range sums {
		names = append(names, name)
	}
	for _, name := range sorted(names) {
		all = append(all, *sums[name])
	}
	return all
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}
