package bus

import (
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
)

// Mark is a place in the stream: everything up to Seq of the stream that Epoch identifies. It means nothing in any other stream.
type Mark struct {
	Epoch string
	Seq   uint64
}

// errMark is what ParseMark says; the text itself is whatever a client sent.
var errMark = errors.New("not a mark")

// maxMark is the longest text of a mark: an epoch is at most 13 characters, a sequence 20.
const maxMark = 40

// String is how a mark is given to clients: opaque to them.
func (m Mark) String() string { return m.Epoch + "-" + strconv.FormatUint(m.Seq, 10) }

// ParseMark reads what String wrote.
func ParseMark(s string) (Mark, error) {
	epoch, digits, found := strings.Cut(s, "-")
	if !found || len(s) > maxMark || !isEpoch(epoch) {
		return Mark{}, errMark
	}
	seq, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || strconv.FormatUint(seq, 10) != digits { // one text for one mark
		return Mark{}, errMark
	}
	return Mark{Epoch: epoch, Seq: seq}, nil
}

// isEpoch tells what epochOf writes: base 36.
func isEpoch(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

// Place is how far a follower is, for others to read. Its zero value is nowhere.
type Place struct{ at atomic.Pointer[Mark] }

// Load is a mark such that everything that the follower hands on after the call is behind it or is its newest. The zero Mark before
// the follower has begun.
func (p *Place) Load() Mark {
	if at := p.at.Load(); at != nil {
		return *at
	}
	return Mark{}
}

// Store moves the place; only its follower does.
func (p *Place) Store(m Mark) {
	if p != nil {
		p.at.Store(&m)
	}
}
