package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// crowd is many visitors with a socket each, who hear custom events. The process is told what to do, line by line, and reports each with
// what it has measured.
type crowd struct{ Host string }

// heardByCrowd is what it reports.
type heardByCrowd struct {
	// Took is how long each event was on its way; of a broadcast, until its last socket had it.
	Took Summary
	// Deliveries are the frames that came.
	Deliveries int
	// For is how long the sending took.
	For time.Duration
}

// crowdPatience bounds the wait for what was sent.
const crowdPatience = 30 * time.Second

type listening struct {
	crowd
	sessions []string
	conns    []*conn
	heard    atomic.Int64
	mu       sync.Mutex
	took     []time.Duration
	last     time.Duration // of the broadcast under way
}

func (c crowd) run() (any, error) {
	say("ready")
	l := &listening{crowd: c}
	defer l.close()
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		result, err := l.obey(orders.Text())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", orders.Text(), err)
		}
		raw, err := json.Marshal(result)
		if err != nil {
			return nil, err
		}
		say(string(raw))
	}
	return len(l.conns), nil
}

func (l *listening) close() {
	for _, c := range l.conns {
		_ = c.Close()
	}
}

// obey does one order: sessions n, open, broadcast times, each rate seconds.
func (l *listening) obey(order string) (result heardByCrowd, err error) {
	var verb string
	var a, b int
	if _, err := fmt.Sscanf(order+" 0 0", "%s %d %d", &verb, &a, &b); err != nil {
		return result, err
	}
	begun := time.Now()
	switch verb {
	case "sessions":
		l.sessions, err = openSessions(l.Host, "crowd", a, false)
	case "open":
		if l.conns, err = (sockets{Host: l.Host}).open(l.sessions, 0); err == nil {
			for _, c := range l.conns {
				go l.listen(c)
			}
		}
	case "broadcast":
		return l.broadcast(a)
	case "each":
		return l.each(a, time.Duration(b)*time.Second)
	default:
		err = fmt.Errorf("nobody knows how to %s", verb)
	}
	result.For = time.Since(begun)
	return result, err
}

// stamped is an event that tells when it was sent, in microseconds: a double has no room for more.
func stamped(due time.Time) []byte {
	return []byte(`{"name":"bench","data":{"at":` + strconv.FormatInt(due.UnixMicro(), 10) + `,"text":"` + filler + `"}}`)
}

const bearer = "Authorization: Bearer " + cluster.APIKey

// broadcast sends so many events to all, each when the one before has come to everybody.
func (l *listening) broadcast(times int) (result heardByCrowd, err error) {
	c, err := dial(l.Host, "")
	if err != nil {
		return result, err
	}
	defer func() { _ = c.Close() }()
	begun, lasts := time.Now(), []time.Duration{}
	for range times {
		before := l.heard.Load()
		l.mu.Lock()
		l.last = 0
		l.mu.Unlock()
		if _, err := c.post("/api/v1/events", stamped(time.Now()), bearer); err != nil {
			return result, err
		}
		if err := l.await(before + int64(len(l.conns))); err != nil {
			return result, err
		}
		l.mu.Lock()
		lasts = append(lasts, l.last)
		l.mu.Unlock()
	}
	return heardByCrowd{Took: summarize(lasts), Deliveries: times * len(l.conns), For: time.Since(begun)}, nil
}

// each sends single sessions an event each, in turn, at a steady rate: what had to wait for its turn counts from when it was due.
func (l *listening) each(rate int, length time.Duration) (result heardByCrowd, err error) {
	total := int(length.Seconds() * float64(rate))
	l.mu.Lock()
	l.took = nil
	l.mu.Unlock()
	before := l.heard.Load()
	turns := make(chan int, total)
	errs := make([]error, streamers)
	begun := time.Now()
	due := func(n int) time.Time { return begun.Add(time.Duration(n) * time.Second / time.Duration(rate)) }
	var wg sync.WaitGroup
	for worker := range streamers {
		wg.Go(func() { errs[worker] = l.send(turns, due) })
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
	if err := l.await(before + int64(total)); err != nil {
		return result, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	result.Took, result.Deliveries = summarize(l.took), total
	return result, nil
}

func (l *listening) send(turns <-chan int, due func(int) time.Time) error {
	c, err := dial(l.Host, "")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for n := range turns {
		if _, err := c.post("/api/v1/sessions/"+l.sessions[n%len(l.sessions)]+"/events", stamped(due(n)), bearer); err != nil {
			return err
		}
	}
	return nil
}

func (l *listening) await(heard int64) error {
	for deadline := time.Now().Add(crowdPatience); l.heard.Load() < heard; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%d frames did not come", heard-l.heard.Load())
		}
	}
	return nil
}

// listen reads a socket to its end, and answers pings.
func (l *listening) listen(c *conn) {
	for {
		kind, payload, err := serverFrame(c.in)
		if err != nil {
			return
		}
		if kind == 9 {
			_, _ = c.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}) // a socket that is gone ends by itself
			continue
		}
		_, rest, ok := bytes.Cut(payload, []byte(`"at":`))
		digits, _, _ := bytes.Cut(rest, []byte(","))
		at, err := strconv.ParseInt(string(digits), 10, 64)
		if !ok || err != nil {
			continue // who is there, and the like
		}
		took := time.Since(time.UnixMicro(at))
		l.mu.Lock()
		l.took = append(l.took, took)
		l.last = max(l.last, took)
		l.mu.Unlock()
		l.heard.Add(1)
	}
}

// serverFrame reads a frame of a server: never masked, never in pieces, as Bellhop sends them.
func serverFrame(in *bufio.Reader) (kind byte, payload []byte, err error) {
	head := make([]byte, 2, 10)
	if _, err := io.ReadFull(in, head); err != nil {
		return 0, nil, err
	}
	size := int(head[1])
	if extra := map[int]int{126: 2, 127: 8}[size]; extra > 0 {
		more := head[2 : 2+extra]
		if _, err := io.ReadFull(in, more); err != nil {
			return 0, nil, err
		}
		size = 0
		for _, b := range more {
			size = size<<8 | int(b)
		}
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(in, payload)
	return head[0] & 0x0f, payload, err
}
