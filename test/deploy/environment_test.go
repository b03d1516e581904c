package deploy

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/runner"
	"github.com/bellhop-chat/bellhop/internal/runner/config"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/inbound"
	"github.com/bellhop-chat/bellhop/services/notifier"
	"github.com/bellhop-chat/bellhop/services/sessions"
)

// process is what a service reads at its start.
type process[C any] struct {
	Settings runner.Settings
	Service  C
}

// services are Bellhop's own, by their label, with what they read.
var services = map[string]func() any{
	"gateway":  func() any { return &process[gateway.Config]{} },
	"sessions": func() any { return &process[sessions.Config]{} },
	"notifier": func() any { return &process[notifier.Config]{} },
	"inbound":  func() any { return &process[inbound.Config]{} },
}

// environment is what a pod's process finds. As in a pod, what comes later wins, and env over envFrom.
func (s *site) environment(t testing.TB, w workload) map[string]string {
	t.Helper()
	env := map[string]string{}
	for _, from := range w.container().EnvFrom {
		if from.ConfigMapRef != nil {
			maps.Copy(env, s.configs[from.ConfigMapRef.Name].Data)
		}
		if from.SecretRef != nil {
			for name, value := range s.secrets[from.SecretRef.Name].Data {
				env[name] = string(value)
			}
		}
	}
	for _, v := range w.container().Env {
		env[v.Name] = v.Value
	}
	return env
}

// declared are the variables that the tags of a struct name.
func declared(of reflect.Type, found map[string]bool) map[string]bool {
	for field := range of.Fields() {
		if variable := field.Tag.Get("env"); variable != "" {
			found[variable] = true
		} else if field.Type.Kind() == reflect.Struct {
			declared(field.Type, found)
		}
	}
	return found
}

func TestServicesReadEveryVariableAndTakeTheConfiguration(t *testing.T) {
	files := newDisk(t)
	everySite(t, func(t *testing.T, s *site) {
		seen := map[string]bool{}
		for _, w := range s.workloads {
			name := w.pod.Labels["app.kubernetes.io/name"]
			if services[name] == nil {
				continue
			}
			seen[name] = true
			cfg := services[name]()
			reads, env := declared(reflect.TypeOf(cfg).Elem(), map[string]bool{}), s.environment(t, w)
			for variable := range env {
				if !reads[variable] || config.Scope(variable) == "" {
					t.Errorf("%s does not read %s", w.name, variable)
				}
			}
			if err := config.Load(cfg, func(name string) (string, bool) { v, ok := env[name]; return files.at(w, v), ok }); err != nil {
				t.Errorf("%s does not start: %v", w.name, err)
			}
			for _, needed := range []string{"ADMIN_ADDR", "NATS_URL", "NATS_MONITOR_URL", "SESSIONS_ADDR", "RETENTION"} {
				if env[needed] == "" {
					t.Errorf("%s has no %s", w.name, needed)
				}
			}
			if env["PROFILE"] != "production" {
				t.Errorf("%s takes unsafe storage", w.name)
			}
			// Ports that the probes and the services name.
			for variable, port := range map[string]string{"ADMIN_ADDR": "admin", "HTTP_ADDR": "http"} {
				if address := env[variable]; address != "" && !strings.HasSuffix(address, ":"+w.port(port)) {
					t.Errorf("%s listens on %s, and its port %s is %s", w.name, address, port, w.port(port))
				}
			}
		}
		if want := slices.Sorted(maps.Keys(services)); !slices.Equal(slices.Sorted(maps.Keys(seen)), want) {
			t.Errorf("there are %v, want %v", seen, want)
		}
	})
}

func TestTheLocalOverlayConnectsTheSimulatedPlatforms(t *testing.T) {
	s := overlay(t, "local")
	for _, platform := range []string{"telegram", "discord", "slack"} {
		env := s.environment(t, s.workload(t, "notifier-"+platform))
		cfg := process[notifier.Config]{}
		if err := config.Load(&cfg, func(name string) (string, bool) { v, ok := env[name]; return v, ok }); err != nil {
			t.Fatal(err)
		}
		if got := cfg.Service.Connected(); !slices.Equal(got, []string{platform}) {
			t.Errorf("the notifier of %s is connected to %v", platform, got)
		}
	}
}
