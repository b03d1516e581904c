package deploy

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func selects(selector *metav1.LabelSelector, w workload) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && !s.Empty() && s.Matches(labels.Set(w.pod.Labels))
}

func listens(w workload, port intstr.IntOrString) bool {
	return slices.ContainsFunc(w.container().Ports, func(p corev1.ContainerPort) bool {
		return p.Name == port.StrVal && port.StrVal != "" || p.ContainerPort == port.IntVal
	})
}

func TestEveryNameThatIsUsedExists(t *testing.T) {
	users := users(t)
	everySite(t, func(t *testing.T, s *site) {
		for _, w := range s.workloads {
			if !selects(w.selector, w) {
				t.Errorf("%s does not select its own pods", w.name)
			}
			for _, other := range s.workloads {
				if other.name != w.name && selects(w.selector, other) {
					t.Errorf("%s selects the pods of %s", w.name, other.name)
				}
			}
			s.references(t, w, users)
		}
		for _, service := range s.services {
			s.serves(t, service)
		}
		for _, scaler := range s.scalers {
			if w := s.workload(t, scaler.Spec.ScaleTargetRef.Name); w.replicas != nil {
				t.Errorf("%s is scaled, and set to %d", w.name, *w.replicas)
			}
		}
		for _, ingress := range s.ingresses {
			for _, path := range ingress.Spec.Rules[0].HTTP.Paths {
				s.called(t, path.Backend.Service.Name, path.Backend.Service.Port.Name)
			}
		}
	})
}

// references looks for what a pod takes its configuration and its storage from.
func (s *site) references(t *testing.T, w workload, users *site) {
	t.Helper()
	config := func(name string) {
		if s.configs[name] == nil && users.configs[name] == nil {
			t.Errorf("%s: there is no ConfigMap %s", w.name, name)
		}
	}
	for _, from := range w.container().EnvFrom {
		switch {
		case from.ConfigMapRef != nil:
			config(from.ConfigMapRef.Name)
		case from.SecretRef != nil && s.secrets[from.SecretRef.Name] == nil:
			t.Errorf("%s: there is no Secret %s", w.name, from.SecretRef.Name)
		}
	}
	volumes := map[string]bool{}
	for _, v := range w.pod.Spec.Volumes {
		volumes[v.Name] = true
		switch {
		case v.ConfigMap != nil:
			config(v.ConfigMap.Name)
		case v.Secret != nil && !s.made(v.Secret.SecretName, users):
			t.Errorf("%s: nobody makes the Secret %s", w.name, v.Secret.SecretName)
		}
	}
	for _, claim := range w.claims {
		volumes[claim.Name] = true
	}
	for _, mount := range w.container().VolumeMounts {
		if !volumes[mount.Name] {
			t.Errorf("%s: there is no volume %s", w.name, mount.Name)
		}
	}
	for _, probe := range []*corev1.Probe{w.container().StartupProbe, w.container().ReadinessProbe, w.container().LivenessProbe} {
		if probe.HTTPGet != nil && !listens(w, probe.HTTPGet.Port) || probe.TCPSocket != nil && !listens(w, probe.TCPSocket.Port) {
			t.Errorf("%s is asked where it does not listen: %v", w.name, probe)
		}
	}
}

// serves looks for the pods behind a service.
func (s *site) serves(t *testing.T, service *corev1.Service) {
	t.Helper()
	found := 0
	for _, w := range s.workloads {
		if !labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(w.pod.Labels)) {
			continue
		}
		found++
		for _, port := range service.Spec.Ports {
			if !listens(w, port.TargetPort) {
				t.Errorf("service %s leads to port %v of %s, which has none", service.Name, port.TargetPort, w.name)
			}
		}
	}
	if found == 0 {
		t.Errorf("nobody is behind service %s", service.Name)
	}
}

func (s *site) called(t *testing.T, name, port string) {
	t.Helper()
	for _, service := range s.services {
		if service.Name == name && slices.ContainsFunc(service.Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == port }) {
			return
		}
	}
	t.Errorf("there is no service %s with a port %s", name, port)
}
