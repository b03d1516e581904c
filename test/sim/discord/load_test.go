package discord_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestRequestLogIsBoundedButCountsEverything(t *testing.T) {
	b := start(t, discord.Options{RequestLog: 10, Budget: discord.Budget{Off: true}})
	thread := b.post("Ana", "x")
	for i := range 50 {
		b.send(thread, strconv.Itoa(i))
	}
	requests := b.sim.Requests("createMessage")
	if len(requests) != 10 || requests[9].JSON()["content"] != "49" || b.sim.State().RequestCount("createMessage") != 50 {
		t.Fatalf("%d requests, the last %v, counted %d", len(requests), requests[9].JSON(), b.sim.State().RequestCount("createMessage"))
	}
}

func TestParallelSendersKeepTheOrderOfEachThreadAndTheGatewaysOrder(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	const threads, messages = 8, 20
	var wg sync.WaitGroup
	ids := make([]string, threads)
	for i := range ids {
		ids[i] = b.post(fmt.Sprint("thread ", i), "first")
		wg.Go(func() {
			for n := range messages {
				if r, err := b.try("POST", "/channels/"+ids[i]+"/messages", fields{"content": strconv.Itoa(n)}); err != nil || r.Status != 200 {
					t.Errorf("%+v %v", r, err)
				}
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		for n, m := range b.sim.Thread(id).Messages()[1:] {
			if m.Text != strconv.Itoa(n) {
				t.Fatalf("thread %s: message %d is %q", id, n, m.Text)
			}
		}
	}
	last := c.seq
	for range threads*(messages+2) - 1 {
		if p := c.next(); p.Seq != last+1 {
			t.Fatalf("%d came after %d", p.Seq, last)
		}
		last++
	}
}

// BenchmarkCreateMessage is what one send costs with 1,000 threads and a connected gateway, client and HTTP included.
func BenchmarkCreateMessage(b *testing.B) {
	bot := start(b, discord.Options{ActiveThreads: 2000, Budget: discord.Budget{Off: true}})
	ids := make([]string, 1000)
	for i := range ids {
		ids[i] = bot.post(fmt.Sprint("thread ", i), "first")
	}
	c, _ := bot.identify(intents)
	go func() {
		for {
			if _, _, err := c.ws.ReadMessage(); err != nil {
				return
			}
		}
	}()
	b.ReportAllocs()
	b.ResetTimer()
	var n int
	for b.Loop() {
		n++
		bot.send(ids[n%len(ids)], "a message of ordinary length, as a visitor writes it")
	}
}

// BenchmarkLongThread is what one send into a thread of 10,000 messages costs.
func BenchmarkLongThread(b *testing.B) {
	bot := unlimited(b)
	thread := bot.post("Ana", "first")
	for range 10_000 {
		if _, err := bot.sim.Say(b.Context(), thread, "a message"); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		bot.send(thread, "another")
	}
}

// BenchmarkPage is what one refresh of the page costs with 1,000 threads.
func BenchmarkPage(b *testing.B) {
	bot := start(b, discord.Options{ActiveThreads: 2000, Budget: discord.Budget{Off: true}})
	for i := range 1000 {
		bot.post(fmt.Sprint("thread ", i), "hello")
	}
	for b.Loop() {
		bot.get(bot.sim.PageURL())
	}
}
