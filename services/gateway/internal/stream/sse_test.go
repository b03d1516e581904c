package stream

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/wire"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

// source is a browser's EventSource.
type source struct {
	testing.TB
	*bufio.Reader
	res *http.Response
}

// received is one event of a stream; comments have no data.
type received struct{ name, id, data string }

// listen opens an event stream.
func (p *place) listen(key session.Key, query string, header ...string) *source {
	p.Helper()
	req, err := http.NewRequestWithContext(p.Context(), http.MethodGet, strings.Replace(p.url, "ws", "http", 1)+"?sessionId="+string(key.Session)+query, nil)
	if err != nil {
		p.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	before := p.Hub.Holds(key)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode == http.StatusOK {
		bustest.Until(p, "the stream is in the hub", func() bool { return p.Hub.Holds(key) > before })
	}
	return &source{p.TB, bufio.NewReader(res.Body), res}
}

// next reads one event, or a comment.
func (s *source) next() (e received) {
	s.Helper()
	comment := false
	for {
		line, err := s.ReadString('\n')
		if err != nil {
			s.Fatal("the stream has ended: ", err)
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			e.data = value
		case ":", "":
			comment = comment || line == ": \n"
			if line == "\n" && (comment || e.data != "") {
				return e
			}
		}
	}
}

func TestWidgetHearsEveryTypeOverTheEventStreamUnderANameThatItKnows(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	s := p.listen(key, "")
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"} {
		if got := s.res.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if e := s.next(); e.name != "connected" || e.data != `{"type":"connected","data":{}}` {
		t.Errorf("first came %+v", e)
	}
	if e := s.next(); e.name != "" || !strings.Contains(e.data, `"content":"one"`) {
		t.Errorf("the replay is %+v", e)
	}
	for kind, name := range map[string]string{
		"message": "", "typing": "", "read": "", "event": "", "presence": "", "message_edited": "", "message_deleted": "", "config_update": "",
		"csat_request": "csat_request", "screenshot_request": "screenshot_request",
	} {
		frame := wire.Frame(kind, map[string]string{"of": kind})
		p.Hub.Push(key, hub.Frame{Data: frame})
		if e := s.next(); e.name != name || e.data != string(frame) {
			t.Errorf("%s came as %+v", kind, e)
		}
	}
	for c := range p.conns() {
		c.Tend()
	}
	if e := s.next(); e != (received{}) {
		t.Errorf("the heartbeat is %+v", e)
	}
}

func TestEventStreamOfAPageThatKnowsMuchIsReplayedTheRest(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	after := time.Now().Add(-time.Hour).UTC()
	s := p.listen(key, "&after="+after.Format("2006-01-02T15:04:05.000Z"))
	s.next()
	if e := s.next(); !strings.Contains(e.data, "one") {
		t.Errorf("heard %+v", e)
	}
	if asked := p.sessions.Sinces(); len(asked) != 1 || asked[0].After(after) || asked[0].Before(after.Add(-10*time.Minute)) {
		t.Errorf("asked for what changed since %v, the page knows all until %v", asked, after)
	}
}

func TestHeadOfAnEventStreamIsSentBeforeThereIsAnythingToSay(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	p.sessions.Away.Store(true)
	s := p.listen(key, "") // or this would wait
	if s.res.StatusCode != http.StatusOK || s.next().name != "connected" {
		t.Errorf("status %d", s.res.StatusCode)
	}
	p.sessions.Away.Store(false)
}

func TestEventStreamThatIsNotReadIsEndedAtOneMiB(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.listen(key, "")
	var slow *conn
	for c := range p.conns() {
		slow = c
	}
	p.live(slow)
	slow.Narrow(4 << 10)
	frame := hub.Frame{Data: wire.Frame("event", strings.Repeat("x", 32<<10))}
	for range 2000 {
		p.Hub.Push(key, frame)
		slow.Mu.Lock()
		if slow.Backlog > socket.MaxBacklog {
			t.Errorf("%d bytes wait", slow.Backlog)
		}
		slow.Mu.Unlock()
	}
	p.gone(key)
}

func TestEventStreamThatIsLeftIsNoticed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	s := p.listen(key, "")
	s.next()
	_ = s.res.Body.Close()
	p.gone(key)
}

func TestHalfAnUpgradeIsNoEventStream(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	res := p.listen(p.visit(), "", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==").res
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestWidgetsEventStreamsEndLastWhenTheServerCloses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	s := p.listen(key, "")
	s.next()
	ws, _ := p.dial(p.visit())
	own := p.listen(p.visit(), "&position=")
	own.next()
	for c := range p.conns() {
		if want := c.events && c.key == key; c.Lasting() != want {
			t.Errorf("lasting is %v of %+v", c.Lasting(), c.key)
		}
	}
	go func() { _ = p.Close(t.Context()) }()
	if code := p.closed(ws); code != websocket.CloseServiceRestart {
		t.Errorf("closed with %d", code)
	}
	if _, err := s.ReadString('\n'); err == nil {
		t.Error("the event stream goes on")
	}
}

func TestPositionIsReadFromFramesThatHaveOneAndFromNoOther(t *testing.T) {
	mark := bus.Mark{Epoch: "abc", Seq: 12}.String()
	for frame, want := range map[string]string{
		string(wire.Mark(wire.Frame("event", "x"), mark)):                           mark,
		string(wire.Frame("event", "x")):                                            "",
		`{"type":"event","data":{"a":{"position":"no"},"position":"of data"}}`:      "",
		`{"type":"event","data":{"b":1,"position":"inside"}}`:                       "",
		`{"type":"typing","data":{"isTyping":true}}`:                                "",
		string(wire.Mark([]byte(`{"type":"event","data":{"position":"x"}}`), mark)): mark,
	} {
		if got := position([]byte(frame)); got != want {
			t.Errorf("%s: %q, want %q", frame, got, want)
		}
	}
}

func TestTabsOnSocketAndEventStreamHearTheSame(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	key := p.visit()
	p.says(key, "one")
	ws, c := p.dial(key)
	p.live(c)
	s := p.listen(key, "")
	s.next()
	for c := range p.conns() {
		p.live(c)
	}
	p.Hub.Push(key, text(`{"type":"x"}`, 1<<40, true))
	if got := p.hears(ws, 2); !slices.Equal(got, []string{"one", `{"type":"x"}`}) {
		t.Errorf("the socket heard %q", got)
	}
	if first, second := s.next(), s.next(); !strings.Contains(first.data, "one") || second.data != `{"type":"x"}` {
		t.Errorf("the event stream heard %+v, %+v", first, second)
	}
	bustest.Until(t, "both are there", func() bool { return p.Hub.Holds(key) == 2 })
}
