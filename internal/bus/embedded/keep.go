package embedded

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"
)

const (
	// probeBytes must be writable before a server is started again: with less, it would soon fail again.
	probeBytes = 1 << 20
	// mendPause is between two looks at a disk that has failed.
	mendPause = time.Second
)

var errNotRunning = errors.New("the embedded bus is not running")

// Keeper keeps a server running on a directory. NATS's file store remembers a failed write for as long as it is open: after a full disk it
// would refuse everything until the process ends, however much was freed. The Keeper opens it anew once the disk takes bytes again. It
// is a nats.InProcessConnProvider; clients see the link go and come back.
type Keeper struct {
	opts Options
	stop chan struct{}
	done chan struct{}

	mu  sync.Mutex
	now *Server
}

// Keep starts a server and keeps it running until Stop.
func Keep(o Options) (*Keeper, error) {
	server, err := Start(o)
	if err != nil {
		return nil, err
	}
	k := &Keeper{opts: o, stop: make(chan struct{}), done: make(chan struct{}), now: server}
	if k.opts.Log == nil {
		k.opts.Log = zap.NewNop()
	}
	go k.run()
	return k, nil
}

// InProcessConn connects to the running server.
func (k *Keeper) InProcessConn() (net.Conn, error) {
	server := k.server()
	if server == nil {
		return nil, errNotRunning
	}
	return server.InProcessConn()
}

// Stop ends the server after it has written everything.
func (k *Keeper) Stop() {
	close(k.stop)
	<-k.done
	if server := k.swap(nil); server != nil {
		server.Stop()
	}
}

func (k *Keeper) server() *Server {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func (k *Keeper) swap(next *Server) (last *Server) {
	k.mu.Lock()
	defer k.mu.Unlock()
	last, k.now = k.now, next
	return last
}

func (k *Keeper) run() {
	defer close(k.done)
	for {
		select {
		case <-k.stop:
			return
		case why := <-k.server().ill:
			k.opts.Log.Error("the embedded bus cannot write to its disk: nothing is accepted until it can", zap.String("dir", k.opts.Dir), zap.String("error", why))
		}
		if !k.mend() {
			return
		}
		k.opts.Log.Info("the embedded bus writes to its disk again")
	}
}

// mend waits until the disk takes bytes, and has the store opened anew. It tells whether it has come to that before the Keeper ends.
func (k *Keeper) mend() bool {
	for {
		select {
		case <-k.stop:
			return false
		case <-time.After(mendPause):
		}
		if err := probe(k.opts.Dir); err != nil {
			continue
		}
		if server := k.swap(nil); server != nil {
			server.Stop()
		}
		server, err := Start(k.opts)
		if err == nil {
			k.swap(server)
			return true
		}
		k.opts.Log.Error("the embedded bus does not start", zap.Error(err))
	}
}

// probe writes and syncs so many bytes as must be free.
func probe(dir string) error {
	path := filepath.Join(dir, ".probe")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("probe disk: %w", err)
	}
	defer func() { _ = os.Remove(path) }() // of a disk that is ill it may fail
	_, err = file.Write(make([]byte, probeBytes))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("probe disk: %w", err)
	}
	return nil
}
