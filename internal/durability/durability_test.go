package durability_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/durability"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func monitored(o *server.Options) { o.HTTPHost, o.HTTPPort = "127.0.0.1", server.RANDOM_PORT }

func synced(o *server.Options) { o.SyncAlways = true }

// inProduction is what production says, with these servers asked.
func inProduction(monitors []string) durability.Config {
	return durability.Config{Profile: "production", Durability: "safe", Monitors: monitors}
}

// G3: each hazard alone ends the process, with what to do.
func TestProductionStartsOnSafeStorageOnly(t *testing.T) {
	cluster := bustest.NewCluster(t, monitored, synced)
	b := cluster.Connect(t, bus.Config{})
	if err := inProduction(cluster.Monitors()).Enforce(deadline(t), b, bustest.Logger(t)); err != nil {
		t.Errorf("three replicas on synced disks are refused: %v", err)
	}
	cluster.Stop(2)
	if err := inProduction(append(cluster.Monitors(), nobody())).Enforce(deadline(t), b, bustest.Logger(t)); err != nil {
		t.Errorf("a server that is down keeps the others' clients from starting: %v", err)
	}
}

func TestProductionRefusesUnsafeStorageAndSaysHowToMendIt(t *testing.T) {
	lazy := bustest.NewCluster(t, monitored)
	synced := bustest.NewCluster(t, monitored, synced)
	for name, c := range map[string]struct {
		cluster *bustest.Cluster
		stream  *bustest.Poor // there before Bellhop
		bus     bus.Config
		found   string
		fix     string
	}{
		"lazy sync":   {lazy, nil, bus.Config{}, "syncs its disk every 2m0s", "sync_interval: always"},
		"one replica": {synced, nil, bus.Config{Replicas: 1}, "1 of 3 replicas", "--replicas 3"},
		"memory":      {synced, &bustest.Poor{Memory: true, Replicas: 3}, bus.Config{}, "kept in memory", `"storage": "file"`},
		"asynchronous": {synced, &bustest.Poor{Async: true, Replicas: 1}, bus.Config{Replicas: 1},
			"before it writes", "persist_mode"},
	} {
		t.Run(name, func(t *testing.T) {
			outside := c.cluster.Client(t)
			if c.stream != nil {
				bustest.MakeStream(t, outside, *c.stream)
			}
			b := c.cluster.Connect(t, c.bus)
			err := inProduction(c.cluster.Monitors()).Enforce(deadline(t), b, bustest.Logger(t))
			var wrong *config.Error
			if !errors.As(err, &wrong) || !strings.Contains(wrong.Found, c.found) || !strings.Contains(wrong.Where, c.fix) {
				t.Errorf("refused with %v", err)
			}
			bustest.DropStreams(t, outside)
		})
	}
}

// What nobody configures on purpose is refused wherever it would be called safe; the rest is warned of.
func TestStandardProfileRefusesMemoryAndAsynchronousPersistence(t *testing.T) {
	for name, c := range map[string]struct {
		stream     bustest.Poor
		durability string
		refused    bool
	}{
		"memory":                {bustest.Poor{Memory: true}, "safe", true},
		"asynchronous":          {bustest.Poor{Async: true}, "safe", true},
		"asynchronous, relaxed": {bustest.Poor{Async: true}, "relaxed", false},
		"one replica":           {bustest.Poor{}, "safe", false},
	} {
		t.Run(name, func(t *testing.T) {
			alone := bustest.Alone{Server: bustest.Server(t)}
			bustest.MakeStream(t, alone.Client(t), c.stream)
			err := durability.Config{Profile: "standard", Durability: c.durability}.Enforce(deadline(t), alone.Connect(t, bus.Config{}), bustest.Logger(t))
			if refused := err != nil; refused != c.refused {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestProductionNamesWhatItsConfigurationLacks(t *testing.T) {
	lacking := durability.Config{Profile: "production", Durability: "relaxed"}
	err := lacking.Validate()
	for _, variable := range []string{"DURABILITY", "NATS_MONITOR_URL"} {
		if err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s is not named: %v", variable, err)
		}
	}
	garbled := durability.Config{Monitors: []string{"nats://host:4222"}}
	if err := garbled.Validate(); err == nil || !strings.Contains(err.Error(), "NATS_MONITOR_URL") {
		t.Errorf("an address that cannot be asked: %v", err)
	}
	if lacking.Outside(true) == nil || lacking.Outside(false) != nil {
		t.Error("production takes the embedded bus")
	}
	standard := durability.Config{Profile: "standard", Durability: "relaxed"}
	if standard.Validate() != nil || standard.Outside(true) != nil {
		t.Error("the standard profile asks for more than it says")
	}
}

// A server that does not answer, or is none, is told of, and what stands behind the others counts.
func TestServersThatCannotBeAskedAreNamed(t *testing.T) {
	b := bustest.New(t)
	for name, answer := range map[string]http.HandlerFunc{
		"not JSON":       func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"another server": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) },
		"an error":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
	} {
		other := httptest.NewServer(answer)
		found, err := durability.Config{Monitors: []string{other.URL}}.Examine(deadline(t), b)
		if err != nil || found.Asked != 0 || len(found.Unknown) != 1 || !strings.Contains(found.Unknown[0], strings.TrimPrefix(other.URL, "http://")) {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
		other.Close()
	}
	found, err := durability.Config{Monitors: []string{nobody()}}.Examine(deadline(t), b)
	if err != nil || found.Asked != 0 || len(found.Unknown) != 1 {
		t.Errorf("nobody: %+v, %v", found, err)
	}
}

// nobody is an address at which nobody listens.
func nobody() string {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	return s.URL
}
