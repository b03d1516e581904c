package bench

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// crowd is many visitors with a socket each, who hear custom events. The process is told what to do, line by line, and reports each with
// what it has measured.
type crowd struct{ Host string }

type listening struct {
	crowd
	tally
	sessions []string
	conns    []*conn
}

func (c crowd) run() (any, error) {
	say("ready")
	l := &listening{crowd: c}
	defer l.close()
	if err := obeyed(l.obey); err != nil {
		return nil, err
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
		return l.steady(a, time.Duration(b)*time.Second, 1, l.send)
	default:
		err = fmt.Errorf("nobody knows how to %s", verb)
	}
	result.For = time.Since(begun)
	return result, err
}

// stamped is an event that tells when it was due.
func stamped(due time.Time) []byte {
	return []byte(`{"name":"bench","data":{"at":"` + stamp(due) + `","text":"` + filler + `"}}`)
}

const bearer = "Authorization: Bearer " + cluster.APIKey

func (l *listening) broadcast(times int) (result heardByCrowd, err error) {
	c, err := dial(l.Host, "")
	if err != nil {
		return result, err
	}
	defer func() { _ = c.Close() }()
	return l.tally.broadcast(times, len(l.conns), func(at time.Time) error {
		_, err := c.post("/api/v1/events", stamped(at), bearer)
		return err
	})
}

// send sends single sessions an event each, in turn.
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
		l.note(payload)
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
