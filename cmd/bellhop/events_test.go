package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/runner"
)

func TestEventsListHasALineForEachType(t *testing.T) {
	code, out, stderr := command(t, "events", "list")
	if code != runner.ExitOK {
		t.Fatalf("exit code %d\n%s", code, stderr)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != len(bus.Types()) {
		t.Fatalf("%d lines for %d types:\n%s", len(lines), len(bus.Types()), out)
	}
	for i, kind := range bus.Types() {
		fields := strings.Fields(lines[i])
		if fields[0] != string(kind) || len(fields) < 4 || strings.Contains(lines[i], "\t") {
			t.Errorf("%s: %q", kind, lines[i])
		}
	}
}

func TestEventsSchemaPrintsTheSchemaOfEachType(t *testing.T) {
	for _, kind := range bus.Types() {
		code, out, stderr := command(t, "events", "schema", string(kind))
		var schema struct {
			Schema string `json:"$schema"`
			Title  string `json:"title"`
		}
		if err := json.Unmarshal([]byte(out), &schema); code != runner.ExitOK || err != nil || schema.Title != "bellhop."+string(kind) || !strings.Contains(schema.Schema, "2020-12") {
			t.Errorf("%s: exit code %d, %+v, %v\n%s", kind, code, schema, err, stderr)
		}
	}
	for _, args := range [][]string{{"events", "schema"}, {"events", "schema", "message.invented"}} {
		if code, _, stderr := command(t, args...); code != runner.ExitConfiguration || stderr == "" {
			t.Errorf("%v: exit code %d\n%s", args, code, stderr)
		}
	}
}

func TestEventsTailPrintsWhatIsStored(t *testing.T) {
	natsAddr := freeAddr(t)
	base, _ := start(t, "--data", t.TempDir(), "--nats-addr", natsAddr)
	first := say(t, base)
	out, _, _ := background(t, "events", "tail", "--nats-url", "nats://"+natsAddr, "--from", "1", "--type", "message.created", "--json")
	eventually(t, "the tail prints what was stored before", func() bool { return strings.Contains(out.String(), first) })
	second := say(t, base)
	eventually(t, "the tail prints what is stored now", func() bool { return strings.Contains(out.String(), second) })
	for line := range bytes.Lines([]byte(out.String())) {
		var event struct{ SpecVersion, Type, Subject string }
		if err := json.Unmarshal(line, &event); err != nil || event.SpecVersion != "1.0" || event.Type != "bellhop.message.created" {
			t.Errorf("line %s: %v", line, err)
		}
	}
	for _, args := range [][]string{{"events", "tail"}, {"tail"}} {
		code, _, stderr := command(t, append(args, "--type", "message.invented")...)
		if code != runner.ExitConfiguration || !strings.Contains(stderr, "message.created") {
			t.Errorf("%v of an unknown type: exit code %d\n%s", args, code, stderr)
		}
	}
}

func TestEventsTailLeavesOutWhatWasNotAskedFor(t *testing.T) {
	natsAddr := freeAddr(t)
	base, _ := start(t, "--data", t.TempDir(), "--nats-addr", natsAddr)
	url := "nats://" + natsAddr
	first, second := say(t, base), say(t, base)
	one, _, _ := background(t, "events", "tail", "--nats-url", url, "--from", "1", "--session", second)
	none, errs, _ := background(t, "events", "tail", "--nats-url", url, "--from", "1", "--project", "other")
	all, _, _ := background(t, "events", "tail", "--nats-url", url, "--from", "1", "--project", "default")
	eventually(t, "what was asked for is printed", func() bool {
		return strings.Contains(one.String(), "message.created") && strings.Contains(all.String(), "message.created") &&
			strings.Contains(all.String(), first)
	})
	if strings.Contains(one.String(), first) || none.String() != "" {
		t.Errorf("of one session:\n%s\nof another project:\n%s%s", one, none, errs)
	}
}
