package deploy

import (
	"strconv"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
)

// decoder reads as a strict API server does: an unknown field, or one twice, is an error.
var decoder = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		appsv1.AddToScheme, autoscalingv2.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme, addCustom,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
}()

// site is everything of one installation.
type site struct {
	workloads  []workload
	services   []*corev1.Service
	configs    map[string]*corev1.ConfigMap
	secrets    map[string]*corev1.Secret
	accounts   map[string]bool
	budgets    []*policyv1.PodDisruptionBudget
	scalers    []*autoscalingv2.HorizontalPodAutoscaler
	ingresses  []*networkingv1.Ingress
	policies   []*networkingv1.NetworkPolicy
	monitors   []*ServiceMonitor
	rules      []*PrometheusRule
	issuers    []*Issuer
	certs      []*Certificate
	namespaces []*corev1.Namespace
}

// workload is a Deployment or a StatefulSet.
type workload struct {
	kind, name string
	replicas   *int32
	selector   *metav1.LabelSelector
	claims     []corev1.PersistentVolumeClaim
	pod        corev1.PodTemplateSpec
}

func (w workload) container() corev1.Container { return w.pod.Spec.Containers[0] }

func (s *site) workload(t testing.TB, name string) workload {
	t.Helper()
	for _, w := range s.workloads {
		if w.name == name {
			return w
		}
	}
	t.Fatalf("there is no %s", name)
	return workload{}
}

func (s *site) add(t testing.TB, text []byte) {
	t.Helper()
	object, _, err := decoder.Decode(text, nil, nil)
	if err != nil {
		t.Fatalf("decode: %v\n%s", err, text)
	}
	switch o := object.(type) {
	case *appsv1.Deployment:
		s.workloads = append(s.workloads, workload{"Deployment", o.Name, o.Spec.Replicas, o.Spec.Selector, nil, o.Spec.Template})
	case *appsv1.StatefulSet:
		s.workloads = append(s.workloads, workload{"StatefulSet", o.Name, o.Spec.Replicas, o.Spec.Selector, o.Spec.VolumeClaimTemplates, o.Spec.Template})
	case *corev1.Service:
		s.services = append(s.services, o)
	case *corev1.ConfigMap:
		put(&s.configs, o.Name, o)
	case *corev1.Secret:
		put(&s.secrets, o.Name, o)
	case *corev1.ServiceAccount:
		put(&s.accounts, o.Name, o.AutomountServiceAccountToken != nil && !*o.AutomountServiceAccountToken)
	case *policyv1.PodDisruptionBudget:
		s.budgets = append(s.budgets, o)
	case *autoscalingv2.HorizontalPodAutoscaler:
		s.scalers = append(s.scalers, o)
	case *networkingv1.Ingress:
		s.ingresses = append(s.ingresses, o)
	case *networkingv1.NetworkPolicy:
		s.policies = append(s.policies, o)
	case *corev1.Namespace:
		s.namespaces = append(s.namespaces, o)
	case *ServiceMonitor:
		s.monitors = append(s.monitors, o)
	case *PrometheusRule:
		s.rules = append(s.rules, o)
	case *Issuer:
		s.issuers = append(s.issuers, o)
	case *Certificate:
		s.certs = append(s.certs, o)
	default:
		t.Fatalf("nobody checks a %T", object)
	}
}

func put[T any](all *map[string]T, name string, one T) {
	if *all == nil {
		*all = map[string]T{}
	}
	(*all)[name] = one
}

// port is the number of a container's port.
func (w workload) port(name string) string {
	for _, p := range w.container().Ports {
		if p.Name == name {
			return strconv.Itoa(int(p.ContainerPort))
		}
	}
	return ""
}
