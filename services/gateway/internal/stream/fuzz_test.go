package stream

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// masked is a client's frame.
func masked(first byte, payload string) []byte {
	b := []byte{first, 0x80 | 126, 0, 0, 0, 0, 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(len(payload)))
	return append(b, payload...)
}

// Whatever a client sends after the handshake, its connection ends in time and nothing else is harmed.
func FuzzFrames(f *testing.F) {
	all := newPlace(f)
	for _, seed := range [][]byte{
		{}, {0x81, 2, 'h', 'i'}, {0x88, 0x80, 0, 0, 0, 0}, {0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, masked(0x81, `{"type":"event","data":{"name":"n","data":[1]}}`),
		masked(0x01, `{"type":`), append(masked(0x01, `{"type":"ev`), masked(0x80, `ent"}`)...), masked(0x89, "ping"), masked(0x82, "\x00"), masked(0x81, "\xff"), masked(0x88, "\x03\xe8bye"),
	} {
		f.Add(seed)
	}
	key := all.visit()
	f.Fuzz(func(t *testing.T, sent []byte) {
		p := &place{TB: t, Server: all.Server, url: all.url}
		ws, _ := p.dial(key)
		tcp := ws.NetConn().(*net.TCPConn)
		if _, err := tcp.Write(sent); err != nil {
			return // it was closed before the last byte
		}
		_ = tcp.CloseWrite()
		_ = tcp.SetReadDeadline(time.Now().Add(patience))
		if _, err := io.Copy(io.Discard, tcp); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%x: the connection goes on", sent)
			}
		}
		_ = ws.Close()
		p.gone(key)
	})
}
