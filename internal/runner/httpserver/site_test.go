package httpserver

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// open is what a service writes, whatever it is served on.
func open(t *testing.T, cfg Config, pattern string, h http.Handler) (*Site, <-chan error) {
	t.Helper()
	site, err := cfg.Open(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Handle(pattern, h); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- site.Serve() }()
	return site, served
}

// shapes are the two ways in which a service is deployed.
func shapes(t *testing.T) map[string]Config {
	return map[string]Config{"own listener": {Addr: "127.0.0.1:0"}, "shared front": {Front: startFront(t)}}
}

// held is a handler that answers when it is let go.
type held struct{ entered, release chan struct{} }

func newHeld() held { return held{make(chan struct{}), make(chan struct{})} }

func (h held) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	close(h.entered)
	<-h.release
	text("finished").ServeHTTP(w, nil)
}

func TestShutdownWaitsForTheRequestInProgress(t *testing.T) {
	for name, cfg := range shapes(t) {
		t.Run(name, func(t *testing.T) {
			handler := newHeld()
			site, served := open(t, cfg, "/slow", handler)
			answered := make(chan answer, 1)
			go func() { answered <- ask(t, "GET", site.Addr(), "/slow") }()
			<-handler.entered
			stopped := make(chan error, 1)
			go func() { stopped <- site.Shutdown(t.Context()) }()
			<-site.Draining()
			if err := <-served; err != nil {
				t.Error(err)
			}
			select {
			case err := <-stopped:
				t.Errorf("stopped before the answer: %v", err)
			default:
			}
			close(handler.release)
			if err := <-stopped; err != nil {
				t.Error(err)
			}
			if got := <-answered; got.body != "finished" {
				t.Errorf("got %+v", got)
			}
			if err := site.Shutdown(t.Context()); err != nil {
				t.Errorf("a second shutdown: %v", err)
			}
		})
	}
}

func TestShutdownGivesUpAtItsDeadline(t *testing.T) {
	for name, cfg := range shapes(t) {
		t.Run(name, func(t *testing.T) {
			handler := newHeld()
			site, served := open(t, cfg, "/slow", handler)
			req, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+site.Addr().String()+"/slow", nil)
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				if res, err := http.DefaultTransport.RoundTrip(req); err == nil {
					res.Body.Close()
				}
			}()
			<-handler.entered
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			if err := site.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			if cfg.Front == nil {
				<-ended // the connection was cut, though the handler goes on
			}
			close(handler.release)
			<-ended
			if err := <-served; err != nil {
				t.Error(err)
			}
			http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		})
	}
}

func TestStreamEndsWhenTheSiteDrains(t *testing.T) {
	for name, cfg := range shapes(t) {
		t.Run(name, func(t *testing.T) {
			site, err := cfg.Open(zap.NewNop())
			if err != nil {
				t.Fatal(err)
			}
			streaming := make(chan struct{})
			err = site.Handle("/stream", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				close(streaming)
				<-site.Draining()
				text("bye").ServeHTTP(w, nil)
			}))
			if err != nil {
				t.Fatal(err)
			}
			answered := make(chan answer, 1)
			serve(t, site)
			go func() { answered <- ask(t, "GET", site.Addr(), "/stream") }()
			<-streaming
			if err := site.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if got := <-answered; got.body != "bye" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestClosedSiteAnswers503UntilItsServiceIsBack(t *testing.T) {
	front := startFront(t)
	other, _ := open(t, Config{Front: front}, "/other", text("other"))
	site, _ := open(t, Config{Front: front}, "/service", text("old"))
	if err := site.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused := ask(t, "GET", front.Addr(), "/service")
	wantError(t, refused, http.StatusServiceUnavailable, "shutting_down")
	if refused.header.Get("Retry-After") == "" {
		t.Error("want Retry-After")
	}
	if got := ask(t, "GET", front.Addr(), "/other"); got.body != "other" {
		t.Errorf("the neighbour goes on: got %+v", got)
	}
	back, _ := open(t, Config{Front: front}, "/service", text("new"))
	if got := ask(t, "GET", front.Addr(), "/service"); got.body != "new" {
		t.Errorf("got %+v", got)
	}
	for _, s := range []*Site{back, other} {
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestTwoServicesShareOneAddress(t *testing.T) {
	front := startFront(t)
	gateway, _ := open(t, Config{Front: front}, "/pocketping/", text("gateway"))
	inbound, _ := open(t, Config{Front: front}, "/webhooks/", text("inbound"))
	if _, err := (&Config{Front: front}).Open(zap.NewNop()); err != nil {
		t.Error(err)
	}
	if err := inbound.Handle("/pocketping/", text("inbound")); err == nil {
		t.Error("want an error for the neighbour's pattern")
	}
	for path, want := range map[string]string{"/pocketping/x": "gateway", "/webhooks/x": "inbound"} {
		if got := ask(t, "GET", front.Addr(), path); got.body != want {
			t.Errorf("%s: got %+v", path, got)
		}
	}
	for _, s := range []*Site{gateway, inbound} {
		if err := s.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestBoundAddressIsToldBeforeServing(t *testing.T) {
	var bound net.Addr
	site, _ := open(t, Config{Addr: "127.0.0.1:0", OnBound: func(addr net.Addr) { bound = addr }}, "/", text("x"))
	if bound == nil || bound.String() != site.Addr().String() || bound.(*net.TCPAddr).Port == 0 {
		t.Errorf("got %v", bound)
	}
	if err := site.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestConfiguredAddress(t *testing.T) {
	tests := []struct {
		env     map[string]string
		want    string
		problem string
	}{
		{env: nil, want: ":3001"},
		{env: map[string]string{"PORT": "8080"}, want: ":8080"},
		{env: map[string]string{"PORT": "8080", "HTTP_ADDR": "127.0.0.1:9"}, want: "127.0.0.1:9"},
		{env: map[string]string{"HTTP_ADDR": "[::1]:9"}, want: "[::1]:9"},
		{env: map[string]string{"PORT": "65536"}, problem: "PORT"},
		{env: map[string]string{"PORT": "-1"}, problem: "PORT"},
		{env: map[string]string{"HTTP_ADDR": "9"}, problem: "HTTP_ADDR"},
		{env: map[string]string{"HTTP_ADDR": "host:http"}, problem: "HTTP_ADDR"},
		{env: map[string]string{"HTTP_ADDR": "host:65536"}, problem: "HTTP_ADDR"},
	}
	for _, test := range tests {
		var cfg Config
		err := config.Load(&cfg, func(name string) (string, bool) { v, ok := test.env[name]; return v, ok })
		problem, _ := errors.AsType[*config.Error](err)
		switch {
		case test.problem == "" && (err != nil || cfg.address() != test.want):
			t.Errorf("%v: got %q, %v", test.env, cfg.address(), err)
		case test.problem != "" && (problem == nil || problem.Variable != test.problem):
			t.Errorf("%v: got %v", test.env, err)
		}
	}
}
