package slack_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestRequestLogIsBoundedButCountsEverything(t *testing.T) {
	b := start(t, slack.Options{RequestLog: 10, Budget: slack.Budget{Off: true}})
	for i := range 50 {
		b.post("", fmt.Sprint(i))
	}
	requests := b.sim.Requests("chat.postMessage")
	if len(requests) != 10 || requests[9].Param("text") != "49" || b.sim.State().RequestCount("chat.postMessage") != 50 {
		t.Fatalf("%d requests, the last %q", len(requests), requests[9].Param("text"))
	}
}

func TestParallelSendersKeepTheOrderOfEachThread(t *testing.T) {
	b, r := hooked(t)
	const threads, messages = 8, 20
	var wg sync.WaitGroup
	roots := make([]string, threads)
	for i := range roots {
		roots[i] = b.post("", fmt.Sprint("thread ", i))
		wg.Go(func() {
			for n := range messages {
				args := fields{"channel": b.sim.ChannelID(), "text": fmt.Sprint(n), "thread_ts": roots[i]}
				if r, err := b.try("chat.postMessage", args); err != nil || !r.OK {
					t.Errorf("%+v %v", r, err)
				}
			}
		})
	}
	wg.Wait()
	b.wait(quiet)
	told := map[string][]string{}
	for _, d := range r.all() {
		if e := d.Event.Event; e.Subtype == "" && e.ThreadTS != "" {
			told[e.ThreadTS] = append(told[e.ThreadTS], e.Text)
		}
	}
	for _, root := range roots {
		for n, m := range b.sim.Thread(root).Messages()[1:] {
			if m.Text != fmt.Sprint(n) || told[root][n] != m.Text {
				t.Fatalf("thread %s: message %d is %q, event %q", root, n, m.Text, told[root][n])
			}
		}
	}
}

// BenchmarkPost is what one reply costs with 1,000 threads, client and HTTP included.
func BenchmarkPost(b *testing.B) {
	app := unlimited(b)
	roots := make([]string, 1000)
	for i := range roots {
		roots[i] = app.post("", fmt.Sprint("thread ", i))
	}
	b.ReportAllocs()
	b.ResetTimer()
	var n int
	for b.Loop() {
		n++
		app.post(roots[n%len(roots)], "a message of ordinary length, as a visitor writes it")
	}
}

// BenchmarkPostIntoALongThread is the same in a thread of 10,000 messages, with the root's change told each time.
func BenchmarkPostIntoALongThread(b *testing.B) {
	app := unlimited(b)
	r := receive(app)
	app.hook(r)
	root := app.post("", "long")
	for range 10_000 {
		app.post(root, "x")
	}
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		app.post(root, "a message of ordinary length, as a visitor writes it")
	}
}

// BenchmarkPage is what one refresh of the page costs with 1,000 threads.
func BenchmarkPage(b *testing.B) {
	app := unlimited(b)
	for i := range 1000 {
		app.post(app.post("", fmt.Sprint("thread ", i)), "hello")
	}
	for b.Loop() {
		app.get("/")
	}
}
