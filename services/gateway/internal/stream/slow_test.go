package stream_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
	"google.golang.org/protobuf/types/known/structpb"
)

// readers are pages that read what they are sent, and how long that was on its way.
type readers struct {
	*gatewaytest.Site
	sessions []string
	heard    atomic.Int64
	mu       sync.Mutex
	took     []time.Duration
}

func (r *readers) join(session string) {
	r.Helper()
	ws := r.Dial(session)
	r.sessions = append(r.sessions, session)
	go func() {
		for {
			_, raw, err := ws.ReadMessage()
			if err != nil {
				return
			}
			var f struct {
				Type string
				Data struct{ Data float64 }
			}
			if json.Unmarshal(raw, &f) != nil || f.Type != "event" {
				continue // the flood is text
			}
			took := time.Duration(float64(time.Now().UnixNano()) - f.Data.Data)
			r.mu.Lock()
			r.took = append(r.took, took)
			r.mu.Unlock()
			r.heard.Add(1)
		}
	}()
}

// p99 sends single pages so many events, one after another, and answers how long the slowest of a hundred was on its way.
func (r *readers) p99(events int) time.Duration {
	r.Helper()
	before := r.heard.Load()
	for range events {
		session := r.sessions[rand.IntN(len(r.sessions))]
		r.Publish(event(session, structpb.NewNumberValue(float64(time.Now().UnixNano()))))
	}
	bustest.Until(r, "all is heard", func() bool { return r.heard.Load() >= before+int64(events) })
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.Sort(r.took)
	p99 := r.took[len(r.took)*99/100]
	r.took = nil
	return p99
}

func event(session string, data *structpb.Value) bus.Event {
	name := fmt.Sprint("e", rand.Uint64())
	return bus.Event{
		ID: name, Type: bus.EventEmitted, Project: id.Default, Session: id.Session(session), Source: "test", Time: time.Now(),
		Data: &eventv1.Custom{Name: "n", Data: data},
	}
}

// flood sends a session megabytes at a steady pace until it is enough, and answers how many bytes.
func (r *readers) flood(session string, enough func() bool) (bytes int) {
	const piece = 64 << 10
	big := structpb.NewStringValue(strings.Repeat("x", piece))
	pace := time.NewTicker(5 * time.Millisecond)
	defer pace.Stop()
	for ; bytes < 256<<20 && !enough(); bytes += piece { // more than any buffers on the way
		<-pace.C
		if _, err := r.Bus.Publish(r.Context(), event(session, big)); err != nil {
			r.Error(err)
			return bytes
		}
	}
	return bytes
}

// beside measures the p99 while a session is flooded, from the first event to the last.
func (r *readers) beside(session string, events int) time.Duration {
	r.Helper()
	var done atomic.Bool
	flooded := make(chan struct{})
	go func() { defer close(flooded); r.flood(session, done.Load) }()
	p99 := r.p99(events)
	done.Store(true)
	<-flooded
	return p99
}

func median(of []time.Duration) time.Duration {
	of = slices.Sorted(slices.Values(of))
	return of[len(of)/2]
}

// G12. One page reads nothing while it is sent megabytes: at 1 MiB of backlog it is asked to connect again, with a code that says so, and
// the others hear what they are sent as before. Before, somebody who reads is sent as much, so that it is the reading that makes the
// difference. Both are measured in turn, twice without the stuck page and once with, and by their medians: what the two without differ by
// is what the machine does by itself.
func TestReaderThatReadsNothingIsAskedToConnectAgainAndTheOthersDoNotNotice(t *testing.T) {
	others, events, rounds := 200, 50, 1
	if *full {
		others, events, rounds = 9000, 1000, 7 // both ends are files of this process, and it may have 20,000
	}
	s := gatewaytest.Start(t)
	r := &readers{Site: s}
	for i := range others {
		r.join(s.Visit(fmt.Sprint("v", i)))
	}
	r.p99(events) // warm
	reading := s.Visit("reading")
	r.join(reading)
	r.sessions = r.sessions[:others]
	var before, again, during []time.Duration
	for round := range rounds {
		before = append(before, r.beside(reading, events))
		stuck := s.Visit(fmt.Sprint("stuck", round))
		closed := s.Metric("bellhop_gateway_slow_sockets_total")
		conn, reader := dialBare(t, s, stuck)
		during = append(during, r.beside(stuck, events))
		bytes := r.flood(stuck, func() bool { return s.Metric("bellhop_gateway_slow_sockets_total") > closed })
		if got := closeCode(conn, reader); got != websocket.CloseTryAgainLater {
			t.Errorf("it was closed with %d after %d bytes more, want %d: connect again", got, bytes, websocket.CloseTryAgainLater)
		}
		again = append(again, r.beside(reading, events))
	}
	t.Logf("median p99 of %d others in %d rounds: %s and %s while everybody reads, %s while one does not (%v, %v, %v)",
		others, rounds, median(before), median(again), median(during), before, again, during)
	usual := max(median(before), median(again))
	if *full && median(during) > usual*11/10 {
		t.Errorf("the others' p99 rose from %s to %s", usual, median(during))
	}
}

// dialBare opens a socket that reads nothing by itself.
func dialBare(t *testing.T, s *gatewaytest.Site, session string) (net.Conn, *bufio.Reader) {
	t.Helper()
	dialer := net.Dialer{}
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.Base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.(*net.TCPConn).SetReadBuffer(128 << 10) // else the kernel takes tens of megabytes
	fmt.Fprintf(conn, "GET /pocketping/stream?sessionId=%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", session)
	reader := bufio.NewReader(conn)
	res, err := http.ReadResponse(reader, nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
	return conn, reader
}

// closeCode reads a server's frames until one closes, and answers its code; 0 when the connection ends without.
func closeCode(conn net.Conn, reader *bufio.Reader) int {
	_ = conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	for {
		code, err := nextCode(reader)
		if err != nil || code > 0 {
			return code
		}
	}
}

func nextCode(reader *bufio.Reader) (int, error) {
	first, err := reader.ReadByte()
	if err != nil {
		return 0, err
	}
	short, err := reader.ReadByte()
	if err != nil {
		return 0, err
	}
	size := int(short)
	if extra := map[int]int{126: 2, 127: 8}[size]; extra > 0 {
		size = 0
		for range extra {
			b, err := reader.ReadByte()
			if err != nil {
				return 0, err
			}
			size = size<<8 | int(b)
		}
	}
	var code int
	for i := range size {
		b, err := reader.ReadByte()
		if err != nil {
			return 0, err
		}
		if first&0x0f == websocket.CloseMessage && i < 2 {
			code = code<<8 | int(b)
		}
	}
	if first&0x0f == websocket.CloseMessage && size < 2 {
		return 0, errors.New("closed without a code")
	}
	return code, nil
}
