package socket

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// deaf is a socket of which nothing is written: what it would say is queued.
type deafEar struct {
	Socket
	texts [][]byte
}

func (d *deafEar) Text(message []byte) { d.texts = append(d.texts, message) }
func (d *deafEar) Left()               {}

func newDeaf(most int) *deafEar {
	d := new(deafEar)
	d.kind = &Kind{WebSocket{most}, 1013, prometheus.NewCounter(prometheus.CounterOpts{Name: "slow"})}
	d.owner, d.due, d.line = d, true, noLine()
	return d
}

// client is a frame of a client, masked.
func client(first byte, payload []byte) []byte {
	head := appendHead(nil, 0, len(payload))
	head[0], head[1] = first, head[1]|masked
	mask := []byte{0x12, 0x34, 0x56, 0x78}
	frame := append(head, mask...)
	for i, b := range payload {
		frame = append(frame, b^mask[i%4])
	}
	return frame
}

// outcome is what came of some bytes.
type outcome struct {
	Texts, Said [][]byte
	Open        bool
}

func take(most int, pieces ...[]byte) (o outcome, d *deafEar) {
	d = newDeaf(most)
	o.Open = true
	for _, piece := range pieces {
		read := bytes.Clone(piece)
		if o.Open {
			o.Open = d.kind.Form.Take(&d.Socket, read)
		}
		clear(read) // the reader reads over it
	}
	for _, q := range d.queue {
		o.Said = append(o.Said, q.data)
	}
	o.Texts = d.texts
	return o, d
}

// codeOf is the code of the first close frame; 0 for none.
func (o outcome) codeOf() int {
	for _, said := range o.Said {
		if said[0] == 0x88 {
			return int(binary.BigEndian.Uint16(said[2:]))
		}
	}
	return 0
}

func TestFragmentsAreOneMessageAndControlFramesMayStandBetweenThem(t *testing.T) {
	stream := bytes.Join([][]byte{
		client(0x01, []byte("in ")), client(0x89, []byte("there?")), client(0x00, []byte("three ")), client(0x8a, nil), client(0x80, []byte("pieces")),
		client(0x82, []byte("binary is nothing here")), client(0x81, []byte("next")),
	}, nil)
	want := outcome{
		Texts: [][]byte{[]byte("in three pieces"), []byte("next")}, Said: [][]byte{append([]byte{0x8a, 6}, "there?"...)}, Open: true,
	}
	for first := range len(stream) { // wherever the network cuts it
		for second := first; second <= len(stream); second += 7 {
			got, d := take(100, stream[:first], stream[first:second], stream[second:])
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("cut at %d and %d: %+q", first, second, got.Texts)
			}
			if d.partial != nil {
				t.Fatal("it keeps something of nothing")
			}
		}
	}
}

func TestRulesThatAreBrokenCloseWithTheirCode(t *testing.T) {
	unmasked := append([]byte{0x81, 2}, "hi"...)
	for what, c := range map[string]struct {
		bytes []byte
		code  int
	}{
		"a reserved bit":                {client(0xc1, nil), 1002},
		"no mask":                       {unmasked, 1002},
		"a kind that there is not":      {client(0x83, nil), 1002},
		"a control kind there is not":   {client(0x8b, nil), 1002},
		"a ping in pieces":              {client(0x09, nil), 1002},
		"a long ping":                   {client(0x89, make([]byte, 126)), 1002},
		"a fragment of nothing":         {client(0x80, nil), 1002},
		"a message in a message":        {append(client(0x01, nil), client(0x81, nil)...), 1002},
		"a long message":                {client(0x81, make([]byte, 101)), 1009},
		"a long message in pieces":      {append(client(0x01, make([]byte, 60)), client(0x80, make([]byte, 41))...), 1009},
		"a length beyond all integers":  {[]byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 1009},
		"a length that is not all here": {[]byte{0x81, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, 1009},
	} {
		got, d := take(100, append(c.bytes, client(0x81, []byte("too late"))...))
		if got.codeOf() != c.code || len(got.Texts) != 0 || !got.Open || !d.Closed {
			t.Errorf("%s: code %d, want %d; %d messages; open %v, closed %v", what, got.codeOf(), c.code, len(got.Texts), got.Open, d.Closed)
		}
	}
	if got, _ := take(100, client(0x81, make([]byte, 100))); len(got.Texts) != 1 {
		t.Error("the longest message is not taken")
	}
}

func TestClientThatDripsIsReadWithoutReadingItAllAgain(t *testing.T) {
	message := bytes.Repeat([]byte("drip"), 32<<10)
	stream := client(0x81, message)
	d := newDeaf(len(message))
	copied, before := 0, (*byte)(nil)
	for i := range stream {
		d.kind.Form.Take(&d.Socket, stream[i:i+1])
		if d.partial != nil && &d.partial.frame[0] != before {
			copied, before = copied+len(d.partial.frame), &d.partial.frame[0]
		}
	}
	if len(d.texts) != 1 || !bytes.Equal(d.texts[0], message) {
		t.Fatal("the message did not come")
	}
	if copied > 10*len(stream) {
		t.Errorf("of %d bytes, %d were copied", len(stream), copied)
	}
}

// However the network cuts what a client sends, the same comes of it; and nothing crashes.
func FuzzTake(f *testing.F) {
	f.Add(bytes.Join([][]byte{client(0x01, []byte("in ")), client(0x89, []byte("?")), client(0x80, []byte("two"))}, nil), uint64(1))
	f.Add(client(0x88, []byte{3, 232}), uint64(2))
	f.Add([]byte{0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 'x'}, uint64(3))
	f.Add(client(0x81, make([]byte, 300)), uint64(4))
	f.Fuzz(func(t *testing.T, stream []byte, seed uint64) {
		const most = 200
		want, _ := take(most, stream)
		random := rand.New(rand.NewPCG(seed, 1))
		var pieces [][]byte
		for rest := stream; len(rest) > 0; {
			n := 1 + random.IntN(len(rest))
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		got, d := take(most, pieces...)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("in pieces %v, at once %v", got, want)
		}
		if d.partial != nil && len(d.partial.frame) > most+14 {
			t.Errorf("it keeps %d bytes", len(d.partial.frame))
		}
		for _, text := range got.Texts {
			if len(text) > most {
				t.Errorf("a message of %d bytes was taken", len(text))
			}
		}
	})
}
