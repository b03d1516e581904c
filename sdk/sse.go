package bellhop

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// frame is one server-sent event. An id without data is a place, and nothing to handle.
type frame struct {
	name, id string
	data     []byte
}

// maxFrame bounds a frame, in bytes: what fits on Bellhop's bus is far smaller.
const maxFrame = 16 << 20

var errFrame = errors.New("bellhop: a frame of the stream is too large")

// frames reads a text/event-stream as the HTML standard says, https://html.spec.whatwg.org/multipage/server-sent-events.html, but for
// two things: an id belongs to its own frame only, and retry is ignored.
type frames struct {
	r      *bufio.Reader
	skipLF bool // the line before ended in CR: a LF that follows belongs to it
	begun  bool
	most   int // bytes
}

func newFrames(r io.Reader) *frames { return &frames{r: bufio.NewReader(r), most: maxFrame} }

// next is the next frame that has data or an id. What is cut off in the middle is no frame: then it answers the reader's error.
func (f *frames) next() (frame, error) {
	var out frame
	var size int
	for {
		line, err := f.line(f.most - size)
		if err != nil {
			return frame{}, err
		}
		size += len(line)
		if len(line) == 0 {
			if out.data != nil || out.id != "" {
				return out, nil
			}
			out, size = frame{}, 0
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(name) {
		case "data":
			if out.data == nil {
				out.data = []byte{} // an empty one is one too
			} else {
				out.data = append(out.data, '\n')
			}
			out.data = append(out.data, value...)
		case "event":
			out.name = string(value)
		case "id":
			if !strings.ContainsRune(string(value), 0) {
				out.id = string(value)
			}
		}
	}
}

// line reads up to LF, CR or CRLF, without waiting for what follows a CR.
func (f *frames) line(most int) ([]byte, error) {
	var line []byte
	for {
		b, err := f.r.ReadByte()
		if err != nil {
			return nil, err
		}
		if f.skipLF {
			f.skipLF = false
			if b == '\n' {
				continue
			}
		}
		if b == '\n' || b == '\r' {
			f.skipLF = b == '\r'
			return f.unmarked(line), nil
		}
		if len(line) >= most {
			return nil, errFrame
		}
		line = append(line, b)
	}
}

// unmarked takes the byte order mark off the first line.
func (f *frames) unmarked(line []byte) []byte {
	if !f.begun {
		f.begun = true
		return bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return line
}
