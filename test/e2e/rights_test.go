package e2e

import (
	"bytes"
	"context"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/auth"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/mtls/mtlstest"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// integrator is one that may do whatever an integrator can.
var integrator = bus.Integrator{Name: "crm", Projects: []id.Project{id.Default}, Durable: true, Commands: true}

// guarded is a bus whose servers know its users, by what `bellhop nats-auth` has written.
func guarded(t testing.TB) backing {
	t.Helper()
	dir := t.TempDir()
	users, err := auth.Open(dir)
	if err == nil {
		err = users.Admit(integrator)
	}
	if err == nil {
		err = users.Write()
	}
	if err != nil {
		t.Fatal(err)
	}
	server := bustest.NewGuarded(t, filepath.Join(dir, auth.ServerFile))
	t.Cleanup(func() {
		if tried := server.Violations(); len(tried) > 0 {
			slices.Sort(tried)
			t.Errorf("%d violations:\n%s", len(tried), strings.Join(slices.Compact(tried), "\n"))
		}
	})
	return backing{bus: bus.Config{URL: server.URL}, users: users, everybody: server.Everybody, dir: t.TempDir()}
}

// commandLine is built once.
var commandLine = sync.OnceValues(func() (cluster.Binaries, error) { return cluster.Build(context.Background(), "bellhop") })

// commandLine runs `bellhop` with what its user is given.
func (s *stack) commandLine(t *testing.T, args ...string) string {
	t.Helper()
	return s.program(t, bus.CommandLine, args...)
}

// program runs `bellhop` as one of the users of the bus.
func (s *stack) program(t *testing.T, user string, args ...string) string {
	t.Helper()
	programs, err := commandLine()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(visitor.Within(t), programs.Path("bellhop"), args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"NATS_URL=" + s.backing.bus.URL, "NATS_CREDENTIALS=" + s.backing.users.SeedFile(user)}
	out, err := cmd.CombinedOutput()
	if err != nil && args[0] != "doctor" { // which finds no platform
		t.Fatalf("bellhop %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// Everything works with the rights that each has, and none tries anything more.
func TestEverythingWorksWithItsOwnRightsOnly(t *testing.T) {
	t.Parallel()
	if _, err := commandLine(); err != nil {
		t.Fatal(err)
	}
	s := own(t, setup{backing: guarded, private: true, tls: mtlstest.New(t).Issue(t, t.TempDir())})
	vera := s.arrives(t)
	s.converses(t, vera)
	s.customEvents(t, vera)
	s.deadLetter(t, vera)
	s.administers(t)
	b := backend{t, s, apiKey}
	// What a platform does not give back is its own affair.
	e := b.learns(b.erases("/api/v1/visitors/" + vera.VisitorID()))
	if data := e.Sessions[0].Parts["data"]; data.State != "done" || data.Removed == 0 || data.Left != 0 || len(e.Sessions[0].Parts) != len(s.all)+1 {
		t.Errorf("the erasure says %+v", e)
	}
	s.restart(t, "sessions", "gateway", "notifier", "inbound")
	again := s.arrives(t)
	again.Says("and on")
	s.rooms(t, again)[team.Slack].Shows("and on")
}

// converses is a conversation on all platforms, with corrections, files and everything else that people do.
func (s *stack) converses(t *testing.T, vera guest) {
	t.Helper()
	vera.Identifies(map[string]any{"id": vera.Name(), "name": vera.Name(), "email": "vera@example.com"})
	hi := vera.Says("hi")
	rooms := s.rooms(t, vera)
	film := bytes.Repeat([]byte("0123456789abcdef"), 6<<20/16) // more chunks than are read one by one
	vera.SaysWithFile("look", "notes.txt", "text/plain", film)
	for name, room := range rooms {
		room.Shows("hi")
		has(room, "notes.txt")
		room.Says("the invoice of "+name, team.WithFile(name+".pdf", "application/pdf", []byte("%PDF-1.7 "+name)))
		vera.HearsFile(name + ".pdf")
		said := room.Says("an answer from " + name)
		heard := vera.Hears("an answer from " + name)
		said.Becomes("a better answer from " + name)
		vera.SeesEdited(heard.ID, "a better answer from "+name)
	}
	vera.SeesStatus(hi.ID, "read")
	vera.Edits(hi.ID, "hi there")
	rooms[team.Slack].Shows("hi there")
	rooms[team.Slack].Says("!csat")
	vera.SeesRatingCard()
	rooms[team.Slack].Says("!ai off")
	rooms[team.Telegram].Says("!close", team.As("Olga"))
	vera.SeesClosed(1)
	vera.Says("one more thing")
	rooms[team.Discord].Is(team.Open)
	vera.Deletes(vera.Says("forget this").ID)
	rooms[team.Discord].Hides("forget this")
}

// customEvents go both ways, for an integrator too.
func (s *stack) customEvents(t *testing.T, vera guest) {
	t.Helper()
	nc := s.outside(t, integrator.Name)
	heard, err := nc.SubscribeSync("bellhop.live.v1.default.*.event.received")
	if err == nil {
		err = nc.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	vera.Trigger("added_to_cart", map[string]any{"sku": "A-1"})
	if msg, err := heard.NextMsgWithContext(visitor.Within(t)); err != nil || !strings.Contains(string(msg.Data), "A-1") {
		t.Errorf("the integrator hears %v, %v", msg, err)
	}
	subject := bus.CommandSubject(id.Default, id.Session(vera.SessionID()), bus.EmitEvent)
	if _, err := nc.RequestWithContext(visitor.Within(t), subject, []byte(`{"name":"ping","data":1}`)); err != nil {
		t.Errorf("the integrator emits: %v", err)
	}
	vera.SeesEvent("ping", nil)
	s.rooms(t, vera)[team.Telegram].Shows("added_to_cart") // or it would be the first to find Telegram ill
}

// deadLetter is one, which is tried again.
func (s *stack) deadLetter(t *testing.T, vera guest) {
	t.Helper()
	ill := s.at(t, team.Telegram).Disturb(team.Trouble{With: team.Posting, Status: http.StatusBadRequest})
	vera.Says("nobody takes this")
	var letter uint64
	vera.eventually("a dead letter", func() bool {
		err := s.bus.DeadLetters(visitor.Within(t), func(l bus.DeadLetter) error { letter = l.Seq; return nil })
		return err == nil && letter != 0
	})
	ill.End()
	if listed := s.commandLine(t, "dlq", "list"); !strings.Contains(listed, "notifier-telegram") {
		t.Errorf("bellhop dlq list: %s", listed)
	}
	number := strconv.FormatUint(letter, 10)
	s.commandLine(t, "dlq", "show", number)
	s.commandLine(t, "dlq", "retry", number)
	s.rooms(t, vera)[team.Telegram].Shows("nobody takes this")
}

// administers is what else the command line does on the bus.
func (s *stack) administers(t *testing.T) {
	t.Helper()
	if told := s.commandLine(t, "doctor"); !strings.Contains(told, "rights") || strings.Contains(told, "deadline") {
		t.Errorf("bellhop doctor: %s", told)
	}
	if told := s.program(t, bus.Backup, "backup", filepath.Join(t.TempDir(), "backup")); !strings.Contains(told, "OBJ_BELLHOP_FILES: ") {
		t.Errorf("bellhop backup: %s", told)
	}
	s.commandLine(t, "webhook", "state")
	s.commandLine(t, "webhook", "enable", "webhook")
	s.commandLine(t, "key", "create", "of a test")
	listed := strings.Fields(s.commandLine(t, "key", "list"))
	if at := slices.Index(listed, "USED"); at < 0 || at+1 >= len(listed) {
		t.Fatalf("bellhop key list: %v", listed)
	} else {
		s.commandLine(t, "key", "revoke", listed[at+1])
	}
}

// outside is a program that speaks NATS, as one of the bus's users.
func (s *stack) outside(t *testing.T, user string) *nats.Conn {
	t.Helper()
	who, err := nats.NkeyOptionFromSeed(s.backing.users.SeedFile(user))
	if err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect(s.backing.bus.URL, who, nats.CustomInboxPrefix(bus.Inbox(user)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}
