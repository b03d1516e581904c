package durability

import (
	"context"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// enough replicas survive the loss of one disk: a majority is left.
const enough = 3

// Hazard is one way in which something acknowledged can be lost.
type Hazard struct {
	// What was found, and the Fix.
	What, Fix string
	// Grave is what is refused in every profile that calls itself safe: nobody configures it on purpose.
	Grave bool
}

// Findings are what a look at the bus has found.
type Findings struct {
	// Hazards of the streams, then of the servers.
	Hazards []Hazard
	// Asked is how many servers have told how they sync; Unknown says of the others why they have not.
	Asked   int
	Unknown []string
}

// Examine looks at the bus's streams and servers. Errors are bus.ErrUnavailable.
func (c Config) Examine(ctx context.Context, b *bus.Bus) (Findings, error) {
	var f Findings
	kept, err := b.Kept(ctx)
	if err != nil {
		return f, err
	}
	for _, k := range kept {
		f.Hazards = append(f.Hazards, ofStream(k)...)
	}
	nodes, unknown := ask(ctx, c.Monitors)
	for _, n := range nodes {
		f.Hazards = append(f.Hazards, n.hazards()...)
	}
	f.Asked, f.Unknown = len(nodes), unknown
	if len(c.Monitors) == 0 {
		f.Unknown = []string{"NATS_MONITOR_URL is not set: whether the servers sync before they acknowledge is not known"}
	}
	return f, nil
}

func ofStream(k bus.Kept) (hazards []Hazard) {
	if k.Memory {
		hazards = append(hazards, Hazard{
			What: fmt.Sprintf("stream %s is kept in memory: a restart loses everything", k.Stream),
			Fix:  fmt.Sprintf("nats stream backup %[1]s DIR, then nats stream rm %[1]s and nats stream restore DIR with \"storage\": \"file\" in its backup.json", k.Stream), Grave: true,
		})
	}
	if k.Async {
		hazards = append(hazards, Hazard{
			What: fmt.Sprintf("stream %s acknowledges before it writes (persist mode async): a killed server loses messages", k.Stream),
			Fix:  fmt.Sprintf("nats stream edit %s with \"persist_mode\": \"default\", then restart the servers", k.Stream), Grave: true,
		})
	}
	if k.Replicas < enough {
		hazards = append(hazards, Hazard{
			What: fmt.Sprintf("stream %s has %d of %d replicas: the loss of one disk loses messages", k.Stream, k.Replicas, enough),
			Fix:  fmt.Sprintf("run three NATS servers as a cluster, then nats stream edit %s --replicas %d", k.Stream, enough),
		})
	}
	return hazards
}

func (n node) hazards() []Hazard {
	if n.Config.SyncAlways {
		return nil
	}
	return []Hazard{{
		What: fmt.Sprintf("NATS server %s syncs its disk every %s: a power cut loses what came since", n.name(), n.Config.SyncInterval),
		Fix:  "jetstream { sync_interval: always } in its configuration, then restart it",
	}}
}

// texts are one line each.
func texts(hazards []Hazard) string {
	lines := make([]string, len(hazards))
	for i, h := range hazards {
		lines[i] = h.What
	}
	return strings.Join(lines, "; ")
}

// fixes are what to do, each once.
func fixes(hazards []Hazard) string {
	var lines []string
	said := map[string]bool{}
	for _, h := range hazards {
		if !said[h.Fix] {
			lines, said[h.Fix] = append(lines, h.Fix), true
		}
	}
	return strings.Join(lines, "; ")
}
