package socket

import (
	"bytes"
	"encoding/binary"

	"github.com/gorilla/websocket"
)

// WebSocket is the form of RFC 6455, as a server speaks it after the handshake and without extensions.
type WebSocket struct {
	// Most is how long a client's message may be, in bytes.
	Most int
}

const (
	final, masked, reserved, opcode, short = 0x80, 0x80, 0x70, 0x0f, 0x7f
	// maxControl is how much a control frame may carry.
	maxControl = 125
)

// appendHead appends what stands before a payload. Servers mask nothing.
func appendHead(to []byte, kind byte, size int) []byte {
	to = append(to, final|kind)
	switch {
	case size <= maxControl:
		return append(to, byte(size))
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(to, 126), uint16(size))
	default:
		return binary.BigEndian.AppendUint64(append(to, 127), uint64(size))
	}
}

func control(kind byte, payload []byte) []byte {
	return append(appendHead(make([]byte, 0, 2+len(payload)), kind, len(payload)), payload...)
}

// Frame appends a text message.
func (WebSocket) Frame(to, frame []byte) []byte {
	return append(appendHead(to, websocket.TextMessage, len(frame)), frame...)
}

// Ping is a ping.
func (WebSocket) Ping() []byte { return ping }

var ping = control(websocket.PingMessage, nil)

// Bye is a close frame.
func (WebSocket) Bye(code int, why string) []byte {
	return control(websocket.CloseMessage, websocket.FormatCloseMessage(code, why))
}

// partial is what has come of something that is not complete.
type partial struct {
	// frame are the bytes of a frame.
	frame []byte
	// message are the fragments of a message, and kind is what it is; 0 when there is none.
	message []byte
	kind    byte
	// deaf tells that what comes cannot be understood any more.
	deaf bool
}

// frame is one of a client's, with its payload as it was before it was masked.
type frame struct {
	kind    byte
	final   bool
	payload []byte
}

// Take takes frames, and keeps what has come of the next. Clients that break the rules are told so, with the codes of section 7.4.1.
func (w WebSocket) Take(s *Socket, data []byte) bool {
	p := s.partial
	if p == nil {
		p = new(partial)
	}
	mine := len(p.frame) > 0
	if mine {
		data = append(p.frame, data...)
	}
	for !p.deaf {
		f, size, broken := w.parse(data, len(p.message))
		if broken != nil {
			w.refuse(s, p, *broken)
			break
		}
		if size == 0 {
			break
		}
		data, mine = data[size:], false
		if !w.act(s, p, f) {
			return false
		}
	}
	switch {
	case p.deaf:
	case mine: // with room for more
		p.frame = data
	default: // the reader reads over it
		p.frame = bytes.Clone(data)
	}
	if s.partial = p; len(p.frame) == 0 && p.kind == 0 && !p.deaf { // an idle socket keeps nothing
		s.partial = nil
	}
	return true
}

// broken is a rule that a client has not kept.
type broken struct {
	code int
	why  string
}

// parse reads the first frame, and answers how long it is; 0 when it is not complete. So many bytes of its message are there already.
func (w WebSocket) parse(data []byte, before int) (f frame, size int, b *broken) {
	if len(data) < 2 {
		return f, 0, nil
	}
	f.kind, f.final = data[0]&opcode, data[0]&final != 0
	length, head := uint64(data[1]&short), 2
	switch isControl := f.kind >= websocket.CloseMessage; {
	case data[0]&reserved != 0:
		return f, 0, &broken{websocket.CloseProtocolError, "reserved bits are set, and no extension was agreed on"}
	case data[1]&masked == 0:
		return f, 0, &broken{websocket.CloseProtocolError, "a client's frames are masked"}
	case f.kind > websocket.BinaryMessage && !isControl || f.kind > websocket.PongMessage:
		return f, 0, &broken{websocket.CloseProtocolError, "there is no frame of this kind"}
	case isControl && (!f.final || length > maxControl):
		return f, 0, &broken{websocket.CloseProtocolError, "control frames are short, and whole"}
	case length == 126:
		head = 4
	case length == 127:
		head = 10
	}
	if len(data) < head {
		return f, 0, nil
	}
	if head > 2 {
		var wide [8]byte
		copy(wide[10-head:], data[2:head])
		length = binary.BigEndian.Uint64(wide[:])
	}
	if f.kind < websocket.CloseMessage && length > uint64(w.Most-before) {
		return f, 0, &broken{websocket.CloseMessageTooBig, "this message is too long"}
	}
	size = head + 4 + int(length)
	if len(data) < size {
		return f, 0, nil
	}
	f.payload = unmask(data[head+4:size], [4]byte(data[head:head+4]))
	return f, size, nil
}

// unmask answers a copy: what was read is overwritten by what is read next.
func unmask(data []byte, mask [4]byte) []byte {
	plain := make([]byte, len(data))
	for i, b := range data {
		plain[i] = b ^ mask[i&3]
	}
	return plain
}

// act does what a frame asks for. It answers false when the client has closed.
func (w WebSocket) act(s *Socket, p *partial, f frame) bool {
	switch {
	case f.kind == websocket.CloseMessage:
		w.answer(s, f.payload)
		return false
	case f.kind == websocket.PingMessage:
		s.tell(control(websocket.PongMessage, f.payload))
		return true
	case f.kind == websocket.PongMessage:
		return true
	case (f.kind == 0) == (p.kind == 0):
		w.refuse(s, p, broken{websocket.CloseProtocolError, "a message goes on, or begins, where it must not"})
		return true
	case f.kind != 0:
		p.kind, p.message = f.kind, f.payload
	default:
		p.message = append(p.message, f.payload...)
	}
	if f.final {
		message, kind := p.message, p.kind
		p.message, p.kind = nil, 0
		if kind == websocket.TextMessage { // others are no part of what is spoken here
			s.owner.Text(message)
		}
	}
	return true
}

// tell queues what is written as it is.
func (s *Socket) tell(raw []byte) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.enqueue(outgoing{data: raw, weight: len(raw), raw: true})
}

// refuse closes because a rule was broken; what else comes is nothing.
func (WebSocket) refuse(s *Socket, p *partial, b broken) {
	*p = partial{deaf: true}
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.Shut(b.code, b.why)
}

// answer answers a close frame with its own code, if it is the client's first word about that.
func (WebSocket) answer(s *Socket, payload []byte) {
	code := websocket.CloseNoStatusReceived
	if len(payload) >= 2 {
		code = int(binary.BigEndian.Uint16(payload))
	}
	s.Mu.Lock()
	defer s.Mu.Unlock()
	if s.Closed || s.blocked || s.dead {
		return
	}
	if code != websocket.CloseNoStatusReceived && !valid(code) || len(payload) == 1 {
		code = websocket.CloseProtocolError
	}
	_ = s.line.with(func(fd int) {
		if s.drain(fd) && !s.dead { // what was sent before is worth a try
			s.write(fd, control(websocket.CloseMessage, websocket.FormatCloseMessage(code, "")), 0)
		}
	})
}

// valid tells which codes may be said: those of the RFC and its register, of libraries and of applications.
func valid(code int) bool {
	switch code {
	case 1004, websocket.CloseNoStatusReceived, websocket.CloseAbnormalClosure, websocket.CloseTLSHandshake:
		return false
	}
	return code >= 1000 && code <= 1014 || code >= 3000 && code <= 4999
}
