package bench

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// heardByCrowd is what sockets have heard.
type heardByCrowd struct {
	// Took is how long each event was on its way; of a broadcast, until its last socket had it.
	Took Summary
	// Each is how long each socket of a broadcast waited.
	Each Summary
	// Deliveries are the frames that came.
	Deliveries int
	// For is how long the sending took.
	For time.Duration
}

// crowdPatience bounds the wait for what was sent.
const crowdPatience = 30 * time.Second

// tally counts what many sockets hear, and how long it was on its way.
type tally struct {
	heard atomic.Int64
	mu    sync.Mutex
	took  []time.Duration
	last  time.Duration // of the broadcast under way
}

// stamp tells within an event when it was due, in microseconds.
func stamp(due time.Time) string { return "@" + strconv.FormatInt(due.UnixMicro(), 10) + "@" }

// note counts a frame that has a stamp; others are who is there, and the like.
func (t *tally) note(payload []byte) {
	_, rest, ok := bytes.Cut(payload, []byte("@"))
	digits, _, _ := bytes.Cut(rest, []byte("@"))
	at, err := strconv.ParseInt(string(digits), 10, 64)
	if !ok || err != nil {
		return
	}
	took := time.Since(time.UnixMicro(at))
	t.mu.Lock()
	t.took = append(t.took, took)
	t.last = max(t.last, took)
	t.mu.Unlock()
	t.heard.Add(1)
}

// begin answers how much was heard before what is measured now.
func (t *tally) begin() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took, t.last = nil, 0
	return t.heard.Load()
}

func (t *tally) await(heard int64) error {
	for deadline := time.Now().Add(crowdPatience); t.heard.Load() < heard; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d frames did not come", heard-t.heard.Load())
		}
	}
	return nil
}

// broadcast sends so many events to all sockets, each when the one before has come to everybody.
func (t *tally) broadcast(times, sockets int, send func(at time.Time) error) (result heardByCrowd, err error) {
	begun, lasts, each := time.Now(), []time.Duration{}, []time.Duration{}
	for range times {
		before := t.begin()
		if err := send(time.Now()); err != nil {
			return result, err
		}
		if err := t.await(before + int64(sockets)); err != nil {
			return result, err
		}
		t.mu.Lock()
		lasts, each = append(lasts, t.last), append(each, t.took...)
		t.mu.Unlock()
	}
	return heardByCrowd{Took: summarize(lasts), Each: summarize(each), Deliveries: times * sockets, For: time.Since(begun)}, nil
}

// steady sends turns at a steady rate, of some events each: what had to wait for its turn counts from when it was due.
func (t *tally) steady(rate int, length time.Duration, events int, send func(turns <-chan int, due func(int) time.Time) error) (result heardByCrowd, err error) {
	total := int(length.Seconds() * float64(rate))
	before := t.begin()
	turns := make(chan int, total)
	errs := make([]error, streamers)
	begun := time.Now()
	due := func(n int) time.Time { return begun.Add(time.Duration(n) * time.Second / time.Duration(rate)) }
	var wg sync.WaitGroup
	for worker := range streamers {
		wg.Go(func() { errs[worker] = send(turns, due) })
	}
	for n := range total {
		time.Sleep(time.Until(due(n)))
		turns <- n
	}
	close(turns)
	wg.Wait()
	result.For = time.Since(begun)
	for _, err := range errs {
		if err != nil {
			return result, err
		}
	}
	if err := t.await(before + int64(total*events)); err != nil {
		return result, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	result.Took, result.Deliveries = summarize(t.took), total*events
	return result, nil
}
