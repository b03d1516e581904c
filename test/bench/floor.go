package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

// writer is the floor under telling sockets something: a program that does nothing but write what one of its clients sends to all others. What it
// costs is what the kernel takes.
type writer struct{ Addr string }

// What a client of a writer is, in its first byte.
const listener, speaker = 'l', 's'

func (w writer) run() (any, error) {
	l, err := net.Listen("tcp", w.Addr)
	if err != nil {
		return nil, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { _ = l.Close() })
	var all []net.Conn
	for {
		c, err := l.Accept()
		if ctx.Err() != nil {
			return len(all), nil
		}
		if err != nil {
			return nil, err
		}
		var who [1]byte
		if _, err := io.ReadFull(c, who[:]); err != nil { // it was only to see whether somebody is there
			_ = c.Close()
			continue
		}
		if who[0] == speaker {
			if err := tell(c, all); err != nil {
				return nil, err
			}
			continue
		}
		if _, err := c.Write(who[:]); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
}

// tell writes each frame that a connection brings to all.
func tell(from net.Conn, all []net.Conn) error {
	for {
		var size [2]byte
		if _, err := io.ReadFull(from, size[:]); err != nil {
			return from.Close() // it has nothing more to say
		}
		frame := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(from, frame); err != nil {
			return err
		}
		for _, c := range all {
			if _, err := c.Write(frame); err != nil {
				return err
			}
		}
	}
}

// floorWire is how an audience hears a writer.
type floorWire struct{}

func (floorWire) open(host, source string) (*conn, error) {
	c, err := dial(host, source)
	if err != nil {
		return nil, err
	}
	if _, err := c.Write([]byte{listener}); err != nil {
		return nil, err
	}
	_, err = c.in.ReadByte()
	return c, err
}

func (floorWire) enter(*conn, []string) error { return nil }

func (floorWire) next(c *conn) ([]byte, error) {
	_, payload, err := serverFrame(c.in)
	return payload, err
}

// speak sends a writer frames as Bellhop's sockets hear them, each when it is called.
func speak(host string) (func(due time.Time) error, io.Closer, error) {
	c, err := dial(host, "")
	if err != nil {
		return nil, nil, err
	}
	_, err = c.Write([]byte{speaker})
	return func(due time.Time) error {
		payload := `{"event":"bench","channel":"` + channelName(0) + `",` + channelEvent(due) + `}`
		frame := append([]byte{0x81, 126, byte(len(payload) >> 8), byte(len(payload))}, payload...)
		_, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(frame))), frame...))
		return err
	}, c, err
}

// openFloor starts a writer.
func (b *bench) openFloor(ctx context.Context) (*site, error) {
	dir, err := b.place("floor")
	if err != nil {
		return nil, err
	}
	addr, err := cluster.FreeAddr()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &site{Site: &cluster.Site{Harness: cluster.New(dir), URL: "http://" + addr, Everything: []string{"writer"}}}
	err = s.Start(ctx, cluster.Spec{
		Name: "writer", Path: self, Args: []string{"role", "writer", fmt.Sprintf(`{"Addr":%q}`, addr)},
		Ready: func(ctx context.Context) error {
			c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
			if err == nil {
				err = c.Close()
			}
			return err
		},
	})
	if err != nil {
		err = errors.Join(err, s.Close())
	}
	return s, err
}

// floor is one event to so many sockets of a writer.
func (b *bench) floor(ctx context.Context, sockets, times int) (err error) {
	s, err := b.openFloor(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	g, err := spawn(ctx, "audience", audience{Host: host(s.URL), Floor: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.end()) }()
	if _, _, err := b.hear(g, s, fmt.Sprintf("open %d", sockets)); err != nil {
		return err
	}
	heard, used, err := b.hear(g, s, fmt.Sprintf("broadcast %d", times))
	b.tell(fmt.Sprintf("the same to %d connections, by a loop that only writes", sockets), heard.Each.String(),
		fmt.Sprintf("the last one has it: %s; %.1f CPU s per million deliveries", heard.Took, perMillion(used, heard.Deliveries)))
	return err
}
