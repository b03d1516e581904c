package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Kubernetes writes a ConfigMap for the servers and a Secret for each user whose seed is here, as YAML. It holds the seeds: only its
// owner may read it.
func (d *Directory) Kubernetes(file, namespace string) error {
	conf, err := d.ServerConfig()
	if err != nil {
		return err
	}
	var b strings.Builder
	object(&b, "ConfigMap", "bellhop-nats-auth", namespace)
	b.WriteString("data:\n  " + ServerFile + ": |\n")
	for line := range strings.Lines(conf) {
		b.WriteString("    " + line)
	}
	for _, user := range d.Users() {
		seed, err := os.ReadFile(d.SeedFile(user))
		if errors.Is(err, fs.ErrNotExist) {
			continue // kept elsewhere
		}
		if err != nil {
			return fmt.Errorf("read the seed of %s: %w", user, err)
		}
		b.WriteString("---\n")
		object(&b, "Secret", "bellhop-nats-"+user, namespace)
		b.WriteString("type: Opaque\nstringData:\n  user" + seedEnd + ": " + strings.TrimSpace(string(seed)) + "\n")
	}
	return replace(file, []byte(b.String()), 0o600)
}

func object(b *strings.Builder, kind, name, namespace string) {
	fmt.Fprintf(b, "apiVersion: v1\nkind: %s\nmetadata:\n  name: %s\n", kind, name)
	if namespace != "" {
		fmt.Fprintf(b, "  namespace: %s\n", namespace)
	}
	b.WriteString("  labels:\n    app.kubernetes.io/part-of: bellhop\n")
}
