package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/test/stage"
)

// platforms are the three simulated platforms in a process of their own. It prints their variables when they stand, then obeys
// orders, each of which it answers with a line, and ends when its input does.
type platforms struct{}

const (
	// firstNumber is that of the first message which is looked for: 0 is what every session begins with.
	firstNumber = 1
	// calls are read from the platforms' logs so often, and each platform remembers as many as come in that time.
	callsEvery, callsKept = 200 * time.Millisecond, 30_000
)

func (platforms) run() (any, error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s, err := stage.Open(ctx, stage.Options{RequestLog: callsKept})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	book := newCallBook(s)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer stop()
	reading.Go(func() { book.keep(ctx) })
	if err := json.NewEncoder(os.Stdout).Encode(s.Env()); err != nil {
		return nil, err
	}
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		answer, err := obey(ctx, s, book, orders.Text())
		if err != nil {
			return nil, err
		}
		if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
			return nil, err
		}
	}
	return nil, orders.Err()
}

var errOrder = errors.New("no such order")

// obey does what an order says.
func obey(ctx context.Context, s *stage.Stage, book *callBook, order string) (any, error) {
	verb, argument, _ := strings.Cut(order, " ")
	switch verb {
	case "connect": // to webhooks at an address
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		return nil, s.Connect(ctx, argument)
	case "disturb":
		s.Disturb(stage.Trouble(argument))
	case "calm":
		s.Calm()
	case "forget": // all calls so far
		book.forget()
	case "count":
		return book.count(), nil
	case "calls":
		return book.calls(), nil
	default:
		return nil, fmt.Errorf("%w: %q", errOrder, order)
	}
	return nil, nil
}

// callBook notes when each message was first in a call of each platform.
type callBook struct {
	stage *stage.Stage
	mu    sync.Mutex
	seq   map[string]int64
	first map[string]map[int]int64 // by platform and number, in Unix nanoseconds
}

func newCallBook(s *stage.Stage) *callBook {
	b := &callBook{stage: s, seq: map[string]int64{}}
	b.reset()
	return b
}

func (b *callBook) reset() {
	b.first = map[string]map[int]int64{}
	for _, name := range stage.Names() {
		b.first[name] = map[int]int64{}
	}
}

// keep reads the logs until ctx ends.
func (b *callBook) keep(ctx context.Context) {
	tick := time.NewTicker(callsEvery)
	defer tick.Stop()
	for {
		b.mu.Lock()
		b.read()
		b.mu.Unlock()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// read notes what is new in the logs. b.mu is held.
func (b *callBook) read() {
	for _, name := range stage.Names() {
		for _, call := range b.stage.Posts(name, b.seq[name]) {
			b.seq[name] = call.Seq
			for _, n := range numbers("m", call.Text) {
				if n >= firstNumber && b.first[name][n] == 0 {
					b.first[name][n] = call.At.UnixNano()
				}
			}
		}
	}
}

func (b *callBook) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read()
	b.reset()
}

// count is how many messages each platform was called for.
func (b *callBook) count() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read()
	counts := map[string]int{}
	for name, first := range b.first {
		counts[name] = len(first)
	}
	return counts
}

// calls is when each platform was first called for each message.
func (b *callBook) calls() map[string]map[int]int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.read()
	return b.first
}
