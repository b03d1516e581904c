package deploy

import (
	"bytes"
	"os"
	"reflect"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

func TestWhatIsMonitoredIsWhatStandsInMonitoring(t *testing.T) {
	s := combined(t, "monitoring")
	source := func(name string) []byte {
		text, err := os.ReadFile("../../deploy/monitoring/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	var rules ruleSpec
	if err := yaml.UnmarshalStrict(source("rules.yaml"), &rules); err != nil || len(rules.Groups) == 0 {
		t.Fatalf("rules %v: %v", rules, err)
	}
	if len(s.rules) != 1 || !reflect.DeepEqual(s.rules[0].Spec, rules) {
		t.Error("the PrometheusRule is not deploy/monitoring/rules.yaml: make generate")
	}
	dashboard := s.configs["bellhop-dashboard"]
	if dashboard == nil || !bytes.Equal([]byte(dashboard.Data["bellhop.json"]), source("dashboard.json")) || dashboard.Labels["grafana_dashboard"] == "" {
		t.Error("Grafana finds no dashboard, or another")
	}
	// Prometheus would call the label by which alerts tell services apart exported_service, and put the Kubernetes service in its place.
	if !s.monitors[0].Spec.Endpoints[0].HonorLabels {
		t.Error("the label service is not Bellhop's")
	}
}

func TestPoliciesOpenPortsThatThereAre(t *testing.T) {
	s := combined(t, "network-policies")
	for _, policy := range s.policies {
		for _, w := range s.workloads {
			if !selects(&policy.Spec.PodSelector, w) || policy.Name == "admin" && w.kind == "StatefulSet" {
				continue
			}
			for _, rule := range policy.Spec.Ingress {
				for _, port := range rule.Ports {
					if !listens(w, *port.Port) {
						t.Errorf("policy %s opens port %v of %s, which has none", policy.Name, port.Port, w.name)
					}
				}
			}
		}
	}
}

func TestEveryServiceIsScrapedWhereItsMetricsAre(t *testing.T) {
	s := combined(t, "monitoring")
	wanted, found := []string{"gateway", "inbound", "notifier", "sessions"}, []string{}
	monitor := s.monitors[0].Spec
	selector, err := metav1.LabelSelectorAsSelector(&monitor.Selector)
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range s.services {
		if selector.Matches(labels.Set(service.Labels)) {
			s.called(t, service.Name, monitor.Endpoints[0].Port)
			found = append(found, service.Name)
		}
	}
	slices.Sort(found)
	if !slices.Equal(found, wanted) {
		t.Errorf("scraped are %v, want %v", found, wanted)
	}
}
