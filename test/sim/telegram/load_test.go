package telegram_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestRequestLogIsBoundedButCountsEverything(t *testing.T) {
	b := start(t, telegram.Options{RequestLog: 10, Budget: telegram.Budget{Off: true}})
	for i := range 50 {
		b.send(0, itoa(int64(i)))
	}
	requests := b.sim.Requests("sendMessage")
	if len(requests) != 10 || requests[9].Param("text") != "49" || b.sim.State().RequestCount("sendMessage") != 50 {
		t.Fatalf("%d requests, the last %q, counted %d", len(requests), requests[9].Param("text"), b.sim.State().RequestCount("sendMessage"))
	}
}

func TestParallelSendersKeepTheOrderOfEachTopic(t *testing.T) {
	b := unlimited(t)
	const topics, messages = 8, 20
	var wg sync.WaitGroup
	ids := make([]int64, topics)
	for i := range ids {
		ids[i] = b.topic(fmt.Sprint("topic ", i))
		wg.Go(func() {
			for n := range messages {
				if r, err := b.try("sendMessage", b.message(ids[i], itoa(int64(n)))); err != nil || !r.OK {
					t.Errorf("%+v %v", r, err)
				}
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		for n, m := range b.sim.Topic(id).Messages()[1:] {
			if m.Text != itoa(int64(n)) {
				t.Fatalf("topic %d: message %d is %q", id, n, m.Text)
			}
		}
	}
}

// BenchmarkSendMessage is what one send costs with 1,000 topics, client and HTTP included.
func BenchmarkSendMessage(b *testing.B) {
	bot := unlimited(b)
	ids := make([]int64, 1000)
	for i := range ids {
		ids[i] = bot.topic(fmt.Sprint("topic ", i))
	}
	b.ReportAllocs()
	b.ResetTimer()
	var n int
	for b.Loop() {
		n++
		bot.send(ids[n%len(ids)], "a message of ordinary length, as a visitor writes it")
	}
}

// BenchmarkPage is what one refresh of the page costs with 1,000 topics.
func BenchmarkPage(b *testing.B) {
	bot := unlimited(b)
	for i := range 1000 {
		bot.send(bot.topic(fmt.Sprint("topic ", i)), "hello")
	}
	for b.Loop() {
		bot.get("/")
	}
}
