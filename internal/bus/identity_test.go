package bus_test

import (
	"crypto/tls"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/auth"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/mtls/mtlstest"
)

// connects tells whether the bus lets somebody in within a moment.
func connects(t *testing.T, cfg bus.Config) error {
	t.Helper()
	cfg.ConnectTimeout = time.Second
	b, err := bus.Connect(t.Context(), cfg)
	if err == nil {
		b.Close()
	}
	return err
}

func TestBusIsReachedOverTLSByWhoKnowsItsAuthority(t *testing.T) {
	files := mtlstest.New(t).Issue(t, t.TempDir())
	other := mtlstest.New(t).Issue(t, t.TempDir())
	users, err := auth.Open(t.TempDir())
	if err == nil {
		err = users.Write()
	}
	if err != nil {
		t.Fatal(err)
	}
	seed := users.SeedFile(bus.Gateway)
	s := bustest.NewGuarded(t, filepath.Join(filepath.Dir(seed), auth.ServerFile), func(o *server.Options) {
		own, err := tls.LoadX509KeyPair(files.Cert, files.Key)
		if err != nil {
			t.Fatal(err)
		}
		o.TLSConfig, o.TLSTimeout = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}, 10
	})
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	at.Scheme = "tls"
	known := bus.Config{URL: at.String(), User: bus.Gateway, Credentials: seed, CA: files.CA}
	b := bustest.Connect(t, known)
	if _, err := b.Publish(t.Context(), bustest.Message("default", "ses_1", "over TLS")); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*bus.Config){
		"another authority": func(c *bus.Config) { c.CA = other.CA },
		"no authority":      func(c *bus.Config) { c.CA = "" },
		"nobody's seed":     func(c *bus.Config) { c.Credentials = "" },
		"no seed in a file": func(c *bus.Config) { c.Credentials = files.CA },
		"no file":           func(c *bus.Config) { c.Credentials = filepath.Join(t.TempDir(), "none") },
	} {
		wrong := known
		change(&wrong)
		if err := connects(t, wrong); err == nil {
			t.Errorf("%s: let in", name)
		}
	}
}
