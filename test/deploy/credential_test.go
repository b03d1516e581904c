package deploy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	corev1 "k8s.io/api/core/v1"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/auth"
	"github.com/bellhop-chat/bellhop/internal/mtls/mtlstest"
)

// users are what `bellhop nats-auth --kubernetes` writes, beside a site.
func users(t *testing.T) *site {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "users.yaml")
	d, err := auth.Open(filepath.Join(dir, "users"))
	if err == nil {
		err = errors.Join(d.Write(), d.Kubernetes(file, "bellhop"))
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := &site{}
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		s.add(t, []byte(document))
	}
	return s
}

// disk is what pods that are given users and certificates find: a directory for each Secret.
type disk string

func newDisk(t *testing.T) disk {
	t.Helper()
	root := t.TempDir()
	folder := func(name string) string {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, secret := range users(t).secrets {
		dir := folder(name)
		for file, text := range secret.StringData {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	authority := mtlstest.New(t)
	for service := range services {
		authority.Issue(t, folder("grpc-"+service))
	}
	return disk(root)
}

// at is where a file of a pod is on this disk; anything else stays what it is.
func (d disk) at(w workload, value string) string {
	for _, mount := range w.container().VolumeMounts {
		for _, v := range w.pod.Spec.Volumes {
			if rest, inside := strings.CutPrefix(value, mount.MountPath+"/"); inside && v.Name == mount.Name && v.Secret != nil {
				return filepath.Join(string(d), v.Secret.SecretName, rest)
			}
		}
	}
	return value
}

// made tells whether somebody makes a Secret that a pod waits for.
func (s *site) made(name string, users *site) bool {
	for _, cert := range s.certs {
		if cert.Spec.SecretName == name {
			return true
		}
	}
	return s.secrets[name] != nil || users.secrets[name] != nil
}

// secret is which Secret a volume shows.
func (w workload) secret(volume string) string {
	for _, v := range w.pod.Spec.Volumes {
		if v.Name == volume && v.Secret != nil {
			return v.Secret.SecretName
		}
	}
	return ""
}

func TestProductionsServicesAreUsersOfTheBusAndShowCertificates(t *testing.T) {
	s := overlay(t, "production")
	seen := 0
	for _, w := range s.workloads {
		service := w.pod.Labels["app.kubernetes.io/name"]
		if services[service] == nil {
			continue
		}
		seen++
		if nats, grpc := w.secret("nats"), w.secret("grpc"); nats != "bellhop-nats-"+service || grpc != "grpc-"+service {
			t.Errorf("%s shows the bus %q, and the others %q", w.name, nats, grpc)
		}
		env := s.environment(t, w)
		for _, variable := range []string{"NATS_CREDENTIALS", "GRPC_TLS_CERT", "GRPC_TLS_KEY", "GRPC_TLS_CA"} {
			if env[variable] == "" {
				t.Errorf("%s has no %s", w.name, variable)
			}
		}
		host, _, _ := strings.Cut(env["SESSIONS_ADDR"], ":")
		for _, cert := range s.certs {
			if cert.Name == "grpc-sessions" && host != "" && (len(cert.Spec.DNSNames) != 1 || cert.Spec.DNSNames[0] != host) {
				t.Errorf("%s calls %s, whose certificate is for %v", w.name, host, cert.Spec.DNSNames)
			}
		}
	}
	if seen != len(services)+3 { // a notifier for each of four destinations
		t.Errorf("%d workloads of Bellhop's own", seen)
	}
}

func TestCertificatesAreSignedByAnAuthorityOfTheirOwn(t *testing.T) {
	s := combined(t, "tls")
	issuers, authorities := map[string]*Issuer{}, map[string]bool{}
	for _, i := range s.issuers {
		issuers[i.Name] = i
	}
	for _, c := range s.certs {
		by := issuers[c.Spec.IssuerRef.Name]
		if by == nil || c.Spec.IssuerRef.Kind != "Issuer" {
			t.Errorf("nobody signs %s: %v", c.Name, c.Spec.IssuerRef)
			continue
		}
		if c.Spec.IsCA {
			authorities[c.Spec.SecretName] = by.Spec.SelfSigned != nil
		}
	}
	if by := issuers["grpc"].Spec.CA; by == nil || !authorities[by.SecretName] || len(authorities) != 1 {
		t.Errorf("services are signed by %v, authorities are %v", by, authorities)
	}
}

func TestServersOfTheBusKnowItsUsersAndStaySafe(t *testing.T) {
	t.Setenv("POD_NAME", "nats-2")
	s, root := combined(t, "nats-auth"), t.TempDir()
	nats, users := s.workload(t, "nats"), users(t)
	config := func(name string) *corev1.ConfigMap {
		if own := s.configs[name]; own != nil {
			return own
		}
		return users.configs[name]
	}
	for _, mount := range nats.container().VolumeMounts {
		for _, v := range nats.pod.Spec.Volumes {
			if v.Name != mount.Name || v.ConfigMap == nil {
				continue
			}
			dir := filepath.Join(root, mount.MountPath)
			err := os.MkdirAll(dir, 0o700)
			for name, text := range config(v.ConfigMap.Name).Data {
				err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	command := nats.container().Command
	opts, err := server.ProcessConfigFile(filepath.Join(root, command[len(command)-1]))
	if err != nil {
		t.Fatal(err)
	}
	if !opts.SyncAlways || len(opts.Routes) != 3 || len(opts.Accounts) != 1 || len(opts.Nkeys) != len(bus.Users()) {
		t.Errorf("syncs always: %v, %d routes, %d accounts, %d users", opts.SyncAlways, len(opts.Routes), len(opts.Accounts), len(opts.Nkeys))
	}
}
