package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// errSource is a file of our own that could not be read: nothing was posted, for the request is not whole.
var errSource = errors.New("the file to be sent could not be read")

// stream is the body of a form: the frame with the files in its places, one open at a time.
type stream struct {
	ctx   context.Context
	frame []byte
	cuts  []int
	parts []part

	at      int // in frame
	next    int // of parts
	current io.ReadCloser
	left    int64 // of current; negative if unknown
}

func newStream(ctx context.Context, frame []byte, cuts []int, parts []part) *stream {
	return &stream{ctx: ctx, frame: frame, cuts: cuts, parts: parts}
}

// Read hands out the frame up to the next file, then the file.
func (s *stream) Read(p []byte) (int, error) {
	for {
		switch {
		case s.current != nil:
			n, err := s.fromFile(p)
			if n > 0 || err != nil {
				return n, err
			}
		case s.next < len(s.cuts) && s.at == s.cuts[s.next]:
			if err := s.openNext(); err != nil {
				return 0, err
			}
		case s.at == len(s.frame):
			return 0, io.EOF
		default:
			end := len(s.frame)
			if s.next < len(s.cuts) {
				end = s.cuts[s.next]
			}
			n := copy(p, s.frame[s.at:end])
			s.at += n
			return n, nil
		}
	}
}

func (s *stream) openNext() error {
	file := s.parts[s.next].file
	s.next++
	opened, err := file.Open(s.ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errSource, err)
	}
	s.current, s.left = opened, file.Size
	return nil
}

// fromFile reads of the current file; 0 and nil at its end.
func (s *stream) fromFile(p []byte) (int, error) {
	n, err := s.current.Read(p)
	known := s.left >= 0
	if known {
		s.left -= int64(n)
	}
	switch {
	case known && s.left < 0:
		return 0, fmt.Errorf("%w: it is longer than it should be", errSource)
	case errors.Is(err, io.EOF) && known && s.left > 0:
		return 0, fmt.Errorf("%w: %w", errSource, io.ErrUnexpectedEOF)
	case errors.Is(err, io.EOF):
		err = s.current.Close()
		s.current = nil
	}
	if err != nil {
		return n, fmt.Errorf("%w: %w", errSource, err)
	}
	return n, nil
}

// Close closes the file that is open.
func (s *stream) Close() error {
	if s.current == nil {
		return nil
	}
	err := s.current.Close()
	s.current = nil
	return err
}
