package httpserver

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience bounds a test that waits for what it expects; nothing takes that long unless it is broken.
const patience = 10 * time.Second

func text(body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
}

// serve runs s until the test ends.
func serve(t *testing.T, s interface {
	Serve() error
	Shutdown(context.Context) error
}) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func startFront(t *testing.T) *Front {
	t.Helper()
	front, err := Listen("127.0.0.1:0", zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	serve(t, front)
	return front
}

type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request on a connection of its own.
func ask(t *testing.T, method string, addr net.Addr, path string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr.String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// wantError checks the body that every error of Bellhop has.
func wantError(t *testing.T, got answer, status int, code string) {
	t.Helper()
	var body struct{ Error, Code string }
	err := json.Unmarshal([]byte(got.body), &body)
	if err != nil || got.status != status || body.Code != code || body.Error == "" {
		t.Errorf("want %d %s, got %+v", status, code, got)
	}
	if contentType := got.header.Get("Content-Type"); contentType != "application/json; charset=utf-8" {
		t.Errorf("content type %q", contentType)
	}
}

func TestFrontServesWhatIsMountedBeforeAndAfterItStarts(t *testing.T) {
	front, err := Listen("127.0.0.1:0", zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := front.Handle("/before/", text("before")); err != nil {
		t.Fatal(err)
	}
	serve(t, front)
	if got := ask(t, "GET", front.Addr(), "/before/x"); got.body != "before" {
		t.Errorf("got %+v", got)
	}
	wantError(t, ask(t, "GET", front.Addr(), "/after"), http.StatusNotFound, "not_found")
	if err := front.Handle("POST /after", text("after")); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, "POST", front.Addr(), "/after"); got.body != "after" {
		t.Errorf("got %+v", got)
	}
}

func TestWhatNobodyHandlesIsAnsweredInJSON(t *testing.T) {
	front := startFront(t)
	wantError(t, ask(t, "GET", front.Addr(), "/"), http.StatusNotFound, "not_found")
	if err := front.Handle("POST /message/{id}", text("posted")); err != nil {
		t.Fatal(err)
	}
	wantError(t, ask(t, "GET", front.Addr(), "/other"), http.StatusNotFound, "not_found")
	wrong := ask(t, "GET", front.Addr(), "/message/1")
	wantError(t, wrong, http.StatusMethodNotAllowed, "method_not_allowed")
	if allow := wrong.header.Get("Allow"); allow != "POST" {
		t.Errorf("Allow: %q", allow)
	}
	if err := front.Handle("/", text("everything else")); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, "GET", front.Addr(), "/other"); got.body != "everything else" {
		t.Errorf("a mounted / takes the rest over: got %+v", got)
	}
}

func TestConflictingOrBadPatternIsAnErrorAndChangesNothing(t *testing.T) {
	front := startFront(t)
	if err := front.Handle("/a/{id}", text("first")); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"/a/{id}", "/a/{other}", "/{x}/b", "", "GET", "/{", "GET  x"} {
		if err := front.Handle(pattern, text("second")); err == nil || !strings.Contains(err.Error(), "mount ") {
			t.Errorf("%q: got %v", pattern, err)
		}
	}
	if got := ask(t, "GET", front.Addr(), "/a/1"); got.body != "first" {
		t.Errorf("got %+v", got)
	}
}

func TestHandlersMayBeMountedWhileOthersAreServed(t *testing.T) {
	front := startFront(t)
	if err := front.Handle("/first", text("first")); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 20 {
				if err := front.Handle(fmt.Sprintf("/%d/%d", i, j), text("later")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		if got := ask(t, "GET", front.Addr(), "/first"); got.body != "first" {
			t.Errorf("got %+v", got)
		}
	}
	wg.Wait()
	if got := ask(t, "GET", front.Addr(), "/3/19"); got.body != "later" {
		t.Errorf("got %+v", got)
	}
}

func TestEveryServerHasItsLimits(t *testing.T) {
	front := startFront(t)
	s := front.server
	if s.ReadHeaderTimeout != 5*time.Second || s.IdleTimeout != 120*time.Second || s.WriteTimeout != 0 || s.ReadTimeout != 0 || s.ErrorLog == nil {
		t.Errorf("got %+v", s)
	}
	conn, err := net.Dial("tcp", front.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// net/http allows 4 KiB on top of its limit.
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n", strings.Repeat("x", 37<<10))
	reply := make([]byte, 12)
	if _, err := io.ReadFull(conn, reply); err != nil || string(reply) != "HTTP/1.1 431" {
		t.Errorf("got %q, %v", reply, err)
	}
}

func TestAddressThatIsTakenIsAnError(t *testing.T) {
	front := startFront(t)
	if _, err := Listen(front.Addr().String(), zap.NewNop()); err == nil {
		t.Error("want an error")
	}
}

func TestFrontThatNeverServedReleasesItsAddress(t *testing.T) {
	front, err := Listen("127.0.0.1:0", zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := front.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := Listen(front.Addr().String(), zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	serve(t, again)
	if err := front.Serve(); err != nil {
		t.Errorf("serving after the shutdown ends at once: got %v", err)
	}
}

func TestAddressIsWrittenAsABrowserOnThisMachineWantsIt(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:80": "http://127.0.0.1:80", "0.0.0.0:3001": "http://localhost:3001", "[::]:3001": "http://localhost:3001", "[::1]:80": "http://[::1]:80",
	} {
		tcp, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := URL(tcp); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}
