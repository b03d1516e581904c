package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
	"go.uber.org/zap/zaptest"

	"github.com/bellhop-chat/bellhop/internal/platform/discord"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a gateway that does what a test's script says with each connection, one after the other.
type server struct {
	t      *testing.T
	url    string
	script chan func(*peer)
	info   discord.GatewayInfo

	mu       sync.Mutex
	asked    int
	problems []string
}

// peer is Discord's end of a connection.
type peer struct {
	t  *testing.T
	ws *websocket.Conn
	// query of the address.
	query string
}

func newServer(t *testing.T) *server {
	s := &server{t: t, script: make(chan func(*peer), 16)}
	var running sync.WaitGroup
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		running.Add(1)
		defer running.Done()
		defer func() { _ = ws.Close() }()
		select {
		case play := <-s.script:
			play(&peer{t: t, ws: ws, query: r.URL.RawQuery})
		default:
			t.Error("a connection that the script does not know")
		}
	}))
	t.Cleanup(func() {
		site.Close()
		running.Wait()
	})
	s.url = "ws" + strings.TrimPrefix(site.URL, "http")
	s.info = discord.GatewayInfo{URL: s.url, Limit: discord.StartLimit{Total: 1000, Remaining: 999}}
	return s
}

func (s *server) options(handle func(context.Context, Event) error) Options {
	return Options{
		Token: "the-token", Intents: discord.AllIntents, Handle: handle, Log: zaptest.NewLogger(s.t), Pause: time.Millisecond,
		Info: func(context.Context) (discord.GatewayInfo, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.asked++
			return s.info, nil
		},
		Tell: func(problem string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(s.problems) == 0 || s.problems[len(s.problems)-1] != problem {
				s.problems = append(s.problems, problem)
			}
		},
	}
}

// run runs a client until stop or the end of the test.
func (s *server) run(o Options, from Session) (done <-chan error, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, o, from) }()
	s.t.Cleanup(cancel)
	return ended, cancel
}

func (p *peer) send(format string, args ...any) {
	if err := p.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)); err != nil {
		p.t.Logf("send: %v", err)
	}
}

// next is the next frame but heartbeats; its code when the client has closed.
func (p *peer) next() (op int, data string, code int) {
	for {
		_, body, err := p.ws.ReadMessage()
		if err != nil {
			closed, _ := errors.AsType[*websocket.CloseError](err)
			if closed == nil {
				return -1, "", 0
			}
			return -1, "", closed.Code
		}
		var f frame
		if err := json.Unmarshal(body, &f); err != nil {
			p.t.Error(err)
		}
		if f.Op == opHeartbeat {
			p.send(`{"op":11}`)
			continue
		}
		return f.Op, string(f.Data), 0
	}
}

func (p *peer) hello() { p.send(`{"op":10,"d":{"heartbeat_interval":45000}}`) }

// begins plays the beginning of a session.
func (p *peer) begins(session, resumeURL string) {
	p.hello()
	op, data, _ := p.next()
	if want := `{"token":"the-token","intents":36353,"properties":{"browser":"bellhop","device":"bellhop","os":"linux"},"shard":[0,1]}`; op != opIdentify || data != want {
		p.t.Errorf("op %d with %s, want to identify", op, data)
	}
	if p.query != "encoding=json&v=10" {
		p.t.Errorf("asked for %s", p.query)
	}
	p.send(`{"op":0,"s":1,"t":"READY","d":{"session_id":%q,"resume_gateway_url":%q}}`, session, resumeURL)
}

// resumes plays the resumption of a session.
func (p *peer) resumes(session string, seq int) {
	p.hello()
	op, data, _ := p.next()
	if want := fmt.Sprintf(`{"token":"the-token","session_id":%q,"seq":%d}`, session, seq); op != opResume || data != want {
		p.t.Errorf("op %d with %s, want %s", op, data, want)
	}
}

func (p *peer) close(code int) {
	_ = p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "bye"), time.Now().Add(time.Second))
}

// stay reads until the client goes, and returns the close code.
func (p *peer) stay() (code int) {
	for {
		if op, _, code := p.next(); op < 0 {
			return code
		}
	}
}

// collect is a handler that keeps what it gets.
type collect struct {
	mu     sync.Mutex
	events []Event
}

func (c *collect) handle(_ context.Context, ev Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, ev)
	return nil
}

func (c *collect) types() (types []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range c.events {
		types = append(types, fmt.Sprintf("%s@%s/%d", ev.Type, ev.Session.ID, ev.Session.Seq))
	}
	return types
}

func (c *collect) await(t *testing.T, want ...string) {
	t.Helper()
	until(t, func() bool { return len(c.types()) >= len(want) })
	if got := c.types(); !slices.Equal(got, want) {
		t.Fatalf("events %v, want %v", got, want)
	}
}

func until(t *testing.T, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !reached(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}

func TestEventsAreHandedOverInOrderWithWhatToResumeFrom(t *testing.T) {
	s, got := newServer(t), &collect{}
	code := make(chan int, 1)
	s.script <- func(p *peer) {
		p.begins("s1", s.url)
		p.send(`{"op":0,"s":2,"t":"MESSAGE_CREATE","d":{"id":"1","from":"the future"}}`)
		p.send(`not JSON`)
		p.send(`{"op":77,"d":{}}`)
		p.send(`{"op":0,"s":3,"t":"NEVER_HEARD_OF","d":null}`)
		code <- p.stay()
	}
	done, stop := s.run(s.options(got.handle), Session{})
	got.await(t, "READY@s1/1", "MESSAGE_CREATE@s1/2", "NEVER_HEARD_OF@s1/3")
	if string(got.events[1].Data) != `{"id":"1","from":"the future"}` || got.events[1].Session.ResumeURL != s.url {
		t.Errorf("%+v", got.events[1])
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if c := <-code; c != leave {
		t.Errorf("left with %d, with which the session ends", c)
	}
	if !slices.Equal(s.problems, []string{""}) {
		t.Errorf("told %q", s.problems)
	}
}

func TestALostConnectionIsResumed(t *testing.T) {
	for name, lose := range map[string]func(*peer){
		"cut":                func(p *peer) { _ = p.ws.UnderlyingConn().Close() },
		"closed":             func(p *peer) { p.close(4000); p.stay() },
		"asked":              func(p *peer) { p.send(`{"op":7,"d":null}`); p.stay() },
		"invalid for a time": func(p *peer) { p.send(`{"op":9,"d":true}`); p.stay() },
	} {
		t.Run(name, func(t *testing.T) {
			s, got := newServer(t), &collect{}
			s.script <- func(p *peer) {
				p.begins("s1", s.url)
				p.send(`{"op":0,"s":2,"t":"A","d":{}}`)
				lose(p)
			}
			s.script <- func(p *peer) {
				p.resumes("s1", 2)
				p.send(`{"op":0,"s":3,"t":"B","d":{}}`)
				p.send(`{"op":0,"s":4,"t":"RESUMED","d":{}}`)
				p.stay()
			}
			s.run(s.options(got.handle), Session{})
			got.await(t, "READY@s1/1", "A@s1/2", "B@s1/3", "RESUMED@s1/4")
			if s.asked != 1 {
				t.Errorf("asked %d times where the gateway is", s.asked)
			}
		})
	}
}

func TestASessionThatHasEndedIsFollowedByAnother(t *testing.T) {
	for name, end := range map[string]func(*peer){
		"invalid":   func(p *peer) { p.send(`{"op":9,"d":false}`); p.stay() },
		"timed out": func(p *peer) { p.close(4009); p.stay() },
		"bad seq":   func(p *peer) { p.close(4007); p.stay() },
	} {
		t.Run(name, func(t *testing.T) {
			s, got := newServer(t), &collect{}
			s.script <- func(p *peer) {
				p.resumes("old", 7)
				end(p)
			}
			s.script <- func(p *peer) {
				p.begins("s2", s.url)
				p.stay()
			}
			s.run(s.options(got.handle), Session{ID: "old", ResumeURL: s.url, Seq: 7})
			got.await(t, "READY@s2/1")
		})
	}
}

func TestWhatOnlyAPersonCanMendEndsWithAdvice(t *testing.T) {
	for _, code := range []int{4004, 4013, 4014} {
		s, got := newServer(t), &collect{}
		s.script <- func(p *peer) {
			p.hello()
			p.next()
			p.close(code)
			p.stay()
		}
		done, _ := s.run(s.options(got.handle), Session{})
		err := <-done
		if fatal, ok := errors.AsType[*Fatal](err); !ok || fatal.Code != code || fatal.Advice == "" || !strings.Contains(err.Error(), fatal.Advice) {
			t.Errorf("%d: %v", code, err)
		}
	}
}

func TestASilentGatewayIsLeft(t *testing.T) {
	s, got := newServer(t), &collect{}
	beats := make(chan string, 16)
	s.script <- func(p *peer) {
		p.send(`{"op":10,"d":{"heartbeat_interval":30}}`)
		for {
			_, body, err := p.ws.ReadMessage()
			if err != nil {
				return
			}
			if strings.HasPrefix(string(body), `{"op":2`) {
				p.send(`{"op":0,"s":1,"t":"READY","d":{"session_id":"s1","resume_gateway_url":%q}}`, s.url)
			} else {
				beats <- string(body) // and no acknowledgement
			}
		}
	}
	s.script <- func(p *peer) {
		p.resumes("s1", 1)
		p.send(`{"op":1,"d":null}`)
		_, body, _ := p.ws.ReadMessage()
		beats <- "asked for " + string(body)
		p.stay()
	}
	s.run(s.options(got.handle), Session{})
	var seen []string
	until(t, func() bool {
		for len(beats) > 0 {
			seen = append(seen, <-beats)
		}
		return len(seen) > 0 && strings.HasPrefix(seen[len(seen)-1], "asked for")
	})
	if last := seen[len(seen)-1]; last != `asked for {"op":1,"d":1}` {
		t.Errorf("beats %q", seen)
	}
}

func TestNothingIsHandedOverBeforeTheHandlerHasReturned(t *testing.T) {
	s := newServer(t)
	s.script <- func(p *peer) {
		p.begins("s1", s.url)
		p.send(`{"op":0,"s":2,"t":"A","d":{}}`)
		p.send(`{"op":0,"s":3,"t":"B","d":{}}`)
		p.stay()
	}
	release, seen := make(chan struct{}), make(chan string, 16)
	done, stop := s.run(s.options(func(ctx context.Context, ev Event) error {
		seen <- ev.Type
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}), Session{})
	if first := <-seen; first != "READY" {
		t.Fatal(first)
	}
	release <- struct{}{}
	if second := <-seen; second != "A" || len(seen) != 0 {
		t.Fatal(second)
	}
	stop()
	if err := <-done; err != nil || len(seen) != 0 {
		t.Fatalf("%v; after the end %d more", err, len(seen))
	}
}

func TestAHandlersErrorEndsEverything(t *testing.T) {
	s := newServer(t)
	s.script <- func(p *peer) {
		p.begins("s1", s.url)
		p.stay()
	}
	broken := errors.New("broken")
	done, _ := s.run(s.options(func(context.Context, Event) error { return broken }), Session{})
	if err := <-done; !errors.Is(err, broken) {
		t.Fatal(err)
	}
}

func TestAGatewayThatIsAwayIsToldOf(t *testing.T) {
	s, got := newServer(t), &collect{}
	o := s.options(got.handle)
	info := o.Info
	o.Info = func(ctx context.Context) (discord.GatewayInfo, error) {
		found, err := info(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		switch s.asked {
		case 1:
			return found, errors.New("no answer")
		case 2:
			found.URL = "ws://127.0.0.1:1"
		case 3:
			found.URL = "ws://gateway.example"
		}
		return found, err
	}
	s.script <- func(p *peer) {
		p.begins("s1", s.url)
		p.stay()
	}
	s.run(o, Session{})
	got.await(t, "READY@s1/1")
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.problems) < 2 || !strings.HasPrefix(s.problems[0], "the gateway cannot be reached: ") || s.problems[len(s.problems)-1] != "" {
		t.Errorf("told %q", s.problems)
	}
}

func TestASessionWhosePlaceIsAwayIsResumedWhereSessionsBegin(t *testing.T) {
	s, got := newServer(t), &collect{}
	s.script <- func(p *peer) {
		p.resumes("s1", 5)
		p.send(`{"op":0,"s":6,"t":"RESUMED","d":{}}`)
		p.stay()
	}
	s.run(s.options(got.handle), Session{ID: "s1", ResumeURL: "ws://127.0.0.1:1", Seq: 5})
	got.await(t, "RESUMED@s1/6")
}

func TestSessionsAreNotBegunBeyondTheLimit(t *testing.T) {
	s, got := newServer(t), &collect{}
	s.info.Limit = discord.StartLimit{Total: 1000, Remaining: 0, ResetAfter: 50}
	s.script <- func(p *peer) {
		p.begins("s1", s.url)
		p.stay()
	}
	begun := time.Now()
	s.run(s.options(got.handle), Session{})
	got.await(t, "READY@s1/1")
	if took := time.Since(begun); took < 50*time.Millisecond {
		t.Errorf("begun after %v", took)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(s.problems[0], "no session may be begun") {
		t.Errorf("told %q", s.problems)
	}
}

func TestTheTokenGoesNowhereInTheClear(t *testing.T) {
	for gateway, want := range map[string]string{
		"wss://gateway.discord.gg":      "wss://gateway.discord.gg/?encoding=json&v=10",
		"wss://gateway.discord.gg/?x=1": "wss://gateway.discord.gg/?encoding=json&v=10",
		"ws://127.0.0.1:8/gw":           "ws://127.0.0.1:8/gw?encoding=json&v=10",
		"ws://localhost:8":              "ws://localhost:8/?encoding=json&v=10",
		"ws://gateway.discord.gg":       "", "https://gateway.discord.gg": "", "": "", "::": "",
	} {
		if got, err := address(gateway); got != want || (err != nil) != (want == "") {
			t.Errorf("%s: %q, %v", gateway, got, err)
		}
	}
}

func TestOddBeginningsAreLeftAndTriedAgain(t *testing.T) {
	s, got := newServer(t), &collect{}
	s.script <- func(p *peer) { p.send(`{"op":10,"d":{"heartbeat_interval":0}}`); p.stay() }
	s.script <- func(p *peer) { p.send(`{"op":10,"d":"x"}`); p.stay() }
	s.script <- func(p *peer) { p.hello(); p.next(); p.send(`{"op":0,"s":1,"t":"READY","d":{}}`); p.stay() }
	s.script <- func(p *peer) {
		p.begins("s1", s.url)
		p.stay()
	}
	s.run(s.options(got.handle), Session{})
	got.await(t, "READY@s1/1")
}

func TestAHandlerThatHangsLosesNothingAndGetsNothingTwice(t *testing.T) {
	const last = 2*queued + 100
	s := newServer(t)
	tell := func(p *peer, from int) {
		for seq := from; seq <= last; seq++ {
			if p.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"op":0,"s":%d,"t":"A","d":{}}`, seq)) != nil {
				return
			}
		}
		p.stay()
	}
	again, ended := make(chan int, 1), make(chan struct{})
	s.script <- func(p *peer) {
		p.send(`{"op":10,"d":{"heartbeat_interval":1000}}`)
		p.next()
		p.send(`{"op":0,"s":1,"t":"READY","d":{"session_id":"s1","resume_gateway_url":%q}}`, s.url)
		tell(p, 2)
		close(ended)
	}
	s.script <- func(p *peer) {
		p.hello()
		_, data, _ := p.next()
		var from resume
		if err := json.Unmarshal([]byte(data), &from); err != nil {
			t.Error(err)
		}
		again <- int(from.Seq)
		tell(p, int(from.Seq)+1)
	}
	release, finished := make(chan struct{}), make(chan struct{})
	var seen int64
	s.run(s.options(func(ctx context.Context, ev Event) error {
		select {
		case <-release:
		case <-ctx.Done():
			return ctx.Err()
		}
		if ev.Session.Seq != seen+1 {
			t.Errorf("%d came after %d", ev.Session.Seq, seen)
		}
		if seen = ev.Session.Seq; seen == last {
			close(finished)
		}
		return nil
	}), Session{})
	<-ended // the queue is full, nothing is read any more, and so no heartbeat is acknowledged
	select {
	case from := <-again:
		t.Fatalf("connected anew, from %d, while the handler hangs", from)
	case <-time.After(300 * time.Millisecond):
	}
	close(release)
	select {
	case <-finished:
	case <-time.After(20 * time.Second):
		t.Fatal("events were lost")
	}
	if from := <-again; from < queued/2 || from >= last {
		t.Errorf("resumed from %d", from)
	}
}
