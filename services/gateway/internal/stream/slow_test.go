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

// G12. One page reads nothing while it is sent megabytes: at 1 MiB of backlog it is asked to connect again, with a code that says so, and
// the others hear what they are sent as before.
func TestReaderThatReadsNothingIsAskedToConnectAgainAndTheOthersDoNotNotice(t *testing.T) {
	others, events := 200, 100
	if *full {
		others, events = 9000, 3000 // both ends are files of this process, and it may have 20,000
	}
	s := gatewaytest.Start(t)
	r := &readers{Site: s}
	for i := range others {
		r.join(s.Visit(fmt.Sprint("v", i)))
	}
	r.p99(events / 3) // warm
	reading := s.Visit("reading")
	r.join(reading)
	r.sessions = r.sessions[:others]
	flood := func(session string, enough func() bool) (bytes int) {
		const piece = 64 << 10
		big := structpb.NewStringValue(strings.Repeat("x", piece))
		pace := time.NewTicker(5 * time.Millisecond)
		defer pace.Stop()
		for ; bytes < 256<<20 && !enough(); bytes += piece { // more than any buffers on the way
			<-pace.C
			if _, err := s.Bus.Publish(t.Context(), event(session, big)); err != nil {
				t.Error(err)
				return bytes
			}
		}
		return bytes
	}
	// Somebody who reads is sent as much before, so that it is the reading that makes the difference.
	var done atomic.Bool
	flooded := make(chan int)
	go func() { flooded <- flood(reading, done.Load) }()
	before := r.p99(events)
	done.Store(true)
	<-flooded

	stuck := s.Visit("stuck")
	conn, reader := dialBare(t, s, stuck)
	code := make(chan int, 1)
	go func() {
		bytes := flood(stuck, func() bool { return s.Metric("bellhop_gateway_slow_sockets_total") > 0 })
		code <- closeCode(conn, reader)
		flooded <- bytes
	}()
	during := r.p99(events)
	if got := <-code; got != websocket.CloseTryAgainLater {
		t.Errorf("it was closed with %d, want %d: connect again", got, websocket.CloseTryAgainLater)
	}
	bytes := <-flooded
	t.Logf("closed after %d bytes, most of them in the kernel's buffers; p99 of %d others: %s before, %s meanwhile", bytes, others, before, during)
	if *full && during > before*11/10+5*time.Millisecond {
		t.Errorf("the others' p99 rose from %s to %s", before, during)
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
