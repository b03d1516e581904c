package stream_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
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
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// full is 10,000 clients instead of a few hundred.
var full = flag.Bool("full", false, "10,000 clients instead of a few hundred")

// A crowd is many clients that are cut off again and again, while a stream of facts goes on for what stands for ten minutes: a client that
// is cut stays away for a random part of it, and comes back at another gateway as likely as at its own.
type crowd struct {
	testing.TB
	gateways []*gatewaytest.Site
	sessions []string
	facts    int
	stored   atomic.Int64    // facts so far: the time
	moments  []chan struct{} // each closed when more facts are stored, the last when all are
	end      atomic.Uint64   // the sequence of the last fact, a broadcast; 0 before it is stored
	ended    chan struct{}   // closed when end is known
	resets   atomic.Int64
	resumes  atomic.Int64
	due      atomic.Int64 // how many want to come and have not
	// open bounds the sockets that are open at once: both ends of each are files of this process.
	open chan struct{}
}

// wanderer is one client. told are the sequences that it was told since it began or had to begin anew, behind first.
type wanderer struct {
	*crowd
	session     string
	first, told []uint64
	segments    [][]uint64
	position    string
}

// G6. Whoever comes back is told all that it missed, once and in order, or is told to read anew: never that it has resumed with a hole.
func TestCrowdThatIsCutOffAgainAndAgainIsToldEverythingInOrderOrToReadAnew(t *testing.T) {
	clients, facts := 150, 2000
	if *full {
		clients, facts = 10_000, 30_000
	}
	nobodyLeaves := func(cfg *gateway.Config) { cfg.LeftAfter = time.Hour }
	s := gatewaytest.Start(t, nobodyLeaves)
	c := &crowd{TB: t, gateways: []*gatewaytest.Site{s, s.Beside(nobodyLeaves)}, facts: facts, moments: make([]chan struct{}, facts+1), ended: make(chan struct{}), open: make(chan struct{}, 4000)}
	for i := range c.moments {
		c.moments[i] = make(chan struct{})
	}
	for i := range clients {
		session := s.Visit(fmt.Sprint("v", i))
		c.sessions = append(c.sessions, session)
	}
	var wg sync.WaitGroup
	wanderers := make([]*wanderer, clients)
	for i := range wanderers {
		wanderers[i] = &wanderer{crowd: c, session: c.sessions[i]}
		wg.Go(func() { wanderers[i].wander(rand.New(rand.NewPCG(uint64(i), 7))) })
	}
	c.tell(s, rand.New(rand.NewPCG(1, 2)))
	wg.Wait()
	stored := c.everything(s)
	for _, w := range wanderers {
		w.check(stored)
	}
	if c.resets.Load() == int64(clients) || c.resumes.Load() == 0 {
		t.Errorf("%d resets, %d resumes: nothing was tried", c.resets.Load(), c.resumes.Load())
	}
	t.Logf("%d clients, %d facts: %d times resumed, %d times told to read anew", clients, facts, c.resumes.Load(), c.resets.Load())
}

// tell stores facts: messages and custom events of single sessions, a few broadcasts, and now and then more of one session than is replayed.
func (c *crowd) tell(s *gatewaytest.Site, random *rand.Rand) {
	for c.stored.Load() < int64(c.facts) {
		// As fast as they come, whatever the machine: else all is over before most were there.
		bustest.Until(c, "most of those who want to come have come", func() bool { return c.due.Load() <= int64(len(c.sessions)/5) })
		session, many := c.sessions[random.IntN(len(c.sessions))], 1+random.IntN(10)
		switch random.IntN(60) {
		case 0:
			session = string(id.Everyone)
			many = 1
		case 1:
			many = 600
		}
		events := make([]bus.Event, many)
		for i := range events {
			events[i] = c.fact(id.Session(session), random)
		}
		c.publish(s, events...)
		now := c.stored.Add(int64(many))
		for i := now - int64(many); i < min(now, int64(c.facts)); i++ {
			close(c.moments[i])
		}
	}
	close(c.moments[c.facts])
	c.end.Store(c.publish(s, c.fact(id.Everyone, random)))
	close(c.ended)
}

// publish tries until it is stored: under the same ids, so that it is stored once.
func (c *crowd) publish(s *gatewaytest.Site, events ...bus.Event) (seq uint64) {
	bustest.Until(c, "a fact is stored", func() (stored bool) {
		var err error
		seq, err = s.Bus.Publish(c.Context(), events...)
		return err == nil
	})
	return seq
}

func (c *crowd) fact(session id.Session, random *rand.Rand) bus.Event {
	name := fmt.Sprint("f", random.Uint64())
	ev := bus.Event{ID: name, Project: id.Default, Session: session, Source: "test", Time: time.Now(), Type: bus.EventEmitted, Data: &eventv1.Custom{Name: name}}
	if session != id.Everyone && random.IntN(2) == 0 {
		ev.Type = bus.MessageCreated
		ev.Data = &eventv1.MessageCreated{SessionId: string(session), Message: &bellhopv1.Message{Id: name, Sender: "operator", Content: name, Status: "sent"}}
	}
	return ev
}

// wander connects, is cut off, stays away, and comes back, until everything is stored; then it listens to the end.
func (w *wanderer) wander(random *rand.Rand) {
	for w.stored.Load() < int64(w.facts) {
		w.listen(w.gateways[random.IntN(len(w.gateways))], rand.N(200*time.Millisecond), random.IntN(4) > 0)
		back := w.stored.Load() + random.Int64N(int64(w.facts)/3) // what stands for minutes
		<-w.moments[min(back, int64(w.facts))]
	}
	<-w.ended
	for mark, give := (bus.Mark{}), time.Now().Add(2*time.Minute); mark.Seq < w.end.Load(); mark, _ = bus.ParseMark(w.position) {
		if time.Now().After(give) {
			w.Errorf("%s is at %q, the last fact is %d", w.session, w.position, w.end.Load())
			return
		}
		w.listen(w.gateways[random.IntN(len(w.gateways))], time.Until(give), false)
	}
	w.segments = append(w.segments, slices.Concat(w.first, w.told))
}

// listen hears one socket for a while, that begins with the first thing heard or before it, or until it has heard the last fact.
func (w *wanderer) listen(s *gatewaytest.Site, long time.Duration, greeted bool) {
	w.due.Add(1)
	w.open <- struct{}{}
	defer func() { <-w.open }()
	ws, res, err := websocket.DefaultDialer.Dial(strings.Replace(s.URL, "http", "ws", 1)+"/stream?sessionId="+w.session+"&position="+w.position, nil)
	w.due.Add(-1)
	if err != nil {
		return // refused by a loaded machine: it comes again
	}
	_ = res.Body.Close()
	defer func() { _ = ws.Close() }()
	if !greeted {
		_ = ws.SetReadDeadline(time.Now().Add(long))
	}
	for {
		_, raw, err := ws.ReadMessage()
		if err != nil {
			return
		}
		if greeted {
			greeted = false
			_ = ws.SetReadDeadline(time.Now().Add(long))
		}
		var f struct{ Type, Position string }
		if err := json.Unmarshal(raw, &f); err != nil {
			w.Errorf("%s: %v", raw, err)
			return
		}
		w.hear(f.Type, f.Position)
		if mark, err := bus.ParseMark(f.Position); err == nil && w.end.Load() > 0 && mark.Seq >= w.end.Load() {
			return
		}
	}
}

func (w *wanderer) hear(kind, position string) {
	mark, err := bus.ParseMark(position)
	if err != nil {
		return // no fact
	}
	w.position = position
	switch kind {
	case "reset":
		if w.first != nil {
			w.segments = append(w.segments, slices.Concat(w.first, w.told))
			w.resets.Add(1)
		}
		w.first, w.told = []uint64{mark.Seq}, nil
	case "connected":
		w.resumes.Add(1)
		fallthrough // it knows all up to here
	default:
		if last := w.last(); kind != "connected" && mark.Seq <= last {
			w.Errorf("%s was told %d after %d", w.session, mark.Seq, last)
		}
		if kind != "connected" {
			w.told = append(w.told, mark.Seq)
		}
	}
}

func (w *wanderer) last() uint64 {
	if len(w.told) > 0 {
		return w.told[len(w.told)-1]
	}
	return w.first[0]
}

// everything is what is stored, by session.
func (c *crowd) everything(s *gatewaytest.Site) map[id.Session][]uint64 {
	stored := map[id.Session][]uint64{}
	err := s.Bus.Replay(c.Context(), 0, bus.Filter{}, func(ev bus.Event) error {
		if ev.Type == bus.MessageCreated || ev.Type == bus.EventEmitted { // what is told
			stored[ev.Session] = append(stored[ev.Session], ev.Seq)
		}
		return nil
	})
	if err != nil {
		c.Fatal(err)
	}
	return stored
}

// check compares what a client was told between two beginnings with what is stored.
func (w *wanderer) check(stored map[id.Session][]uint64) {
	w.Helper()
	all := slices.Concat(stored[id.Session(w.session)], stored[id.Everyone])
	slices.Sort(all)
	for n, segment := range w.segments {
		first, told := segment[0], segment[1:]
		var want []uint64
		for _, seq := range all {
			if seq > first && (n == len(w.segments)-1 || len(told) > 0 && seq <= told[len(told)-1]) {
				want = append(want, seq)
			}
		}
		if !slices.Equal(told, want) {
			w.Errorf("%s: between two beginnings it was told %d facts behind %d, %d are stored", w.session, len(told), first, len(want))
		}
	}
}
