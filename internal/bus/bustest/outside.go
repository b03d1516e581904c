package bustest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

func signalReaches(t *testing.T, w *world) {
	heard := make(chan string, 1000)
	stop, err := w.connect().OnSignal("typing", func(p id.Project, s id.Session, payload []byte) {
		if p == w.project {
			heard <- fmt.Sprint(s, " ", string(payload))
		}
	})
	w.must(err)
	odd := id.Session("odd. *id>")
	// A signal may be lost, and on a cluster it is until every node knows of the listener.
	Until(t, "the signal is heard", func() bool {
		w.must(w.bus.Signal(w.project, odd, "visit", []byte(`"other noun"`)))
		w.must(w.bus.Signal(w.project, odd, "typing", []byte(`{"typing":true}`)))
		return len(heard) > 0
	})
	if got, want := <-heard, `odd. *id> {"typing":true}`; got != want {
		w.Fatalf("heard %s, want %s", got, want)
	}
	stop()
	Until(t, "nothing is heard after it stopped", func() bool {
		for len(heard) > 0 {
			<-heard
		}
		w.must(w.bus.Signal(w.project, odd, "typing", []byte(`{}`)))
		w.must(w.bus.Ping(w.context()))
		return len(heard) == 0
	})
}

func commandIsAnswered(_ *testing.T, w *world) {
	var served atomic.Int32
	handler := func(_ context.Context, p id.Project, s id.Session, request []byte) (any, error) {
		served.Add(1)
		switch string(request) {
		case "refuse":
			return nil, fmt.Errorf("command: %w", &bus.CommandError{Message: "no such session", Code: "not_found"})
		case "break":
			return nil, errors.New("secret detail")
		}
		return map[string]string{"project": string(p), "session": string(s)}, nil
	}
	command := bus.Command("test." + w.name) // its own, beside other tests on the same bus
	for range 2 {
		stop, err := w.connect().Serve(command, handler)
		w.must(err)
		w.Cleanup(stop)
	}
	for request, want := range map[string]string{
		"go":     fmt.Sprintf(`{"project":%q,"session":"odd. id"}`, w.project),
		"refuse": `{"error":"no such session","code":"not_found"}`,
		"break":  `{"error":"the command could not be carried out; try again","code":"unavailable"}`,
	} {
		got, err := w.bus.Request(w.context(), w.project, "odd. id", command, []byte(request))
		w.must(err)
		if string(got) != want || !json.Valid(got) {
			w.Errorf("%s: %s, want %s", request, got, want)
		}
	}
	if served.Load() != 3 {
		w.Errorf("served %d times", served.Load())
	}
	if _, err := w.bus.Request(w.context(), w.project, "s", "nobody.serves", nil); !errors.Is(err, bus.ErrUnavailable) {
		w.Errorf("without a server: %v", err)
	}
	msg, err := w.site.Client(w).RequestWithContext(w.context(), "bellhop.cmd.v1.Not-A-Project.s."+string(command), nil)
	w.must(err)
	var refused bus.CommandError
	w.must(json.Unmarshal(msg.Data, &refused))
	if refused.Code != "invalid_subject" {
		w.Errorf("answer to a bad subject: %s", msg.Data)
	}
}
