package redistest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	// patience is how long a server may take to answer; it takes some 20 ms.
	patience = 20 * time.Second
	poll     = 5 * time.Millisecond
)

// guard runs a server until its own standard input ends, and kills it then: a test that panics or runs out of time cleans up
// nothing, and would leave the server behind for ever.
const guard = `"$@" & read -r _; kill -9 $!; wait $!`

// Server is one running redis-server.
type Server struct {
	t                     testing.TB
	dir, network, address string
	args                  []string
	process               *exec.Cmd
	life                  io.Closer
	output                bytes.Buffer
}

// Start runs a redis-server on a unix socket, with nothing on disk unless the arguments ("--appendonly", "yes") say so.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := prepare(t)
	s.network, s.address = "unix", filepath.Join(s.dir, "redis.sock")
	s.args = append([]string{"--port", "0", "--unixsocket", s.address}, args...)
	s.Restart()
	return s
}

// prepare makes a directory whose path is short enough for a unix socket, and has the test end the server.
func prepare(t testing.TB) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "redis")
	if err != nil {
		t.Fatalf("make directory of redis-server: %v", err)
	}
	s := &Server{t: t, dir: dir}
	t.Cleanup(func() {
		s.Kill()
		_ = os.RemoveAll(dir)
	})
	return s
}

// URL is what a client opens.
func (s *Server) URL() string {
	if s.network == "unix" {
		return "unix://" + s.address
	}
	return "redis://" + s.address
}

// Restart starts the server again after Kill, with what its directory holds, and waits until it answers.
func (s *Server) Restart() {
	s.t.Helper()
	s.launch()
	s.Until("PONG", "PING")
}

func (s *Server) launch() {
	s.t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Fatal("these tests need a real Redis: apt-get install redis-server")
	}
	s.process = exec.Command("sh", append([]string{"-c", guard, "guard", binary, "--dir", s.dir, "--save", "", "--daemonize", "no"}, s.args...)...)
	s.process.Stdout, s.process.Stderr = &s.output, &s.output
	if s.life, err = s.process.StdinPipe(); err == nil {
		err = s.process.Start()
	}
	if err != nil {
		s.t.Fatalf("start redis-server: %v", err)
	}
}

// Kill ends the server at once, as kill -9 does.
func (s *Server) Kill() {
	if s.process == nil {
		return
	}
	_ = s.life.Close()
	_ = s.process.Wait()
	s.process = nil
}

// Until repeats a command until its answer contains something.
func (s *Server) Until(wanted string, command ...string) {
	s.t.Helper()
	var answer string
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(poll) {
		if answer, err = s.ask(command...); err == nil && strings.Contains(answer, wanted) {
			return
		}
	}
	s.Kill()
	s.t.Fatalf("redis-server never answered %q to %q: %q, %v\n%s", wanted, command, answer, err, s.output.String())
}

// Do runs a command that must not fail.
func (s *Server) Do(command ...string) string {
	s.t.Helper()
	answer, err := s.ask(command...)
	if err != nil {
		s.t.Fatalf("redis-server %q: %v", command, err)
	}
	return answer
}

// ask sends one command over a connection of its own and reads the first line, or the bulk string that follows it.
func (s *Server) ask(command ...string) (string, error) {
	conn, err := net.DialTimeout(s.network, s.address, time.Second)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := fmt.Fprintf(conn, "%s\r\n", strings.Join(command, " ")); err != nil {
		return "", err
	}
	r := bufio.NewReader(conn)
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	line = strings.TrimSpace(line)
	var size int
	switch {
	case strings.HasPrefix(line, "-"):
		return "", fmt.Errorf("refused: %s", line[1:])
	case !strings.HasPrefix(line, "$"):
		return line, nil
	}
	if _, err := fmt.Sscanf(line, "$%d", &size); err != nil || size < 0 {
		return "", err
	}
	bulk := make([]byte, size)
	for n := 0; n < size; {
		m, err := r.Read(bulk[n:])
		if n += m; err != nil {
			return "", err
		}
	}
	return string(bulk), nil
}
