package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/check"
	"github.com/bellhop-chat/bellhop/internal/condition"
	"github.com/bellhop-chat/bellhop/internal/runner"
)

// busTimeout bounds the look at the bus.
const busTimeout = 10 * time.Second

// examineBus looks at the storage's safety, at what waits and at what services have found wrong.
func (c doctorConfig) examineBus(ctx context.Context, rt runner.Runtime) []check.Finding {
	r := check.NewReport("bus")
	if c.NATSURL == "" {
		c.examineDurability(r)
	} else if c.Storage.InProduction() {
		r.OK("profile", "production: unsafe storage is refused at start")
	}
	at := c.NATSURL
	if at == "" && c.NATSAddr != "" {
		at = "nats://" + c.NATSAddr
	}
	if at == "" {
		r.OK("contents", "not looked at: the embedded bus has no address; bellhop up --nats-addr gives it one")
		return r.Findings()
	}
	ctx, cancel := context.WithTimeout(ctx, busTimeout)
	defer cancel()
	b, err := bus.Connect(ctx, c.Access.To(bus.Config{URL: at, Name: "bellhop doctor", Join: true, ConnectTimeout: busTimeout, Log: rt.Log}, bus.CommandLine))
	if err != nil {
		r.Fail("connection", err.Error(), "start NATS, or check NATS_URL")
		return r.Findings()
	}
	defer b.Close()
	c.examineAccess(r)
	state, err := b.State(ctx)
	if err != nil {
		r.Fail("state", err.Error(), "")
		return r.Findings()
	}
	examineState(r, state)
	if c.NATSURL != "" {
		c.examineStorage(ctx, r, b)
	}
	findings := r.Findings()
	conditions, err := condition.List(ctx, b.Notebook())
	if err != nil {
		r.Warn("conditions", err.Error(), "")
	}
	for _, found := range conditions {
		name := found.Platform
		if found.Project != "" {
			name = string(found.Project) + ": " + name
		}
		part := check.NewReport(name)
		if found.OK() {
			part.OK(found.Part, "worked last, since "+found.Since.Format(time.DateTime)+" UTC")
		} else {
			part.Fail(found.Part, fmt.Sprintf("%s, since %s UTC", found.Problem, found.Since.Format(time.DateTime)), "see what is said of the platform above")
		}
		findings = append(findings, part.Findings()...)
	}
	return findings
}

func (c doctorConfig) examineDurability(r *check.Report) {
	if cmp.Or(c.Storage.Durability, "safe") == "safe" {
		r.OK("durability", "safe: what is acknowledged is on disk")
		return
	}
	r.Warn("durability", "relaxed: a power cut may take the last second", "DURABILITY=safe")
}

// examineStorage says what an acknowledgement of the servers is worth: what production refuses is a problem there.
func (c doctorConfig) examineStorage(ctx context.Context, r *check.Report, b *bus.Bus) {
	found, err := c.Storage.Examine(ctx, b)
	if err != nil {
		r.Fail("storage", err.Error(), "")
		return
	}
	for _, h := range found.Hazards {
		if c.Storage.Refuses(h) {
			r.Fail("storage", h.What, h.Fix)
		} else {
			r.Warn("storage", h.What, h.Fix)
		}
	}
	for _, reason := range found.Unknown {
		r.Warn("storage", reason, "NATS_MONITOR_URL=http://host:8222 of every server")
	}
	if len(found.Hazards)+len(found.Unknown) == 0 {
		r.OK("storage", "what is acknowledged is on the disks of a majority of the servers")
	}
}

func examineState(r *check.Report, s bus.State) {
	switch {
	case s.Cluster == "":
		r.OK("replicas", "one server")
	case s.Current < s.Replicas:
		r.Warn("replicas", fmt.Sprintf("%d of %d are up to date", s.Current, s.Replicas), "look at the other nodes")
	default:
		r.OK("replicas", fmt.Sprintf("%d, all up to date", s.Replicas))
	}
	r.OK("events", fmt.Sprintf("%d, %.1f MB", s.Events, float64(s.Bytes)/1e6))
	if s.DeadLetters > 0 {
		r.Warn("dead letters", fmt.Sprintf("%d", s.DeadLetters), "bellhop dlq list")
	} else {
		r.OK("dead letters", "none")
	}
	for _, consumer := range s.Consumers {
		if waits := consumer.Waiting + uint64(consumer.Unsettled); waits > 0 {
			r.Warn(consumer.Name, fmt.Sprintf("%d events wait", waits), "is it running? what does its log say?")
		}
	}
}
