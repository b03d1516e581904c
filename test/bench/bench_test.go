package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSummaryKnowsItsPercentiles(t *testing.T) {
	var all []time.Duration
	for i := range 1000 {
		all = append(all, time.Duration(1000-i)*time.Millisecond)
	}
	got := summarize(all)
	want := Summary{Count: 1000, P50: 501 * time.Millisecond, P99: 991 * time.Millisecond, Max: time.Second}
	if got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if summarize(nil) != (Summary{}) {
		t.Error("nothing has percentiles")
	}
}

func TestNumberIsFoundInWhatAPlatformShows(t *testing.T) {
	for text, want := range map[string]int{
		"m000042. hello": 42,
		"👤 some-visitor-00003\nm000007. " + filler: 7,
		"mm m12 m000001. x":                        1,
		"m00004. too short":                        -1,
		"":                                         -1,
	} {
		got, ok := numbered("m", text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q has number %d, want %d", text, got, want)
		}
	}
}

func TestAllNumbersOfAJoinedPostAreFound(t *testing.T) {
	if got := numbers("m", "👤 Vera\nm000001. one\n· 12:00\nm000002. two mm m000003."); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("%v", got)
	}
}

func TestCallBookNotesWhenEachPlatformWasFirstCalled(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s, err := stage.Open(ctx, stage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	d := direct{Env: s.Env(), PerSecond: 100, For: 100 * time.Millisecond, Threads: 2}
	callers := d.callers(client)
	threads, err := d.open(ctx, callers)
	if err != nil {
		t.Fatal(err)
	}
	book := newCallBook(s)
	for round := range 2 { // the second must not change what the first has seen
		result, err := d.post(ctx, callers, threads)
		if err != nil || result.Calls != 30 || len(result.Due) != 10 {
			t.Fatalf("%+v, %v", result, err)
		}
		for name, first := range book.calls() {
			for n := range 10 {
				if at := first[n+firstNumber]; at == 0 || round == 0 && at < result.Due[n] || round == 1 && at >= result.Due[0] {
					t.Errorf("round %d: %s was called for %d at %d, due was %d", round, name, n, at, result.Due[n])
				}
			}
		}
	}
	if counts := book.count(); counts["slack"] != 10 || len(counts) != 3 {
		t.Errorf("counts %v", counts)
	}
	if book.forget(); book.count()["slack"] != 0 {
		t.Error("what is to be forgotten counts")
	}
	if _, err := obey(ctx, s, book, "dance"); !errors.Is(err, errOrder) {
		t.Errorf("an order that nobody knows: %v", err)
	}
}

func TestMessageIsJSONWithItsNumber(t *testing.T) {
	var body struct{ SessionID, Content, Sender string }
	if err := json.Unmarshal(message(nil, "ses_1", 77), &body); err != nil {
		t.Fatal(err)
	}
	if n, ok := numbered("m", body.Content); !ok || n != 77 || body.SessionID != "ses_1" || body.Sender != "visitor" {
		t.Errorf("%+v", body)
	}
}

func TestLeanConnectionReadsAnswersAndRefusals(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := bufio.NewReader(r.Body).ReadString('}')
		if r.Header.Get("X-Key") != "k" || body != `{"a":1}` {
			w.WriteHeader(http.StatusTeapot)
		}
		_, _ = w.Write([]byte(r.URL.Path))
	}))
	defer server.Close()
	c, err := dial(host(server.URL), "127.0.0.2")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 3 { // on one connection
		if got, err := c.post("/x", []byte(`{"a":1}`), "X-Key: k"); err != nil || string(got) != "/x" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if _, err := c.post("/y", []byte(`{}`)); !errors.Is(err, errStatus) || !strings.Contains(err.Error(), "418") {
		t.Errorf("err = %v", err)
	}
}

func TestUnknownRoleIsAnError(t *testing.T) {
	if Role("spectator", "{}") == nil || Role("flood", "no JSON") == nil {
		t.Error("a role that nobody can play is played")
	}
}

func TestFramesOfAServerAreReadWhateverTheirLength(t *testing.T) {
	for _, size := range []int{0, 125, 126, 70_000} {
		var raw []byte
		switch {
		case size < 126:
			raw = []byte{0x81, byte(size)}
		case size < 1<<16:
			raw = []byte{0x81, 126, byte(size >> 8), byte(size)}
		default:
			raw = []byte{0x81, 127, 0, 0, 0, 0, 0, byte(size >> 16), byte(size >> 8), byte(size)}
		}
		kind, payload, err := serverFrame(bufio.NewReader(strings.NewReader(string(raw) + strings.Repeat("x", size))))
		if kind != 1 || len(payload) != size || err != nil {
			t.Errorf("%d: kind %d, %d bytes, %v", size, kind, len(payload), err)
		}
	}
}

func TestCrowdRefusesOrdersThatItDoesNotKnow(t *testing.T) {
	l, a := &listening{}, &attending{}
	for _, order := range []string{"dance 3", ""} {
		_, crowd := l.obey(order)
		if _, audience := a.obey(order); crowd == nil || audience == nil {
			t.Errorf("%q is obeyed", order)
		}
	}
}
