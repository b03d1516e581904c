package deploy

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Of types that are not Kubernetes' own there is as much here as is used, so that a slip is an unknown field.

// ServiceMonitor is of monitoring.coreos.com/v1.
type ServiceMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              struct {
		Selector        metav1.LabelSelector `json:"selector"`
		PodTargetLabels []string             `json:"podTargetLabels,omitempty"`
		Endpoints       []struct {
			Port        string `json:"port"`
			Path        string `json:"path,omitempty"`
			Interval    string `json:"interval,omitempty"`
			HonorLabels bool   `json:"honorLabels,omitempty"`
		} `json:"endpoints"`
	} `json:"spec"`
}

// PrometheusRule is of monitoring.coreos.com/v1.
type PrometheusRule struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              ruleSpec `json:"spec"`
}

// ruleSpec is also what a file of rules is for Prometheus itself.
type ruleSpec struct {
	Groups []struct {
		Name  string `json:"name"`
		Rules []struct {
			Alert       string            `json:"alert"`
			Expr        string            `json:"expr"`
			For         string            `json:"for,omitempty"`
			Labels      map[string]string `json:"labels,omitempty"`
			Annotations map[string]string `json:"annotations,omitempty"`
		} `json:"rules"`
	} `json:"groups"`
}

// Issuer is of cert-manager.io/v1.
type Issuer struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              struct {
		SelfSigned *struct{} `json:"selfSigned,omitempty"`
		CA         *struct {
			SecretName string `json:"secretName"`
		} `json:"ca,omitempty"`
	} `json:"spec"`
}

// Certificate is of cert-manager.io/v1.
type Certificate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              struct {
		IsCA       bool            `json:"isCA,omitempty"`
		CommonName string          `json:"commonName,omitempty"`
		DNSNames   []string        `json:"dnsNames,omitempty"`
		SecretName string          `json:"secretName"`
		Duration   metav1.Duration `json:"duration,omitempty"`
		Usages     []string        `json:"usages,omitempty"`
		PrivateKey struct {
			Algorithm      string `json:"algorithm"`
			Size           int    `json:"size"`
			RotationPolicy string `json:"rotationPolicy"`
		} `json:"privateKey"`
		IssuerRef struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"issuerRef"`
	} `json:"spec"`
}

// DeepCopyObject is what a scheme asks of its types. Nothing here changes one.
func (m *ServiceMonitor) DeepCopyObject() runtime.Object { shallow := *m; return &shallow }

// DeepCopyObject as above.
func (r *PrometheusRule) DeepCopyObject() runtime.Object { shallow := *r; return &shallow }

// DeepCopyObject as above.
func (i *Issuer) DeepCopyObject() runtime.Object { shallow := *i; return &shallow }

// DeepCopyObject as above.
func (c *Certificate) DeepCopyObject() runtime.Object { shallow := *c; return &shallow }

func addCustom(scheme *runtime.Scheme) error {
	prometheus, certManager := schema.GroupVersion{Group: "monitoring.coreos.com", Version: "v1"}, schema.GroupVersion{Group: "cert-manager.io", Version: "v1"}
	scheme.AddKnownTypes(prometheus, &ServiceMonitor{}, &PrometheusRule{})
	scheme.AddKnownTypes(certManager, &Issuer{}, &Certificate{})
	return nil
}
