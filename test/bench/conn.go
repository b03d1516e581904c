package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// conn is one HTTP/1.1 connection that is kept open, as lean as a load generator on the same two cores must be: it writes
// ready-made requests and reads no more of an answer than its status and body.
type conn struct {
	net.Conn
	host string
	in   *bufio.Reader
	out  []byte
}

// callTimeout bounds one request.
const callTimeout = 20 * time.Second

// errStatus is an answer other than 200.
var errStatus = errors.New("refused")

// dial connects from a loopback address; "" is the usual one.
func dial(host, source string) (*conn, error) {
	dialer := net.Dialer{Timeout: callTimeout}
	if source != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(source)}
	}
	c, err := dialer.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, host: host, in: bufio.NewReaderSize(c, 4096)}, nil
}

// post sends a JSON body and answers the body of a 200. The answer is overwritten by the next call.
func (c *conn) post(path string, body []byte, header ...string) ([]byte, error) {
	b := append(c.out[:0], "POST "+path+" HTTP/1.1\r\nHost: "+c.host+"\r\nContent-Type: application/json\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(body)), 10)
	for _, line := range header {
		b = append(append(b, "\r\n"...), line...)
	}
	b = append(append(b, "\r\n\r\n"...), body...)
	c.out = b
	if err := c.SetDeadline(time.Now().Add(callTimeout)); err != nil {
		return nil, err
	}
	if _, err := c.Write(b); err != nil {
		return nil, err
	}
	return c.answer()
}

// answer reads one response with a Content-Length.
func (c *conn) answer() ([]byte, error) {
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	ok := bytes.HasPrefix(status, []byte("HTTP/1.1 200"))
	said := string(bytes.TrimSpace(status))
	length := 0
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		if name, value, found := bytes.Cut(line, []byte(":")); found && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, fmt.Errorf("length of the answer: %w", err)
			}
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: %s %s", errStatus, said, body)
	}
	return body, nil
}
