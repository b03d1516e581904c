//go:build powercut

package chaos

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// cut takes the power from processes and their disks at one moment, and gives it back.
func (w *world) cut(ctx context.Context, powered map[string]*disk) error {
	for name := range powered {
		if err := syscall.Kill(w.PID(name), syscall.SIGSTOP); err != nil {
			return err
		}
	}
	for name, d := range powered {
		if err := standsStill(w.PID(name)); err != nil {
			return err
		}
		if err := d.freeze(); err != nil {
			return err
		}
	}
	for name, d := range powered {
		if err := w.Kill9(name); err != nil {
			return err
		}
		if err := d.revert(); err != nil {
			return err
		}
	}
	return w.Restart(ctx, slices.Sorted(maps.Keys(powered))...)
}

// G2 of the all-in-one.
func TestSafeAllInOneSurvivesPowerCuts(t *testing.T) {
	dir := t.TempDir()
	powered := map[string]*disk{"bellhop": newDisk(t, filepath.Join(dir, "data"))}
	w := openIn(t, dir, cluster.Up, cluster.Settings{Webhook: true}, "bellhop")
	w.powerFails(t, "all-in-one", powered, 3)
}

// G2 of a cluster: one disk, then all at once.
func TestSafeClusterSurvivesPowerCuts(t *testing.T) {
	dir := t.TempDir()
	powered := map[string]*disk{}
	for _, node := range cluster.Nodes {
		powered[node] = newDisk(t, filepath.Join(dir, node))
	}
	w := openIn(t, dir, cluster.Split, cluster.Settings{Webhook: true})
	first := cluster.Nodes[0]
	w.powerFails(t, "one-node", map[string]*disk{first: powered[first]}, 1)
	w.powerFails(t, "all-nodes", powered, 2)
}

func (w *world) powerFails(t *testing.T, what string, powered map[string]*disk, times int) {
	t.Run(what, func(t *testing.T) {
		result, err := w.round(t.Context(), what, talking(), 1./3, func(ctx context.Context, c *crowd) error {
			c.kills = times
			for range times {
				if err := w.cut(ctx, powered); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatalf("%v\n%s", err, w.Tail(slices.Sorted(maps.Keys(powered))[0]))
		}
		t.Logf("power cut of %s, %d times: %v", what, times, result)
		if result.broken() {
			t.Error("a promise was broken")
		}
	})
}

// The window of the relaxed profile is what was accepted since the last sync, a second ago at most.
func TestRelaxedAllInOneLosesItsLastSecondToAPowerCut(t *testing.T) {
	dir := t.TempDir()
	powered := map[string]*disk{"bellhop": newDisk(t, filepath.Join(dir, "data"))}
	w := openIn(t, dir, cluster.Up, cluster.Settings{Webhook: true, Durability: "relaxed"}, "bellhop")
	alone := talking()
	alone.answerEvery = alone.each // nobody waits for what will be lost
	result, err := w.round(t.Context(), "relaxed", alone, 1./3, func(ctx context.Context, c *crowd) error {
		if err := powered["bellhop"].settle(); err != nil { // as it would be after half a minute
			return err
		}
		for begun := c.attempts(); c.attempts() < begun+2*crowdSize; {
			if !visitor.Sleep(ctx, look) {
				return ctx.Err()
			}
		}
		return w.cut(ctx, powered)
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, w.Tail("bellhop"))
	}
	t.Logf("power cut of the relaxed all-in-one: %v", result)
	if result.Lost == 0 {
		t.Error("nothing is lost: the safe profile's test would not see a loss either")
	}
}

// attempts counts what the visitors have begun to send.
func (c *crowd) attempts() (n int64) {
	for _, v := range c.visitors {
		n += v.attempts.Load()
	}
	return n
}
