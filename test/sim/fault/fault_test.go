package fault_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a tiny platform: it counts what took effect.
type desk struct {
	t       *testing.T
	book    *fault.Book
	clock   *clock.Clock
	effects atomic.Int64
	url     string
	http    *http.Client
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, clock: clock.Manual(time.Unix(1795000000, 0))}
	d.book = fault.NewBook(d.clock, 1, nil)
	server := httptest.NewServer(http.HandlerFunc(d.serve))
	d.url, d.http = server.URL, &http.Client{
		Transport:     &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(func() {
		d.book.Clear()
		d.http.CloseIdleConnections()
		server.Close()
	})
	return d
}

func (d *desk) serve(w http.ResponseWriter, r *http.Request) {
	effect := func() fault.Answer {
		d.effects.Add(1)
		return fault.Answer{Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"ok":true}`)}
	}
	refuse := func(f fault.Fault) fault.Answer {
		return fault.Answer{Status: f.Status, Body: []byte("refused " + f.Code + f.Description)}
	}
	strike := d.book.Match(strings.Trim(r.URL.Path, "/"), r.URL.Query().Get("place"))
	if strike == nil {
		effect().Write(w)
		return
	}
	strike.Around(r.Context(), refuse, effect).Write(w)
}

// call returns status, content type and body, or the transport's error.
func (d *desk) call(path string) (int, string, string, error) {
	resp, err := d.http.Get(d.url + "/" + path)
	if err != nil {
		return 0, "", "", err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(body), err
}

func (d *desk) background(path string) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, _, _, err := d.call(path)
		done <- err
	}()
	return done
}

func (d *desk) wants(path string, status int, part string) {
	d.t.Helper()
	got, _, body, err := d.call(path)
	if err != nil || got != status || !strings.Contains(body, part) {
		d.t.Fatalf("%s: %d %q %v, want %d %q", path, got, body, err, status, part)
	}
}

func TestFaultMeetsItsMethodPlaceAndCountOnly(t *testing.T) {
	d := open(t)
	d.book.Add(fault.Fault{Method: "SEND", Place: "a", Nth: 2, Times: 1, Status: 403, Code: "50013"})
	d.wants("send?place=a", 200, "ok")
	d.wants("send?place=b", 200, "ok")
	d.wants("edit?place=a", 200, "ok")
	d.wants("send?place=a", 403, "refused 50013")
	d.wants("send?place=a", 200, "ok")
	if f := d.book.Faults()[0]; f.Seen != 3 || f.Hits != 1 {
		t.Fatalf("fault: %+v", f)
	}
}

func TestResetBeforeAndAfterDifferInTheEffect(t *testing.T) {
	d := open(t)
	d.book.Add(fault.Fault{Times: 1, Reset: fault.ResetBefore})
	d.book.Add(fault.Fault{Times: 1, Reset: fault.ResetAfter})
	for i, want := range []int64{0, 1} {
		if _, _, _, err := d.call("post"); err == nil {
			t.Fatalf("call %d was answered", i)
		}
		if got := d.effects.Load(); got != want {
			t.Fatalf("call %d: %d effects, want %d", i, got, want)
		}
	}
}

func TestAnswerIsDamagedAsTheFaultSays(t *testing.T) {
	d := open(t)
	d.book.Add(fault.Fault{Method: "half", Truncate: true})
	d.book.Add(fault.Fault{Method: "down", Status: 502})
	d.book.Add(fault.Fault{Method: "late", Status: 500, AfterEffect: true})
	d.book.Add(fault.Fault{Method: "moved", Status: 301, Location: "/elsewhere"})
	d.book.Add(fault.Fault{Method: "typed", ContentType: "text/plain"})
	if _, _, body, _ := d.call("half"); body != `{"ok"` {
		t.Fatalf("half is %q", body)
	}
	d.wants("down", 502, "<html>")
	before := d.effects.Load()
	d.wants("late", 500, "<html>")
	if d.effects.Load() != before+1 {
		t.Fatal("no effect before the late 500")
	}
	d.wants("moved", 301, "")
	if _, kind, _, _ := d.call("typed"); kind != "text/plain" {
		t.Fatalf("content type %q", kind)
	}
}

func TestLatencyAndSlowBodyRunOnTheSimulatorsClock(t *testing.T) {
	d := open(t)
	for _, f := range []fault.Fault{{Times: 1, Latency: time.Hour}, {Times: 1, SlowBody: time.Hour}} {
		d.book.Add(f)
		done := d.background("x")
		if err := d.clock.AwaitTimers(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			t.Fatalf("answered before its time (%v)", err)
		default:
		}
		d.clock.Advance(time.Hour)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

func TestHangingCallGoesOnWhenItsFaultIsRemoved(t *testing.T) {
	hit := make(chan struct{}, 8)
	book := fault.NewBook(clock.Manual(time.Unix(1, 0)), 1, func() { hit <- struct{}{} })
	id := book.Add(fault.Fault{Hang: true})
	<-hit
	strike, done := book.Match("x"), make(chan fault.Answer)
	<-hit
	go func() {
		done <- strike.Around(t.Context(), nil, func() fault.Answer { return fault.Answer{Status: 200} })
	}()
	book.Remove(id)
	if a := <-done; a.Status != 200 {
		t.Fatalf("answer %+v", a)
	}
	ctx, cancel := context.WithCancel(t.Context())
	book.Add(fault.Fault{Hang: true})
	cancel()
	if a := book.Match("x").Around(ctx, nil, nil); !a.Reset {
		t.Fatal("a client that left was answered")
	}
}

func TestChancesFollowTheSeed(t *testing.T) {
	run := func(seed int64) (hits string) {
		book := fault.NewBook(clock.Real(), seed, nil)
		book.Add(fault.Fault{Probability: 0.5})
		for range 40 {
			if book.Match("x") != nil {
				hits += "x"
			} else {
				hits += "."
			}
		}
		return hits
	}
	first := run(7)
	if first != run(7) || first == run(8) || !strings.Contains(first, "x") || !strings.Contains(first, ".") {
		t.Fatalf("no seeded chance in %s", first)
	}
}

func TestDeliveriesAreCountedOnlyWhereAsked(t *testing.T) {
	book := fault.NewBook(clock.Real(), 1, nil)
	book.Disturb(fault.Delivery{Kind: "message", Nth: 2, Duplicate: 1})
	id := book.Disturb(fault.Delivery{Label: "forger", Forge: "stale"})
	forges := func(d fault.Delivery) bool { return d.Forge != "" }
	if got := book.MatchDelivery("message", forges); len(got) != 1 || got[0].Forge != "stale" {
		t.Fatalf("forged: %+v", got)
	}
	if got := book.MatchDelivery("message", func(d fault.Delivery) bool { return !forges(d) }); len(got) != 0 {
		t.Fatalf("struck before its nth: %+v", got)
	}
	book.Remove(book.Labelled("forger"))
	if got := book.MatchDelivery("message", nil); len(got) != 1 || got[0].Duplicate != 1 {
		t.Fatalf("second: %+v", got)
	}
	if len(book.Deliveries()) != 1 || book.Deliveries()[0].ID == id {
		t.Fatalf("left: %+v", book.Deliveries())
	}
}
