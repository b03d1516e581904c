package bellhop

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const said = `id: %s` + "\n" + `data: {"type":"visitor_message","sessionId":"s","visitorId":"v","message":{"id":"m","content":%q,"sender":"visitor"}}` + "\n\n"

// heard collects, and ends the listening once it has what was expected.
type heard struct {
	mu   sync.Mutex
	got  []string
	want string
	end  context.CancelFunc
}

func (h *heard) add(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, what)
	if strings.Join(h.got, " ") == h.want {
		h.end()
	}
}

// listen runs until everything that is expected was heard.
func listen(t *testing.T, c *Client, want string, set func(*heard)) {
	t.Helper()
	ctx, cancel := context.WithCancel(within(t))
	h := &heard{want: want, end: cancel}
	set(h)
	if err := c.Listen(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("heard %q, wanted %q: %v", h.got, want, err)
	}
}

func (c *Client) tell(h *heard) {
	c.OnMessage(func(_ context.Context, m Message, e *Event) error {
		h.add(e.ID + "=" + m.Content)
		return nil
	})
	c.OnReset(func(context.Context, Reset) error {
		h.add("reset")
		return nil
	})
}

func TestListenGoesOnBehindTheLastHandledEvent(t *testing.T) {
	f := serve(t,
		streams(true, said+"id: 2-ab\ndata: {\"type\":\"visitor_mess", "1-ab", "one"), // cut in the middle of a frame
		cuts, says(http.StatusBadGateway, "away"), says(http.StatusUnauthorized, `{}`), // while Bellhop is deployed anew
		streams(false, said+said, "2-ab", "two", "3-ab", "three"))
	c := f.client(Options{})
	listen(t, c, "1-ab=one 2-ab=two 3-ab=three", c.tell)
	calls := f.seen()
	if len(calls) != 5 || calls[0].last != "" || calls[0].query != "include=visitor" {
		t.Fatalf("calls: %+v", calls)
	}
	for _, c := range calls[1:] {
		if c.last != "1-ab" {
			t.Errorf("it asked for what is behind %q", c.last)
		}
	}
}

func TestListenGoesOnInAnotherProcess(t *testing.T) {
	at := FilePosition(filepath.Join(t.TempDir(), "position"))
	f := serve(t, streams(false, said, "7-ab", "seven"))
	c := f.client(Options{Position: at, FromStart: true})
	listen(t, c, "7-ab=seven", c.tell)
	if id, err := at.Load(t.Context()); err != nil || id != "" && id != "7-ab" {
		t.Fatalf("position is %q, %v", id, err)
	}
	if err := at.Save(t.Context(), "7-ab"); err != nil { // the test ended the first one before it could
		t.Fatal(err)
	}
	c = f.client(Options{Position: at, FromStart: true})
	listen(t, c, "7-ab=seven", c.tell)
	if calls := f.seen(); calls[0].last != "0" || calls[1].last != "7-ab" {
		t.Errorf("asked for what is behind %q, then %q", calls[0].last, calls[1].last)
	}
}

func TestFailedHandlerIsCalledAgainBeforeAnythingElse(t *testing.T) {
	f := serve(t, streams(false, said+said, "1-a", "one", "2-a", "two"))
	c := f.client(Options{})
	listen(t, c, "first:one fails fails second:one first:two second:two", func(h *heard) {
		failures := 2
		c.OnMessage(func(_ context.Context, m Message, _ *Event) error {
			h.add("first:" + m.Content)
			return nil
		})
		c.OnMessage(func(_ context.Context, m Message, _ *Event) error {
			if failures--; failures >= 0 {
				h.add("fails")
				return errors.New("not now")
			}
			h.add("second:" + m.Content)
			return nil
		})
	})
}

func TestEventIsNotPassedBeforeItsHandlerHasIt(t *testing.T) {
	f := serve(t, streams(true, said, "1-a", "one"))
	c := f.client(Options{})
	ctx, cancel := context.WithCancel(within(t))
	c.OnMessage(func(context.Context, Message, *Event) error {
		cancel()
		return errors.New("not handled")
	})
	if err := c.Listen(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if id, _ := c.opts.Position.Load(t.Context()); id != "" {
		t.Errorf("position is %q", id)
	}
}

// forgetful fails to keep a position, twice.
type forgetful struct {
	memory
	fails int
}

func (f *forgetful) Save(ctx context.Context, id string) error {
	if f.fails--; f.fails >= 0 {
		return errors.New("disk is full")
	}
	return f.memory.Save(ctx, id)
}

func TestPositionThatIsNotKeptIsKeptBeforeAnythingElse(t *testing.T) {
	f := serve(t, streams(false, said+said, "1-a", "one", "2-a", "two"))
	at := &forgetful{fails: 2}
	c := f.client(Options{Position: at})
	listen(t, c, "1-a=one 2-a=two", c.tell)
	if id, _ := at.Load(t.Context()); id != "1-a" && id != "2-a" {
		t.Errorf("position is %q", id)
	}
}

func TestResetIsTold(t *testing.T) {
	f := serve(t, streams(true, "event: reset\nid: 40-b\ndata: {\"type\":\"reset\"}\n\n"), streams(false, said, "41-b", "new"))
	c := f.client(Options{Position: &memory{id: "9-a"}})
	listen(t, c, "reset 41-b=new", c.tell)
	if calls := f.seen(); calls[0].last != "9-a" || calls[1].last != "40-b" {
		t.Errorf("asked for what is behind %q, then %q", calls[0].last, calls[1].last)
	}
}

func TestCutBeforeAnythingWasHeardIsAReset(t *testing.T) {
	f := serve(t, streams(true, ""), streams(false, said, "5-a", "five"))
	c := f.client(Options{})
	listen(t, c, "reset 5-a=five", c.tell)
}

func TestPlaceWithoutAnEventIsOneToResumeFrom(t *testing.T) {
	f := serve(t, streams(true, "id: 4-a\n\n"), streams(false, said, "5-a", "five"))
	c := f.client(Options{})
	listen(t, c, "5-a=five", c.tell)
	if calls := f.seen(); calls[1].last != "4-a" {
		t.Errorf("asked for what is behind %q", calls[1].last)
	}
}

func TestSilentStreamIsOpenedAgain(t *testing.T) {
	f := serve(t, streams(false, "id: 4-a\n\n"), streams(false, said, "5-a", "five"))
	c := f.client(Options{})
	c.idle = 50 * time.Millisecond
	listen(t, c, "5-a=five", c.tell)
}

func TestSlowHandlerIsNotSilence(t *testing.T) {
	f := serve(t, streams(false, said+said, "1-a", "one", "2-a", "two"))
	c := f.client(Options{})
	c.idle = 500 * time.Millisecond
	listen(t, c, "1-a=one 2-a=two", func(h *heard) {
		c.OnMessage(func(ctx context.Context, m Message, e *Event) error {
			if rest(ctx, 3*c.idle/2) != nil {
				return errors.New("the stream was given up")
			}
			h.add(e.ID + "=" + m.Content)
			return nil
		})
	})
	if n := len(f.seen()); n != 1 {
		t.Errorf("it was opened %d times", n)
	}
}

func TestListenEndsWhenTheFirstConnectionIsRefusedForGood(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404} {
		var refused *Error
		if err := serve(t, says(status, `{}`)).client(Options{}).Listen(within(t)); !errors.As(err, &refused) || refused.Status != status {
			t.Errorf("%d ends it with %v", status, err)
		}
	}
	broken := serve(t, streams(false, said)).client(Options{Position: FilePosition(t.TempDir())})
	if err := broken.Listen(within(t)); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a position that cannot be loaded ends it with %v", err)
	}
}

func TestUnreadableAndUnknownEventsHoldNothingUp(t *testing.T) {
	f := serve(t, streams(false, "id: 1-a\ndata: {\"type\n\nid: 2-a\ndata: {\"type\":\"custom_event\"}\n\nid: 3-a\ndata: {\"type\":\"of_the_future\",\"x\":1}\n\nevent: odd\ndata: x\n\n"+said, "4-a", "four"))
	c := f.client(Options{})
	listen(t, c, "of_the_future visitor_message", func(h *heard) {
		c.On(Any, func(_ context.Context, e *Event) error {
			h.add(string(e.Type))
			return nil
		})
	})
}

func TestSignalIsToldOnceAndKeepsNoPlace(t *testing.T) {
	f := serve(t, streams(false, said+`data: {"type":"operator_typing","sessionId":"s","isTyping":true,"sourceBridge":"slack"}`+"\n\n"+said, "1-a", "one", "2-a", "two"))
	c := f.client(Options{})
	listen(t, c, "1-a=one typing=slack 2-a=two", func(h *heard) {
		c.tell(h)
		c.On(OperatorTyping, func(_ context.Context, e *Event) error {
			h.add("typing=" + e.Source)
			return errors.New("whatever")
		})
	})
}

func TestHandlersAreChosenByNameAndTakenAway(t *testing.T) {
	event := func(id, name string) string {
		return fmt.Sprintf("id: %s\ndata: {\"type\":\"custom_event\",\"sessionId\":\"s\",\"event\":{\"name\":%q,\"data\":{\"plan\":\"pro\"}}}\n\n", id, name)
	}
	session := "id: 3-a\ndata: {\"type\":\"new_session\",\"session\":{\"id\":\"s9\",\"visitorId\":\"v9\"}}\n\n"
	reply := "id: 4-a\ndata: {\"type\":\"operator_message\",\"sessionId\":\"s\",\"messageId\":\"m\",\"content\":\"yes\",\"operatorName\":\"Ann\",\"sourceBridge\":\"slack\"}\n\n"
	f := serve(t, streams(false, event("1-a", "pricing")+event("2-a", "other")+session+reply))
	c := f.client(Options{})
	listen(t, c, "pricing:pro any:pricing any:other s9/v9 Ann:yes", func(h *heard) {
		c.OnEvent("pricing", func(_ context.Context, custom CustomEvent, e *Event) error {
			var data struct{ Plan string }
			if err := custom.Decode(&data); err != nil || e.SessionID != "s" {
				t.Errorf("%v, %+v", err, e)
			}
			h.add("pricing:" + data.Plan)
			return nil
		})
		c.OnEvent(Any, func(_ context.Context, custom CustomEvent, _ *Event) error {
			h.add("any:" + custom.Name)
			return nil
		})
		c.OnEvent(Any, func(context.Context, CustomEvent, *Event) error {
			t.Error("a handler was called that was taken away")
			return nil
		})()
		c.OnReset(func(context.Context, Reset) error { return nil })()
		c.OnNewSession(func(_ context.Context, s Session, e *Event) error {
			h.add(s.ID + "/" + e.VisitorID)
			return nil
		})
		c.OnOperatorMessage(func(_ context.Context, m Message, _ *Event) error {
			h.add(m.OperatorName + ":" + m.Content)
			return nil
		})
	})
}
