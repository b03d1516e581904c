package auth_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/auth"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func (s *site) text(name string) string {
	s.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, name))
	s.must(err)
	return string(text)
}

// again opens the directory anew, as the next run of the command does, changes it and has the server read it.
func (s *site) again(change func(*auth.Directory) error) {
	s.Helper()
	var err error
	if s.users, err = auth.Open(s.dir); err == nil {
		err = change(s.users)
	}
	if err == nil {
		err = s.users.Write()
	}
	s.must(err)
	s.server.Reload(s)
}

// lets tells whether the server lets in who has a seed.
func (s *site) lets(seed string) bool {
	s.Helper()
	file := filepath.Join(s.TempDir(), "seed.nk")
	s.must(os.WriteFile(file, []byte(seed), 0o600))
	who, err := nats.NkeyOptionFromSeed(file)
	s.must(err)
	nc, err := nats.Connect(s.server.URL, who)
	if err == nil {
		nc.Close()
	}
	return err == nil
}

func TestKeysStayWhenOthersComeAndGo(t *testing.T) {
	s := newSite(t)
	before := map[string]string{}
	for _, user := range s.users.Users() {
		before[user] = s.text(user + ".nk")
		if info, err := os.Stat(s.users.SeedFile(user)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the seed of %s: %v, %v", user, info.Mode(), err)
		}
		if strings.Contains(s.text(auth.ServerFile)+s.text("users.json"), strings.TrimSpace(before[user])) {
			t.Errorf("the servers are told the seed of %s", user)
		}
	}
	s.must(os.Remove(s.users.SeedFile(bus.Inbound))) // moved to where secrets are kept
	s.again(func(d *auth.Directory) error {
		return d.Admit(bus.Integrator{Name: "late", Projects: []id.Project{"shop"}})
	})
	for user, seed := range before {
		if !s.lets(seed) {
			t.Errorf("%s is no longer let in", user)
		}
		if user != bus.Inbound && s.text(user+".nk") != seed {
			t.Errorf("%s has another seed", user)
		}
	}
	if !s.lets(s.text("late.nk")) {
		t.Error("the new one is not let in")
	}
}

func TestRevokedIntegratorIsPutOutAndStaysOut(t *testing.T) {
	s := newSite(t)
	seed, nc := s.text("orders.nk"), s.as(orders.Name)
	s.again(func(d *auth.Directory) error { return d.Revoke(orders.Name) })
	bustest.Until(t, "the connection is cut", func() bool { return !nc.IsConnected() })
	if s.lets(seed) {
		t.Error("it is let in again")
	}
	if !s.lets(s.text("both.nk")) {
		t.Error("another was put out too")
	}
	for _, nobody := range []string{orders.Name, bus.Gateway} {
		if err := s.users.Revoke(nobody); !errors.Is(err, auth.ErrUnknown) {
			t.Errorf("revoking %s: %v", nobody, err)
		}
	}
}

func TestBothKeysAreGoodWhileOneIsRotated(t *testing.T) {
	s := newSite(t)
	old := s.text("gateway.nk")
	s.again(func(d *auth.Directory) error { return d.Rotate(bus.Gateway) })
	if newer := s.text("gateway.nk"); newer == old || !s.lets(old) || !s.lets(newer) {
		t.Error("not both keys are good")
	}
	if err := s.users.Rotate(bus.Gateway); !errors.Is(err, auth.ErrRotating) {
		t.Errorf("a third key: %v", err)
	}
	s.again(func(d *auth.Directory) error { return d.Retire(bus.Gateway) })
	if s.lets(old) || !s.lets(s.text("gateway.nk")) {
		t.Error("after it was retired the old key is good, or the new one is not")
	}
}

// Where Bellhop has run without rights, its streams are the global account's, and stay.
func TestGlobalAccountKeepsWhatWasThereBefore(t *testing.T) {
	s := newSite(t)
	s.must(s.users.In(auth.Global))
	s.must(s.users.Write())
	server := bustest.NewGuarded(t, filepath.Join(s.dir, auth.ServerFile))
	bustest.Connect(t, bus.Config{URL: server.URL, User: bus.Gateway, Credentials: s.users.SeedFile(bus.Gateway), ConnectTimeout: 10 * time.Second})
	for _, wrong := range []string{"", "$SYS", "two words", "{}"} {
		if err := s.users.In(wrong); !errors.Is(err, auth.ErrAccount) {
			t.Errorf("account %q: %v", wrong, err)
		}
	}
}

func TestIntegratorCannotTakeANameThatIsSomebodyElses(t *testing.T) {
	d, err := auth.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	shop := []id.Project{"shop"}
	for _, wrong := range []bus.Integrator{
		{Name: "gateway", Projects: shop}, {Name: "sessions-03", Projects: shop}, {Name: "notifier-telegram", Projects: shop},
		{Name: "a_b", Projects: shop}, {Name: "a.b", Projects: shop}, {Name: ">", Projects: shop}, {Name: "", Projects: shop}, {Name: "none"},
		{Name: "ok", Projects: []id.Project{"*"}}, {Name: "ok", Projects: shop, Types: []bus.Type{"message.*"}},
	} {
		if err := d.Admit(wrong); !errors.Is(err, bus.ErrIntegrator) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

func TestKubernetesGetsAConfigMapAndASecretForEach(t *testing.T) {
	s := newSite(t)
	file := filepath.Join(s.dir, "nats.yaml")
	s.must(s.users.Kubernetes(file, "chat"))
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	text := s.text("nats.yaml")
	for _, user := range s.users.Users() {
		if !strings.Contains(text, "kind: Secret\nmetadata:\n  name: bellhop-nats-"+user+"\n  namespace: chat\n") ||
			!strings.Contains(text, "  user.nk: "+strings.TrimSpace(s.text(user+".nk"))+"\n") {
			t.Errorf("there is no secret of %s", user)
		}
	}
	if !strings.Contains(text, "kind: ConfigMap\nmetadata:\n  name: bellhop-nats-auth\n  namespace: chat\n") || !strings.Contains(text, "    accounts {\n") {
		t.Error("the servers get nothing")
	}
}
