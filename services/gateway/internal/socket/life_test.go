package socket

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestFramesOfEverySizeAreReadAsTheyWereSentInBothDirections(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ws, e := p.dial()
	for _, size := range []int{0, 1, 125, 126, 127, scratchSize - 5, scratchSize, scratchSize + 1, 65535, 65536, most} {
		want := strings.Repeat("y", size)
		e.Mu.Lock()
		e.Send([]byte(want), 0)
		e.Mu.Unlock()
		if got := p.hears(ws); got != want {
			t.Fatalf("of %d bytes came %d", size, len(got))
		}
		if err := ws.WriteMessage(websocket.TextMessage, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if got := wait(t, "a message", e.texts); got != want {
			t.Fatalf("of %d bytes %d were taken", size, len(got))
		}
	}
}

// The kernel takes a part of some frame: what is sent afterwards, answers to pings too, stands behind its rest.
func TestReaderThatPausesIsSentWholeFramesInOrderAndItsPingsAreAnswered(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ws, e := p.dial()
	e.Narrow(8 << 10)
	frame := func(n int) string { return fmt.Sprintf("%06d%s", n, strings.Repeat("x", n%3000)) }
	sent, blocked := 0, 0
	for blocked < 100 {
		if e.fill(frame(sent)) {
			sent++
		}
		if e.isBlocked() {
			blocked++
		}
		if blocked%20 == 1 {
			if err := ws.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
		}
	}
	pongs := 0
	ws.SetPongHandler(func(text string) error {
		if text == "there?" {
			pongs++
		}
		return nil
	})
	for n := range sent {
		if got := p.hears(ws); got != frame(n) {
			t.Fatalf("frame %d of %d is %.20s", n, sent, got)
		}
	}
	e.say("behind the last pong")
	if p.hears(ws); pongs == 0 {
		t.Error("no ping was answered")
	}
	e.Mu.Lock()
	defer e.Mu.Unlock()
	if e.Waits() || e.Backlog != 0 {
		t.Errorf("%d bytes are said to wait", e.Backlog)
	}
}

func TestManyWhoSendAtOnceAreEachInOrder(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ws, e := p.dial()
	const senders, each = 8, 500
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for n := range each {
				e.say(fmt.Sprintf("%d %d", i, n))
			}
		})
	}
	next := make([]int, senders)
	for range senders * each {
		var i, n int
		if _, err := fmt.Sscan(p.hears(ws), &i, &n); err != nil || n != next[i] {
			t.Fatalf("of %d came %d after %d: %v", i, n, next[i]-1, err)
		}
		next[i]++
	}
	wg.Wait()
}

func TestClientThatReadsNothingIsClosedAtOneMiBWithoutWaitingForIt(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	_, e := p.bare()
	e.Narrow(4 << 10)
	text := strings.Repeat("x", 32<<10)
	closed := func() bool {
		e.Mu.Lock()
		defer e.Mu.Unlock()
		if e.Backlog > MaxBacklog {
			t.Fatalf("%d bytes wait", e.Backlog)
		}
		return e.Closed
	}
	for n := 0; !closed(); n++ {
		if n == 2000 {
			t.Fatal("64 MB were taken for it")
		}
		e.say(text)
	}
	wait(t, "its end", e.left)
	if p.slowOnes() != 1 {
		t.Errorf("%d were counted as slow", p.slowOnes())
	}
}

func TestSocketInTheMiddleOfAFrameIsNotStuckUntilItIsForAWholeInterval(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	_, e := p.bare()
	e.Narrow(4 << 10)
	for !e.isBlocked() {
		e.fill(strings.Repeat("x", 32<<10))
	}
	e.Mu.Lock()
	if e.Tend(); e.Closed {
		t.Error("closed at once")
	}
	if e.Tend(); !e.Closed {
		t.Error("not closed after an interval in which the kernel took nothing")
	}
	e.Mu.Unlock()
	wait(t, "its end", e.left)
}

func TestClientIsPingedAndItsPongIsASignOfLife(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ws, e := p.dial()
	go func() { _, _, _ = ws.ReadMessage() }() // answers pings
	e.Heard(time.Hour)
	e.Mu.Lock()
	e.Tend()
	e.Mu.Unlock()
	for deadline := time.Now().Add(patience); e.Silent(time.Minute); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no sign of life")
		}
	}
}

func TestLastFrameAndCodeAreTheLastThatIsHeardAndTheAnswerEndsIt(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ws, e := p.dial()
	e.Mu.Lock()
	e.Finish([]byte("the end"), 4410, "erased")
	e.Send([]byte("nobody hears this"), 0)
	e.Mu.Unlock()
	if got := p.hears(ws); got != "the end" {
		t.Errorf("it heard %q", got)
	}
	if code := p.closeCode(ws); code != 4410 {
		t.Errorf("it was closed with %d", code)
	}
	wait(t, "the end, as gorilla has answered", e.left)
}

func TestClientThatDoesNotAnswerIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	_, e := p.bare()
	e.Mu.Lock()
	e.Shut(1012, Again)
	e.Mu.Unlock()
	wait(t, "its end", e.left)
}

func TestWhatAClientHasSentBeforeItAnswersTheEndIsTaken(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ws, e := p.dial()
	e.Mu.Lock()
	e.Shut(1012, Again)
	e.Mu.Unlock()
	if err := ws.WriteMessage(websocket.TextMessage, []byte("one more")); err != nil {
		t.Fatal(err)
	}
	if got := wait(t, "the message", e.texts); got != "one more" {
		t.Errorf("%q", got)
	}
}

func TestClientThatClosesIsAnsweredWithItsOwnCode(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for said, want := range map[int]int{1000: 1000, 1001: 1001, 4999: 4999, 1006: 1002, 2000: 1002, 0: 1005} {
		ws, e := p.dial()
		payload := websocket.FormatCloseMessage(said, "")
		if said == 1006 {
			payload = []byte{1006 >> 8, 1006 & 0xff}
		}
		if said == 0 {
			payload = nil
		}
		e.say("before")
		if err := ws.WriteControl(websocket.CloseMessage, payload, time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		wait(t, "its end", e.left)
		if got := p.hears(ws); got != "before" {
			t.Errorf("it heard %q", got)
		}
		if got := p.closeCode(ws); got != want {
			t.Errorf("%d was answered with %d, want %d", said, got, want)
		}
	}
}

func TestSlowOwnerHoldsUpItsOwnClientAlone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	busy, b := p.dial()
	other, o := p.dial()
	release := make(chan struct{})
	b.slow = func(string) { <-release }
	for i := range 3 {
		if err := busy.WriteMessage(websocket.TextMessage, []byte(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	wait(t, "what the other says", o.texts)
	b.say("it hears all the while")
	p.hears(busy)
	if len(b.texts) != 0 {
		t.Error("a message was taken before the one in front of it")
	}
	close(release)
	for i := range 3 {
		if got := wait(t, "a message", b.texts); got != strconv.Itoa(i) {
			t.Errorf("message %d is %q", i, got)
		}
	}
}

func TestEverySocketThatEndsGivesItsDescriptorBack(t *testing.T) {
	p := newPlace(t)
	before := descriptors(t)
	for range 50 {
		ws, e := p.dial()
		_ = ws.NetConn().Close()
		wait(t, "its end", e.left)
	}
	for deadline := time.Now().Add(patience); descriptors(t) > before+5; time.Sleep(time.Millisecond) { // the last are being closed
		if time.Now().After(deadline) {
			t.Fatalf("%d descriptors were open before 50 sockets came and went, %d are", before, descriptors(t))
		}
	}
}

func descriptors(t *testing.T) int {
	open, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

// A descriptor that was one socket's is soon another's: neither hears what is the other's.
func TestSocketsThatComeAndGoWhileTheyAreSpokenToHearOnlyTheirOwn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var wg sync.WaitGroup
	var dialling sync.Mutex // so that both ends are of one socket
	for i := range 8 {
		wg.Go(func() {
			for n := range 60 {
				dialling.Lock()
				ws, e := p.dial()
				dialling.Unlock()
				mine := []byte(fmt.Sprintf("%d/%d", i, n))
				go func() {
					for range 60 {
						e.say(string(mine) + strings.Repeat(" ", 1000))
					}
				}()
				for range n {
					_, data, err := ws.ReadMessage()
					if err != nil || !bytes.Equal(bytes.TrimRight(data, " "), mine) {
						t.Errorf("%s heard %.20q, %v", mine, data, err)
						break
					}
				}
				_ = ws.NetConn().Close()
			}
		})
	}
	wg.Wait()
}
