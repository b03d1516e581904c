package bench

import (
	"bufio"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestClientFramesHaveTheirLength(t *testing.T) {
	for size, head := range map[int]string{3: "\x81\x83", 125: "\x81\xfd", 126: "\x81\xfe\x00\x7e", 300: "\x81\xfe\x01\x2c"} {
		payload := strings.Repeat("x", size)
		if got := string(clientFrame([]byte(payload))); got != head+"\x00\x00\x00\x00"+payload {
			t.Errorf("%d: %q", size, got)
		}
	}
}

func TestWireOfNATSReadsWhatComes(t *testing.T) {
	c := &conn{in: bufio.NewReader(strings.NewReader("MSG bellhop.x 1 4\r\nab\r\n\r\nMSG bellhop.x 1 reply 1\r\nc\r\n"))}
	for _, want := range []string{"ab\r\n\r\n", "c\r\n"} {
		if got, err := (natsWire{}).next(c); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	if err := pong(&conn{in: bufio.NewReader(strings.NewReader("-ERR 'no'\r\n"))}); !errors.Is(err, errWire) {
		t.Errorf("%v", err)
	}
}

func TestStampIsReadFromWhateverCarriesIt(t *testing.T) {
	var all tally
	all.begin()
	for _, payload := range []string{
		string(stamped(time.Now())), "{" + channelEvent(time.Now()) + "}", `{"event":"bench","data":"` + stamp(time.Now()) + `"}`, "no stamp", "a@b.example",
	} {
		all.note([]byte(payload))
	}
	if len(all.took) != 3 || all.heard.Load() != 3 || all.last < 0 {
		t.Errorf("%v of %d", all.took, all.heard.Load())
	}
}
