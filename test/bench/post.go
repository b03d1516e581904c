package bench

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// flood is the load of as many POSTs as are accepted, each connection sending its next when it has the answer.
type flood struct {
	Host                  string
	Connections, Sessions int
	For                   time.Duration
	Most                  int // messages; an upper bound on the disk that a run fills
}

type flooded struct {
	Accepted int
	Refused  int // answered otherwise than 200
	Took     time.Duration
	Latency  Summary
}

func (f flood) run() (any, error) {
	sessions, err := openSessions(f.Host, "flood", f.Sessions, true)
	if err != nil {
		return nil, err
	}
	ready() // what follows is measured
	var next atomic.Int64
	var refused atomic.Int64
	latencies := make([][]time.Duration, f.Connections)
	errs := make([]error, f.Connections)
	begun := time.Now()
	var wg sync.WaitGroup
	for i := range f.Connections {
		wg.Go(func() { latencies[i], errs[i] = f.one(begun, sessions, &next, &refused) })
	}
	wg.Wait()
	took := time.Since(begun)
	var all []time.Duration
	for i := range latencies {
		if errs[i] != nil {
			return nil, errs[i]
		}
		all = append(all, latencies[i]...)
	}
	return flooded{Accepted: len(all), Refused: int(refused.Load()), Took: took, Latency: summarize(all)}, nil
}

func (f flood) one(begun time.Time, sessions []string, next, refused *atomic.Int64) ([]time.Duration, error) {
	c, err := dial(f.Host, "")
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var took []time.Duration
	var body []byte
	for {
		n := int(next.Add(1))
		start := time.Now()
		if n > f.Most || start.Sub(begun) > f.For {
			return took, nil
		}
		body = message(body[:0], sessions[n%len(sessions)], n)
		switch _, err := c.post("/pocketping/message", body); {
		case errors.Is(err, errStatus):
			refused.Add(1)
		case err != nil:
			return took, err
		default:
			took = append(took, time.Since(start))
		}
	}
}

// stream is the load of a steady rate, whether or not the answers come: a request that had to wait for its turn counts from
// when it was due.
type stream struct {
	Host      string
	PerSecond int
	For       time.Duration
	Sessions  int
	Word      string
	// First is the number of the first message. 0 is also what every session begins with.
	First          int
	ReportSchedule bool
}

type streamed struct {
	Latency Summary
	Failed  int
	// Due is when each message was due, in Unix nanoseconds, in the order of their numbers.
	Due []int64 `json:",omitempty"`
}

// streamers is how many connections carry the rate; more answers are not outstanding at once.
const streamers = 32

func (s stream) run() (any, error) {
	sessions, err := openSessions(s.Host, s.Word, s.Sessions, true)
	if err != nil {
		return nil, err
	}
	ready()
	total := int(s.For.Seconds() * float64(s.PerSecond))
	due, took, failed := make([]int64, total), make([]time.Duration, total), make([]bool, total)
	turns := make(chan int, total)
	errs := make([]error, streamers)
	var wg sync.WaitGroup
	for i := range streamers {
		wg.Go(func() { errs[i] = s.one(sessions, turns, due, took, failed) })
	}
	begun := time.Now()
	for n := range total {
		at := begun.Add(time.Duration(n) * time.Second / time.Duration(s.PerSecond))
		time.Sleep(time.Until(at))
		due[n] = at.UnixNano()
		turns <- n
	}
	close(turns)
	wg.Wait()
	result := streamed{}
	for n := range total {
		if failed[n] {
			result.Failed++
		}
	}
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("load generator: %w", err)
		}
	}
	result.Latency = summarize(took)
	if s.ReportSchedule {
		result.Due = due
	}
	return result, nil
}

func (s stream) one(sessions []string, turns <-chan int, due []int64, took []time.Duration, failed []bool) error {
	c, err := dial(s.Host, "")
	if err != nil {
		return err
	}
	defer func() { c.Close() }()
	for n := range turns {
		_, err := c.post("/pocketping/message", message(nil, sessions[n%len(sessions)], s.First+n))
		took[n] = time.Since(time.Unix(0, due[n]))
		if err == nil {
			continue
		}
		failed[n] = true
		c.Close()
		if c, err = dial(s.Host, ""); err != nil {
			return err
		}
	}
	return nil
}
