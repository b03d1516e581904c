package mtls_test

import (
	"context"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/bellhop-chat/bellhop/internal/mtls"
	"github.com/bellhop-chat/bellhop/internal/mtls/mtlstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve answers calls on loopback until the test's end.
func serve(t *testing.T, c mtls.Config) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.Creds(c.Credentials()))
	healthv1.RegisterHealthServer(server, health.NewServer())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends with Stop
	}()
	t.Cleanup(func() { server.Stop(); <-done })
	return listener.Addr().String()
}

// calls makes one call over a connection of its own.
func calls(t *testing.T, addr string, c mtls.Config) error {
	t.Helper()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(c.Credentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err = healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{})
	return err
}

func TestOnlyWhoHasACertificateOfTheAuthorityIsHeardAndBelieved(t *testing.T) {
	authority := mtlstest.New(t)
	server, client := authority.Issue(t, t.TempDir()), authority.Issue(t, t.TempDir())
	stranger := mtlstest.New(t).Issue(t, t.TempDir())
	deceived := stranger
	deceived.CA = client.CA // believes the server, and is not believed
	addr := serve(t, server)
	if err := calls(t, addr, client); err != nil {
		t.Errorf("one of ours is refused: %v", err)
	}
	for name, c := range map[string]mtls.Config{"no certificate": {}, "another authority's": stranger, "another authority's, believing ours": deceived} {
		if calls(t, addr, c) == nil {
			t.Errorf("%s: heard", name)
		}
	}
	for name, c := range map[string]mtls.Config{"no certificate": {}, "another authority's": stranger} {
		if calls(t, serve(t, c), client) == nil {
			t.Errorf("a server with %s is believed", name)
		}
	}
	if err := calls(t, serve(t, mtls.Config{}), mtls.Config{}); err != nil {
		t.Errorf("without certificates on either side: %v", err)
	}
}

func TestCertificateIsForTheHostThatIsCalled(t *testing.T) {
	authority := mtlstest.New(t)
	c := authority.Issue(t, t.TempDir())
	_, port, err := net.SplitHostPort(serve(t, c))
	if err != nil {
		t.Fatal(err)
	}
	if err := calls(t, "localhost:"+port, c); err != nil {
		t.Errorf("by its name: %v", err)
	}
	if err := calls(t, "127.0.0.2:"+port, c); err == nil {
		t.Error("believed at an address that is not in its certificate")
	}
}

// A new authority, and new certificates of it, count from the next connection on.
func TestRenewedCertificatesCountWithoutARestart(t *testing.T) {
	before, after := mtlstest.New(t), mtlstest.New(t)
	serverDir, clientDir := t.TempDir(), t.TempDir()
	addr := serve(t, before.Issue(t, serverDir))
	client, old := before.Issue(t, clientDir), before.Issue(t, t.TempDir())
	if err := calls(t, addr, client); err != nil {
		t.Fatal(err)
	}
	after.Issue(t, serverDir)
	if calls(t, addr, old) == nil {
		t.Error("the server still believes the authority before")
	}
	after.Issue(t, clientDir)
	if err := calls(t, addr, client); err != nil {
		t.Errorf("with renewed files on both sides: %v", err)
	}
}

func TestHalfOfTheFilesAndBrokenOnesAreNamed(t *testing.T) {
	c := mtlstest.New(t).Issue(t, t.TempDir())
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	none := mtls.Config{}
	if err := none.Validate(); err != nil || none.On() {
		t.Error(err)
	}
	half := mtls.Config{Cert: c.Cert}
	for _, variable := range []string{"GRPC_TLS_KEY", "GRPC_TLS_CA"} {
		if err := half.Validate(); err == nil || !strings.Contains(err.Error(), variable) {
			t.Errorf("%s is not named: %v", variable, err)
		}
	}
	if err := os.WriteFile(c.CA, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "GRPC_TLS_CERT") {
		t.Errorf("a file without a certificate: %v", err)
	}
}
