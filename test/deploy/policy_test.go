package deploy

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

func TestEveryPodRunsAsNobodyAndWritesNowhere(t *testing.T) {
	everySite(t, func(t *testing.T, s *site) {
		for _, w := range s.workloads {
			spec := w.pod.Spec
			must := map[string]bool{
				"one container":           len(spec.Containers) == 1 && len(spec.InitContainers) == 0,
				"no token":                spec.AutomountServiceAccountToken != nil && !*spec.AutomountServiceAccountToken,
				"no service links":        spec.EnableServiceLinks != nil && !*spec.EnableServiceLinks,
				"nothing of the node":     !spec.HostNetwork && !spec.HostPID && !spec.HostIPC,
				"an account without more": s.accounts[spec.ServiceAccountName],
			}
			c := w.container()
			p, sc := spec.SecurityContext, c.SecurityContext
			if p == nil || sc == nil {
				t.Fatalf("%s has no security context", w.name)
			}
			must["not root"] = p.RunAsNonRoot != nil && *p.RunAsNonRoot && p.RunAsUser != nil && *p.RunAsUser > 0
			must["seccomp"] = p.SeccompProfile != nil && p.SeccompProfile.Type == corev1.SeccompProfileTypeRuntimeDefault
			must["no escalation"] = sc.AllowPrivilegeEscalation != nil && !*sc.AllowPrivilegeEscalation
			must["not privileged"] = sc.Privileged == nil || !*sc.Privileged
			must["read-only"] = sc.ReadOnlyRootFilesystem != nil && *sc.ReadOnlyRootFilesystem
			must["no capability"] = sc.Capabilities != nil && len(sc.Capabilities.Add) == 0 && len(sc.Capabilities.Drop) == 1 && sc.Capabilities.Drop[0] == "ALL"
			for _, v := range spec.Volumes {
				must["no volume of the node"] = v.HostPath == nil
			}
			for rule, kept := range must {
				if !kept {
					t.Errorf("%s: %s", w.name, rule)
				}
			}
		}
	})
}

// drains is the longest that a process takes to stop: its parts stop one after the other.
const drains = 50 * time.Second

func TestEveryPodSaysWhatItNeedsAndHowItIs(t *testing.T) {
	everySite(t, func(t *testing.T, s *site) {
		for _, w := range s.workloads {
			c := w.container()
			if c.Resources.Requests.Cpu().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Limits.Memory().IsZero() {
				t.Errorf("%s does not say what it needs: %v", w.name, c.Resources)
			}
			if c.StartupProbe == nil || c.ReadinessProbe == nil || c.LivenessProbe == nil {
				t.Errorf("%s cannot be asked how it is", w.name)
			}
			// There is no host of a registry, and nothing that is another thing tomorrow.
			host, _, _ := strings.Cut(c.Image, "/")
			if _, tag, _ := strings.Cut(c.Image, ":"); strings.ContainsAny(host, ".") && strings.Contains(c.Image, "/") || w.kind == "StatefulSet" && tag == "" {
				t.Errorf("%s runs %q", w.name, c.Image)
			}
			if w.demo() || w.kind == "StatefulSet" {
				continue
			}
			if probe := c.ReadinessProbe.HTTPGet; probe == nil || probe.Path != "/readyz" {
				t.Errorf("%s: readiness %v", w.name, probe)
			}
			if probe := c.LivenessProbe.HTTPGet; probe == nil || probe.Path != "/healthz" {
				t.Errorf("%s: liveness %v", w.name, probe)
			}
			if c.ReadinessProbe.TimeoutSeconds < 1 {
				t.Errorf("%s: the readiness check takes 800 ms, and has %d s", w.name, c.ReadinessProbe.TimeoutSeconds)
			}
			grace, waits := time.Duration(*w.pod.Spec.TerminationGracePeriodSeconds)*time.Second, time.Duration(0)
			if c.Lifecycle != nil {
				waits = time.Duration(c.Lifecycle.PreStop.Sleep.Seconds) * time.Second
			}
			if grace < waits+drains {
				t.Errorf("%s is killed after %s, and may take %s", w.name, grace, waits+drains)
			}
		}
	})
}

// demo tells what is there to be looked at only, and may be gone for a moment.
func (w workload) demo() bool { return w.name == "sim" || w.name == "demo" }

func TestWhatMayNotBeGoneIsSpreadAndDisruptedOneByOne(t *testing.T) {
	everySite(t, func(t *testing.T, s *site) {
		for _, w := range s.workloads {
			if w.demo() {
				continue
			}
			budgets := 0
			for _, b := range s.budgets {
				if selects(b.Spec.Selector, w) {
					budgets++
					if b.Spec.MaxUnavailable == nil || b.Spec.MaxUnavailable.IntValue() != 1 {
						t.Errorf("%s: %v may be unavailable", w.name, b.Spec.MaxUnavailable)
					}
				}
			}
			if budgets != 1 {
				t.Errorf("%s has %d disruption budgets", w.name, budgets)
			}
			spread := 0
			for _, c := range w.pod.Spec.TopologySpreadConstraints {
				if selects(c.LabelSelector, w) {
					spread++
				}
			}
			if w.name != "redis" && spread != 2 {
				t.Errorf("%s is spread over %d kinds of places", w.name, spread)
			}
		}
	})
}

func TestTheBusIsThreeServersAndTheStoreKeepsWhatItHas(t *testing.T) {
	s := combined(t)
	if nats := s.workload(t, "nats"); *nats.replicas != 3 || len(nats.claims) != 1 {
		t.Errorf("NATS has %d replicas and %d claims", *nats.replicas, len(nats.claims))
	}
	if redis := s.workload(t, "redis"); len(redis.claims) != 1 || !strings.Contains(strings.Join(redis.container().Command, " "), "--appendonly yes") {
		t.Errorf("Redis keeps nothing: %v", redis.container().Command)
	}
}

func TestEachPlatformHasANotifierOfItsOwn(t *testing.T) {
	everySite(t, func(t *testing.T, s *site) {
		served := map[string]string{}
		for _, w := range s.workloads {
			if w.pod.Labels["app.kubernetes.io/name"] == "notifier" {
				served[s.environment(t, w)["DELIVER_TO"]] += w.kind + " " + w.name
			}
		}
		for _, platform := range []string{"telegram", "discord", "slack", "webhook"} {
			if served[platform] != "Deployment notifier-"+platform {
				t.Errorf("%s is served by %q", platform, served[platform])
			}
		}
		if len(served) != 4 {
			t.Errorf("notifiers are %v", served)
		}
	})
}

func TestProductionPinsItsImagesAndTakesNoOtherPods(t *testing.T) {
	s := overlay(t, "production")
	if s.namespaces[0].Labels["pod-security.kubernetes.io/enforce"] != "restricted" {
		t.Error("the namespace takes any pod")
	}
	for _, w := range s.workloads {
		if _, tag, _ := strings.Cut(w.container().Image, ":"); tag == "" || tag == "latest" {
			t.Errorf("%s runs whatever %q is today", w.name, w.container().Image)
		}
	}
	for _, ingress := range s.ingresses {
		if len(ingress.Spec.TLS) != 1 || ingress.Spec.TLS[0].Hosts[0] != ingress.Spec.Rules[0].Host {
			t.Errorf("the certificate is for %v, and visitors go to %s", ingress.Spec.TLS, ingress.Spec.Rules[0].Host)
		}
	}
}
