package bench

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/test/bench/discord"
	"github.com/bellhop-chat/bellhop/test/bench/slack"
	"github.com/bellhop-chat/bellhop/test/bench/telegram"
	"github.com/bellhop-chat/bellhop/test/stage"
)

// direct is the yardstick of what is brought to platforms: a program that does nothing but call the same platforms for as many texts,
// stores nothing and knows nobody. It shares no code with Bellhop's clients.
type direct struct {
	Env       []string // of the stage
	PerSecond int      // texts, each to every platform; 0 for as many as there can be
	For       time.Duration
	Threads   int
}

type directed struct {
	Calls int // answered, over all platforms
	Took  time.Duration
	Due   []int64 // as of stream; none without a rate
}

// caller calls one platform.
type caller interface {
	Open(ctx context.Context, name string) (thread string, err error)
	Post(ctx context.Context, thread, text string) error
}

// directMost bounds the texts of a run without a rate.
const directMost = 200_000

func (d direct) run() (any, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d.For+time.Minute)
	defer cancel()
	client := &http.Client{Timeout: callTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: streamers}}
	defer client.CloseIdleConnections()
	callers := d.callers(client)
	threads, err := d.open(ctx, callers)
	if err != nil {
		return nil, err
	}
	ready()
	return d.post(ctx, callers, threads)
}

func (d direct) callers(client *http.Client) map[string]caller {
	env := variables(d.Env)
	return map[string]caller{
		stage.Telegram: telegram.Caller{Client: client, Env: env}, stage.Discord: discord.Caller{Client: client, Env: env},
		stage.Slack: slack.Caller{Client: client, Env: env},
	}
}

// open opens the threads on each platform.
func (d direct) open(ctx context.Context, callers map[string]caller) (threads map[string][]string, err error) {
	threads = map[string][]string{}
	for name, c := range callers {
		for i := range d.Threads {
			thread, err := c.Open(ctx, visitorName("direct", i))
			if err != nil {
				return nil, fmt.Errorf("open a thread in %s: %w", name, err)
			}
			threads[name] = append(threads[name], thread)
		}
	}
	return threads, nil
}

// post gives each platform workers of its own, and each text to all of them.
func (d direct) post(ctx context.Context, callers map[string]caller, threads map[string][]string) (directed, error) {
	total := int(d.For.Seconds() * float64(d.PerSecond))
	if d.PerSecond == 0 {
		total = directMost
	}
	var wg sync.WaitGroup
	var turns []chan int
	results := make([]directWorker, 0, len(callers)*streamers)
	for name, c := range callers {
		queue := make(chan int, total)
		turns = append(turns, queue)
		for range streamers {
			results = append(results, directWorker{caller: c, threads: threads[name], queue: queue})
		}
	}
	begun := time.Now()
	for i := range results {
		if d.PerSecond == 0 {
			results[i].until = begun.Add(d.For)
		}
		wg.Go(func() { results[i].run(ctx) })
	}
	due := make([]int64, total)
	for n := range total {
		if d.PerSecond > 0 {
			at := begun.Add(time.Duration(n) * time.Second / time.Duration(d.PerSecond))
			time.Sleep(time.Until(at))
			due[n] = at.UnixNano()
		}
		for _, queue := range turns {
			queue <- n
		}
	}
	for _, queue := range turns {
		close(queue)
	}
	wg.Wait()
	result := directed{Took: time.Since(begun)}
	if d.PerSecond > 0 {
		result.Due = due
	}
	for i := range results {
		if results[i].err != nil {
			return result, results[i].err
		}
		result.Calls += results[i].calls
	}
	return result, nil
}

type directWorker struct {
	caller  caller
	threads []string
	queue   chan int
	until   time.Time // zero: until the queue's end
	calls   int
	err     error
}

// run works its queue off, as far as the time goes.
func (w *directWorker) run(ctx context.Context) {
	for n := range w.queue {
		if w.err != nil || !w.until.IsZero() && time.Now().After(w.until) {
			continue
		}
		if w.err = w.caller.Post(ctx, w.threads[n%len(w.threads)], fmt.Sprintf("m%06d. %s", n+firstNumber, filler)); w.err == nil {
			w.calls++
		}
	}
}

// variables are a process's environment, by name.
func variables(env []string) map[string]string {
	all := map[string]string{}
	for _, line := range env {
		name, value, _ := strings.Cut(line, "=")
		all[name] = value
	}
	return all
}
