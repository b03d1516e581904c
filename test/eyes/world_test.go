package eyes

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/test/cluster"
	"github.com/bellhop-chat/bellhop/test/stage"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestMain(m *testing.M) { bustest.VerifyTestMain(m) }

// built is the program, built once.
var built = sync.OnceValues(func() (string, error) {
	programs, err := cluster.Build(context.Background(), "bellhop")
	return programs.Path("bellhop"), err
})

// repository is where the documents are.
const repository = "../.."

// world is a running installation with its platforms.
type world struct {
	*stage.Stage
	t          *testing.T
	program    string
	url, admin string
	log        *journal
	http       *http.Client
	receiver   *httptest.Server
	platforms  []team.Platform
}

// journal is what the program writes.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// start runs `bellhop up`, until the test's end.
func start(t *testing.T, more ...string) *world {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, program: program, log: &journal{}, http: &http.Client{Transport: &http.Transport{}}}
	t.Cleanup(w.http.CloseIdleConnections)
	if w.Stage, err = stage.Open(t.Context(), stage.Options{Hurried: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	w.platforms = []team.Platform{team.OnTelegram(w.Telegram), team.OnDiscord(w.Discord), team.OnSlack(w.Slack)}
	w.receiver = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(w.receiver.Close)
	var addrs [2]string
	for i := range addrs {
		if addrs[i], err = cluster.FreeAddr(); err != nil {
			t.Fatal(err)
		}
	}
	w.url, w.admin = "http://"+addrs[0], addrs[1]
	w.run(append(append(w.Env(), "EVENTS_WEBHOOK_URL="+w.receiver.URL, "WEBHOOK_ALLOW_PRIVATE=true", "API_KEY=a-key-for-tests"), more...),
		"up", "--addr", addrs[0], "--admin-addr", addrs[1], "--data", t.TempDir())
	w.eventually("the program to be up", func() bool { return strings.Contains(w.log.String(), "Bellhop is up") })
	if err := w.Connect(visitor.Within(t), ""); err != nil {
		t.Fatal(err)
	}
	return w
}

// run runs the program beside the test.
func (w *world) run(env []string, args ...string) {
	w.t.Helper()
	cmd := exec.Command(w.program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(env, "PATH="+os.Getenv("PATH")), w.log, w.log
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		if err := cmd.Wait(); err != nil {
			w.t.Errorf("the program ended with %v:\n%s", err, w.log)
		}
	})
}

func (w *world) eventually(what string, holds func() bool) {
	w.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain for %s; the program said:\n%s", what, w.log)
		}
	}
}

// calls makes a request and answers its status and body.
func (w *world) calls(method, url, body string, header ...string) (int, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := w.http.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}

// named is a visitor's name on the platforms.
type named string

func (n named) Name() string { return string(n) }

// talks lets a visitor and the team on each platform speak with each other.
func (w *world) talks(name string) *visitor.Visitor {
	w.t.Helper()
	v := visitor.Arrive(w.t, visitor.Options{
		URL: w.url, HTTP: w.http, Reconnect: visitor.Stubborn, Identity: map[string]any{"id": name, "name": name},
		Metadata: map[string]any{"url": "https://shop.example/"},
	})
	v.Says("hello from " + name)
	for _, p := range w.platforms {
		room := team.At(w.t, p).Room(named(name))
		room.Shows("hello from " + name)
		room.Says("an answer from " + p.Name())
		v.Hears("an answer from " + p.Name())
	}
	return v
}

// document reads a file of the repository.
func document(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{repository}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
