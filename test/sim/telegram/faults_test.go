package telegram_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestResetBeforeTheEffectLosesTheCall(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(telegram.Fault{Method: "sendMessage", Times: 1, Reset: telegram.ResetBefore})
	if _, err := b.try("sendMessage", b.message(0, "x")); err == nil {
		t.Fatal("no transport error")
	}
	if got := len(b.sim.State().Messages(0)); got != 0 {
		t.Fatalf("%d messages", got)
	}
	b.send(0, "x")
}

func TestResetAfterTheEffectLosesOnlyTheAnswer(t *testing.T) {
	b := unlimited(t)
	id := b.sim.Fault(telegram.Fault{Method: "createForumTopic", Times: 1, Reset: telegram.ResetAfter})
	if _, err := b.try("createForumTopic", fields{"chat_id": b.sim.ChatID(), "name": "Ana"}); err == nil {
		t.Fatal("no transport error")
	}
	if got := len(b.sim.Topics()); got != 1 {
		t.Fatalf("%d topics", got)
	}
	if got := kinds(b.updates(0)); got != "created" {
		t.Fatalf("the service update is how the topic is found again: %s", got)
	}
	if r := b.sim.Requests("createForumTopic")[0]; len(r.Faults) != 1 || r.Faults[0] != id || r.Status != 0 {
		t.Fatalf("request: %+v", r)
	}
}

func TestPostWhoseAnswerIsLostIsMarked(t *testing.T) {
	b := unlimited(t)
	b.send(0, "told")
	b.sim.Fault(telegram.Fault{Method: "sendMessage", Times: 1, Reset: telegram.ResetAfter})
	if _, err := b.try("sendMessage", b.message(0, "not told")); err == nil {
		t.Fatal("no transport error")
	}
	for _, m := range b.sim.State().Messages(0) {
		if m.Unanswered != (m.Text == "not told") {
			t.Errorf("%q: unanswered %v", m.Text, m.Unanswered)
		}
	}
}

func TestFaultStrikesFromTheNthCallSoManyTimes(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(telegram.Fault{Method: "sendmessage", Nth: 2, Times: 2, Status: 400, Description: "Bad Request: TOPIC_CLOSED"})
	var got []int
	for range 5 {
		got = append(got, b.call("sendMessage", b.message(0, "x")).Status)
	}
	for i, want := range []int{200, 400, 400, 200, 200} {
		if got[i] != want {
			t.Fatalf("statuses: %v", got)
		}
	}
}

func TestFaultMeetsOnlyItsPlace(t *testing.T) {
	b := unlimited(t)
	ana, ben := b.topic("Ana"), b.topic("Ben")
	b.sim.Fault(telegram.Fault{TopicID: ana, Status: 403})
	b.refused("sendMessage", b.message(ana, "x"), 403, "bot was kicked")
	b.send(ben, "x")
	b.sim.ClearFaults()
	b.send(ana, "x")
}

func TestProbabilityFollowsTheSeed(t *testing.T) {
	run := func(seed int64) (statuses string) {
		b := start(t, telegram.Options{Seed: seed, Budget: telegram.Budget{Off: true}})
		b.sim.Fault(telegram.Fault{Probability: 0.5, Status: 400})
		for range 32 {
			statuses += itoa(int64(b.call("getMe", nil).Status)) + " "
		}
		return statuses
	}
	first := run(7)
	if first != run(7) {
		t.Fatal("the same seed gave another run")
	}
	if first == run(8) || !strings.Contains(first, "200") || !strings.Contains(first, "400") {
		t.Fatalf("no chance in it: %s", first)
	}
}

func TestInjected429FreezesTheChat(t *testing.T) {
	b := start(t, telegram.Options{Budget: quick()})
	b.sim.Fault(telegram.Fault{Method: "sendMessage", Times: 1, Status: 429, RetryAfter: 5})
	r := b.call("sendMessage", b.message(0, "x"))
	if r.Status != 429 || r.Parameters.RetryAfter != 5 {
		t.Fatalf("answer: %+v", r)
	}
	b.refused("sendMessage", b.message(0, "x"), 429, "retry after")
	b.sim.Clock().Advance(10 * time.Second)
	b.send(0, "x")
}

func TestServerErrorComesAsHTML(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(telegram.Fault{Times: 1, Status: 502})
	resp, err := b.http.Get(b.url("getMe"))
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != http.StatusBadGateway || resp.Header.Get("Content-Type") != "text/html" || !strings.Contains(string(body), "<html>") {
		t.Fatalf("%d %s %q", resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}
}

func TestAnswerCanBeDamagedAfterTheEffect(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(telegram.Fault{Times: 1, Truncate: true})
	if _, err := b.try("sendMessage", b.message(0, "x")); err == nil {
		t.Fatal("half a JSON was readable")
	}
	b.sim.Fault(telegram.Fault{Times: 1, Status: 500, AfterEffect: true})
	if _, err := b.try("sendMessage", b.message(0, "x")); err == nil {
		t.Fatal("HTML was readable as JSON")
	}
	if got := len(b.sim.State().Messages(0)); got != 2 {
		t.Fatalf("%d messages", got)
	}
	b.sim.Fault(telegram.Fault{Times: 1, ContentType: "text/plain"})
	resp, err := b.http.Get(b.url("getMe"))
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	if got := resp.Header.Get("Content-Type"); got != "text/plain" {
		t.Fatalf("content type %q", got)
	}
}

func TestHangingCallGoesOnWhenReleased(t *testing.T) {
	b := unlimited(t)
	id := b.sim.Fault(telegram.Fault{Method: "sendMessage", Hang: true})
	done := b.background("sendMessage", b.message(0, "late"))
	b.wait(func(v telegram.State) bool {
		return v.RequestCount("sendMessage") == 1 && len(b.sim.Faults()) == 1 && b.sim.Faults()[0].Hits == 1
	})
	if got := len(b.sim.State().Messages(0)); got != 0 {
		t.Fatal("the effect came before the release")
	}
	b.sim.Release(id)
	must(t, <-done)
	if got := len(b.sim.State().Messages(0)); got != 1 {
		t.Fatal("no effect after the release")
	}
}

func TestLatencyRunsOnTheSimulatorsClock(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(telegram.Fault{Times: 1, Latency: time.Hour})
	done := b.background("getMe", nil)
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Hour)
	must(t, <-done)
}

func TestSlowBodyKeepsTheClientWaitingInTheMiddle(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(telegram.Fault{Times: 1, SlowBody: time.Minute})
	done := b.background("getMe", nil)
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	select {
	case err := <-done:
		t.Fatalf("the answer was whole before its time (%v)", err)
	default:
	}
	b.sim.Clock().Advance(time.Minute)
	must(t, <-done)
}

func TestCloseEndsWhatHangs(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(telegram.Fault{Method: "getMe", Hang: true})
	done := b.background("getMe", nil)
	waiting := b.polling(fields{"timeout": 50})
	b.wait(func(telegram.State) bool { return b.sim.Faults()[0].Hits == 1 })
	b.sim.Close()
	if err := <-done; err == nil {
		t.Fatal("a hanging call was answered")
	}
	<-waiting
}
