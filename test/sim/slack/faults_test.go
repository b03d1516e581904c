package slack_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func (b *bot) text(text string) fields { return fields{"channel": b.sim.ChannelID(), "text": text} }

// background calls a method and returns where its transport error (or nil) will come.
func (b *bot) background(method string, args fields) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := b.try(method, args)
		done <- err
	}()
	return done
}

func TestResetBeforeTheEffectLosesTheCall(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(slack.Fault{Method: "chat.postMessage", Times: 1, Reset: slack.ResetBefore})
	if _, err := b.try("chat.postMessage", b.text("x")); err == nil {
		t.Fatal("no transport error")
	}
	if got := len(b.sim.Threads()); got != 0 {
		t.Fatalf("%d messages", got)
	}
	b.post("", "x")
}

func TestResetAfterTheEffectLosesOnlyTheAnswer(t *testing.T) {
	b := unlimited(t)
	id := b.sim.Fault(slack.Fault{Method: "chat.postMessage", Times: 1, Reset: slack.ResetAfter})
	args := b.text("x")
	args["metadata"] = fields{"event_type": "bellhop_message", "event_payload": fields{"id": "m1"}}
	if _, err := b.try("chat.postMessage", args); err == nil {
		t.Fatal("no transport error")
	}
	var page struct{ Messages []inner }
	b.ok("conversations.history", fields{"channel": b.sim.ChannelID(), "include_all_metadata": "true"}, &page)
	if len(page.Messages) != 1 || !strings.Contains(string(page.Messages[0].Metadata), "m1") {
		t.Fatalf("the metadata is how the message is found again: %+v", page.Messages)
	}
	if r := b.sim.Requests("chat.postMessage")[0]; len(r.Faults) != 1 || r.Faults[0] != id || r.Status != 0 {
		t.Fatalf("request: %+v", r)
	}
}

func TestFaultMeetsOnlyItsPlace(t *testing.T) {
	b := unlimited(t)
	ana, ben := b.post("", "Ana"), b.post("", "Ben")
	b.sim.Fault(slack.Fault{Place: ana, Status: 200, Code: "internal_error"})
	reply := b.text("x")
	reply["thread_ts"] = ana
	b.refused("chat.postMessage", reply, "internal_error")
	b.post(ben, "x")
	b.sim.ClearFaults()
	b.post(ana, "x")
}

func TestServerErrorComesAsHTML(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(slack.Fault{Times: 1, Status: 503})
	req, err := http.NewRequest(http.MethodPost, b.sim.URL()+"auth.test", nil)
	must(t, err)
	resp, err := b.http.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Content-Type") != "text/html" || !strings.Contains(string(body), "<html>") {
		t.Fatalf("%d %s %q", resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}
}

func TestAnswerCanBeDamagedAfterTheEffect(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(slack.Fault{Times: 1, Truncate: true})
	if _, err := b.try("chat.postMessage", b.text("x")); err == nil {
		t.Fatal("half a JSON was readable")
	}
	b.sim.Fault(slack.Fault{Times: 1, Status: 500, AfterEffect: true})
	if _, err := b.try("chat.postMessage", b.text("x")); err == nil {
		t.Fatal("HTML was readable as JSON")
	}
	if got := len(b.sim.Threads()); got != 2 {
		t.Fatalf("%d messages", got)
	}
}

func TestHangingCallGoesOnWhenReleased(t *testing.T) {
	b := unlimited(t)
	id := b.sim.Fault(slack.Fault{Method: "chat.postMessage", Hang: true})
	done := b.background("chat.postMessage", b.text("late"))
	b.wait(func(slack.State) bool { return b.sim.Faults()[0].Hits == 1 })
	if len(b.sim.Threads()) != 0 {
		t.Fatal("the effect came before the release")
	}
	b.sim.Release(id)
	must(t, <-done)
	if len(b.sim.Threads()) != 1 {
		t.Fatal("no effect after the release")
	}
}

func TestLatencyRunsOnTheSimulatorsClock(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(slack.Fault{Times: 1, Latency: time.Hour})
	done := b.background("auth.test", nil)
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Hour)
	must(t, <-done)
}

func TestCloseEndsWhatHangs(t *testing.T) {
	b := unlimited(t)
	b.dial()
	b.sim.Fault(slack.Fault{Method: "auth.test", Hang: true})
	done := b.background("auth.test", nil)
	b.wait(func(slack.State) bool { return b.sim.Faults()[0].Hits == 1 })
	b.sim.Close()
	if err := <-done; err == nil {
		t.Fatal("a hanging call was answered")
	}
	if err := b.sim.WaitFor(deadline(t), func(slack.State) bool { return false }); !errors.Is(err, slack.ErrClosed) {
		t.Fatalf("err = %v", err)
	}
	if _, err := b.sim.Say(deadline(t), "", "x"); !errors.Is(err, slack.ErrClosed) {
		t.Fatalf("err = %v", err)
	}
}
