package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// wire is how sockets are opened, put into channels, and read: those of Bellhop by the Pusher protocol, and of a bare NATS server by its own.
type wire interface {
	open(host, source string) (*conn, error)
	// enter puts a socket into channels, and answers when it is in all of them.
	enter(c *conn, channels []string) error
	// next is the next event that comes, as it came.
	next(c *conn) ([]byte, error)
}

// The app whose channels these are.
const appID, appKey, appSecret = "7", "a-public-key", "a-secret-of-the-bench"

// appEnv is what a site has it from.
var appEnv = []string{"PUSHER_APP_ID=" + appID, "PUSHER_KEY=" + appKey, "PUSHER_SECRET=" + appSecret}

// subjectOf is where a channel is on the bus.
func subjectOf(channel string) string { return "bellhop.channel.v1." + appID + "." + channel }

// channelName is one that may stand in a subject as it is.
func channelName(i int) string { return "bench-" + strconv.Itoa(i) }

// errWire is what a server said that was not expected.
var errWire = errors.New("the server says")

type pusherWire struct{}

func (pusherWire) open(host, source string) (*conn, error) {
	c, err := upgrade(host, "/app/"+appKey+"?protocol=7&client=bench", source)
	if err != nil {
		return nil, err
	}
	return c, expect(c, "pusher:connection_established", 1)
}

// expect reads frames until so many of an event have come.
func expect(c *conn, event string, n int) error {
	if err := c.SetDeadline(time.Now().Add(crowdPatience)); err != nil {
		return err
	}
	for n > 0 {
		payload, err := pusherWire{}.next(c)
		switch {
		case err != nil:
			return err
		case bytes.Contains(payload, []byte(`"event":"`+event+`"`)):
			n--
		default:
			return fmt.Errorf("%w %s", errWire, payload)
		}
	}
	return c.SetDeadline(time.Time{})
}

func (pusherWire) enter(c *conn, channels []string) error {
	return asking(c, func(b []byte, channel string) []byte {
		return append(b, clientFrame([]byte(`{"event":"pusher:subscribe","data":{"channel":"`+channel+`"}}`))...)
	}, channels, func() error { return expect(c, "pusher_internal:subscription_succeeded", len(channels)) })
}

// asking writes a request for each channel while the answers are read.
func asking(c *conn, request func(b []byte, channel string) []byte, channels []string, answers func() error) error {
	written := make(chan error, 1)
	go func() {
		var all []byte
		for _, channel := range channels {
			all = request(all, channel)
		}
		_, err := c.Write(all)
		written <- err
	}()
	err := answers()
	if err != nil {
		_ = c.Close() // whoever writes need not wait
	}
	return errors.Join(err, <-written)
}

// clientFrame is a text frame of a client, below 64 KiB. Its mask is zeros, which mask nothing.
func clientFrame(payload []byte) []byte {
	head := []byte{0x81, 0x80 | byte(len(payload))}
	if len(payload) > 125 {
		head = []byte{0x81, 0x80 | 126, byte(len(payload) >> 8), byte(len(payload))}
	}
	return append(append(head, 0, 0, 0, 0), payload...)
}

func (pusherWire) next(c *conn) ([]byte, error) {
	for {
		kind, payload, err := serverFrame(c.in)
		if err != nil || kind != 9 {
			return payload, err
		}
		_, _ = c.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}) // a socket that is gone ends by itself
	}
}

// natsWire is the yardstick: a connection to NATS in place of a socket, a subscription in place of a channel. It is as lean as the other.
type natsWire struct{}

func (natsWire) open(host, source string) (*conn, error) {
	c, err := dial(host, source)
	if err != nil {
		return nil, err
	}
	if _, err := c.in.ReadSlice('\n'); err != nil { // INFO
		return nil, err
	}
	if _, err := io.WriteString(c, "CONNECT {\"verbose\":false}\r\nPING\r\n"); err != nil {
		return nil, err
	}
	return c, pong(c)
}

// pong reads a server's answer to a ping. It may ask for a sign of life first.
func pong(c *conn) error {
	line, err := c.in.ReadSlice('\n')
	if err == nil && bytes.HasPrefix(line, []byte("PING")) {
		if _, err := io.WriteString(c, "PONG\r\n"); err != nil {
			return err
		}
		return pong(c)
	}
	if err == nil && !bytes.HasPrefix(line, []byte("PONG")) {
		err = fmt.Errorf("%w %s", errWire, line)
	}
	return err
}

func (natsWire) enter(c *conn, channels []string) error {
	id := 0
	return asking(c, func(b []byte, channel string) []byte {
		id++
		b = append(b, "SUB "+subjectOf(channel)+" "+strconv.Itoa(id)+"\r\n"...)
		if id == len(channels) {
			b = append(b, "PING\r\n"...)
		}
		return b
	}, channels, func() error { return pong(c) })
}

func (natsWire) next(c *conn) ([]byte, error) {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		switch fields := bytes.Fields(line); string(fields[0]) {
		case "MSG":
			size, err := strconv.Atoi(string(fields[len(fields)-1]))
			if err != nil {
				return nil, err
			}
			payload := make([]byte, size+len("\r\n"))
			_, err = io.ReadFull(c.in, payload)
			return payload, err
		case "PING":
			_, _ = io.WriteString(c, "PONG\r\n") // a socket that is gone ends by itself
		}
	}
}
