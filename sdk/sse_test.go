package bellhop

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func read(t testing.TB, r io.Reader) (all []frame) {
	t.Helper()
	f := newFrames(r)
	for {
		one, err := f.next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
}

func TestFramesAreReadAsTheStandardSays(t *testing.T) {
	for text, want := range map[string]string{
		"data: a\n\n":                                  "a",
		"\xef\xbb\xbfdata: a\n\n":                      "a",
		"id: 1\ndata:a\n\nid:2\r\ndata: b\r\n\r\n":     "1=a 2=b",
		"data: a\r\rdata: b\r\r":                       "a b",
		"data: a\rid: 7\r\n\r\n":                       "7=a",
		": connected\n\n: heartbeat\n\ndata: a\n\n":    "a",
		"data: a\ndata:\ndata:  b\n\n":                 "a\n\n b",
		"data\n\n":                                     "",
		"event: reset\nid: 4\ndata: {}\n\n":            "4=reset!{}",
		"event: x\n\ndata: a\n\n":                      "a",
		"id: 9-ab\n\n":                                 "9-ab=",
		"id: 1\ndata: a\n\nid: 2\ndata: cut off":       "1=a",
		"id: 1\ndata: a\n\nid: 2\ndata: half\n":        "1=a",
		"retry: 5\nunknown: x\nid: a\x00b\ndata:y\n\n": "y",
		"": "none",
	} {
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text))} {
			var got []string
			for _, f := range read(t, r) {
				one := string(f.data)
				if f.name != "" {
					one = f.name + "!" + one
				}
				if f.id != "" {
					one = f.id + "=" + one
				}
				got = append(got, one)
			}
			if len(got) == 0 {
				got = []string{"none"}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s, %q: got %q", name, text, got)
			}
		}
	}
}

func TestHugeFrameIsRefused(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("data: "), endlessly('x'))
	f := newFrames(endless)
	f.most = 1000
	if _, err := f.next(); !errors.Is(err, errFrame) {
		t.Errorf("error is %v", err)
	}
}

type endlessly byte

func (e endlessly) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func FuzzFrames(f *testing.F) {
	for _, seed := range []string{"id: 1\ndata: a\n\n", "data: a\r\rdata: b\r\n\r\n", "event: reset\nid:2\n\n", ": c\n\n\xef\xbb\xbf", "data\n:\n\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		whole := read(t, bytes.NewReader(raw))
		if parts := read(t, iotest.OneByteReader(bytes.NewReader(raw))); fmt.Sprint(parts) != fmt.Sprint(whole) {
			t.Fatalf("in parts it is %q, whole %q", parts, whole)
		}
		// Written anew it is the same: nothing of one frame reaches the next.
		var again bytes.Buffer
		for _, one := range whole {
			if strings.ContainsAny(one.name+one.id, "\r\n") {
				t.Fatalf("a line's end is in %q", one)
			}
			fmt.Fprintf(&again, "event: %s\nid: %s\n", one.name, one.id)
			if one.data != nil {
				for line := range bytes.SplitSeq(one.data, []byte("\n")) {
					fmt.Fprintf(&again, "data: %s\n", line)
				}
			}
			again.WriteString("\n")
		}
		if twice := read(t, &again); fmt.Sprint(twice) != fmt.Sprint(whole) {
			t.Fatalf("written anew it is %q, was %q", twice, whole)
		}
	})
}
