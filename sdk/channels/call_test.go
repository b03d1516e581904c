package channels

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRefusalTellsStatusAndBody(t *testing.T) {
	for status, is := range map[int]error{400: nil, 401: ErrAuthentication, 403: nil, 404: nil, 407: ErrProxyAuthentication, 413: ErrTooLarge, 429: nil, 302: nil, 500: nil, 503: nil} {
		f := serve(t, says(status, "because\n"))
		_, err := f.client(Options{}).Channels(t.Context(), "")
		var refused *Error
		if !errors.As(err, &refused) || refused.Status != status || refused.Body != "because\n" || err.Error() != fmt.Sprintf("channels: because (%d)", status) {
			t.Errorf("%d: %v", status, err)
		}
		for _, one := range []error{ErrAuthentication, ErrProxyAuthentication, ErrTooLarge, ErrConnection} {
			if got, want := errors.Is(err, one), errors.Is(is, one); got != want {
				t.Errorf("%d is %v: %t", status, one, got)
			}
		}
	}
}

func TestLargeRefusalIsCutAndAnEmptyOneNamed(t *testing.T) {
	f := serve(t, says(http.StatusBadGateway, strings.Repeat("ü", 100_000)), says(http.StatusBadGateway, ""))
	c := f.client(Options{})
	_, err := c.Channels(t.Context(), "")
	var refused *Error
	if !errors.As(err, &refused) || len(refused.Body) != 64<<10 || len(err.Error()) > 1100 {
		t.Errorf("%d bytes are kept, %d shown", len(refused.Body), len(err.Error()))
	}
	if _, err = c.Channels(t.Context(), ""); err.Error() != "channels: Bad Gateway (502)" {
		t.Error(err)
	}
}

func TestAnswerOfSomethingElseIsAnError(t *testing.T) {
	for _, body := range []string{"", "<!doctype html>", "[]", "null", `{"channels":`, `{"channels":7}`} {
		f := serve(t, says(http.StatusOK, body))
		if _, err := f.client(Options{}).Channels(t.Context(), ""); !errors.Is(err, ErrAnswer) {
			t.Errorf("%q: %v", body, err)
		}
	}
	f := serve(t, says(http.StatusOK, "<!doctype html>"))
	if err := f.client(Options{}).TerminateUser(t.Context(), "u"); !errors.Is(err, ErrAnswer) {
		t.Errorf("where nothing is told: %v", err)
	}
}

func TestEndlessAnswerIsNotReadToItsEnd(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"channels":{}`)
		blanks := bytes.Repeat([]byte(" "), 1<<20)
		for {
			if _, err := w.Write(blanks); err != nil {
				return
			}
		}
	})
	c := f.client(Options{Timeout: time.Minute})
	c.most = 2 << 20
	if _, err := c.Channels(t.Context(), ""); !errors.Is(err, ErrAnswer) {
		t.Error(err)
	}
}

func TestSilenceAndCutConnectionsAreNoAnswer(t *testing.T) {
	f := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	_, err := f.client(Options{Timeout: 20 * time.Millisecond}).Channels(t.Context(), "")
	if !errors.Is(err, ErrConnection) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("silence: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = f.client(Options{}).Channels(ctx, ""); !errors.Is(err, ErrConnection) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	cut := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err = cut.client(Options{}).Trigger(t.Context(), []string{"a"}, "e", "")
	if !errors.Is(err, ErrConnection) || strings.Contains(err.Error(), "auth_signature") {
		t.Errorf("cut: %v", err)
	}
	if cut.count() != 1 {
		t.Errorf("an event was sent %d times", cut.count())
	}
	short := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{}")
	})
	if _, err = short.client(Options{}).Channels(t.Context(), ""); !errors.Is(err, ErrConnection) {
		t.Errorf("a part of an answer: %v", err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
	})
	var refused *Error
	if _, err := f.client(Options{HTTPClient: &http.Client{Transport: f.Client().Transport}}).Channels(t.Context(), ""); !errors.As(err, &refused) || refused.Status != http.StatusFound {
		t.Error(err)
	}
}

// Connections are kept after refusals too, and everybody may use the client.
func TestManyCallsShareFewConnections(t *testing.T) {
	var mu sync.Mutex
	connections := map[string]bool{}
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		connections[r.RemoteAddr] = true
		n := len(connections)
		mu.Unlock()
		says([]int{200, 400, 401, 403, 404, 413}[n%6], `{}`)(w, r)
	})
	c := f.client(Options{})
	const workers = 8
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range 25 {
				var refused *Error
				if _, err := c.Trigger(t.Context(), []string{"a"}, "e", ""); err != nil && !errors.As(err, &refused) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := len(connections); n > 2*workers || f.count() != workers*25 {
		t.Errorf("%d calls over %d connections", f.count(), n)
	}
}

func TestNothingSecretIsToldOrLogged(t *testing.T) {
	var log bytes.Buffer
	f := serve(t, says(http.StatusUnauthorized, "no"))
	c := f.client(Options{
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), EncryptionMasterKey: []byte(testMaster),
		ExtraTokens: []Token{{"old", "old-secret"}},
	})
	_, err := c.Trigger(t.Context(), []string{"private-encrypted-a"}, "e", "what-is-said")
	told := err.Error() + log.String() + fmt.Sprintf("%v %+v %#v %s %v %#v", c, c, c, c, c.tokens, c.tokens)
	for _, secret := range []string{testSecret, testMaster, "old-secret", "what-is-said"} {
		if strings.Contains(told, secret) {
			t.Errorf("%q is told: %s", secret, told)
		}
	}
	if !strings.Contains(log.String(), "status=401") {
		t.Errorf("logged %q", log.String())
	}
}
