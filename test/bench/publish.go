package bench

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bellhop-chat/bellhop/internal/bus/embedded"
)

// publish is the yardstick: a program that does nothing but publish messages of the same size to JetStream, each goroutine
// its next when it has the acknowledgement, with a message id as Bellhop's have one. It shares no code with Bellhop's bus.
type publish struct {
	// URL of a cluster; empty starts a server in this process, on a directory.
	URL        string
	Durability string
	Goroutines int
	For        time.Duration
	Most       int
}

// eventBytes is what a message.created takes on the bus, measured for a text of a hundred characters.
const eventBytes = 640

func (p publish) run() (any, error) {
	nc, stop, err := p.connect()
	if err != nil {
		return nil, err
	}
	defer stop()
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fmt.Errorf("open jetstream: %w", err)
	}
	replicas := 1
	if p.URL != "" {
		replicas = 3
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.For+time.Minute)
	defer cancel()
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{
		Name: "BARE", Subjects: []string{"bare.>"}, Replicas: replicas, Storage: jetstream.FileStorage, Duplicates: 2 * time.Minute,
	}); err != nil {
		return nil, fmt.Errorf("make the stream: %w", err)
	}
	ready()
	took, accepted, err := p.flood(ctx, js)
	if err != nil {
		return nil, err
	}
	if p.URL != "" { // the cluster goes on
		err = js.DeleteStream(ctx, "BARE")
	}
	return flooded{Accepted: accepted, Took: took}, err
}

func (p publish) flood(ctx context.Context, js jetstream.JetStream) (time.Duration, int, error) {
	body := []byte(strings.Repeat("x", eventBytes))
	var next, accepted atomic.Int64
	errs := make([]error, p.Goroutines)
	begun := time.Now()
	var wg sync.WaitGroup
	for i := range p.Goroutines {
		wg.Go(func() {
			for {
				n := int(next.Add(1))
				if n > p.Most || time.Since(begun) > p.For {
					return
				}
				id := strconv.Itoa(n)
				msg := &nats.Msg{Subject: "bare." + strconv.Itoa(n%1000), Data: body, Header: nats.Header{"Nats-Msg-Id": {id}}}
				if _, err := js.PublishMsg(ctx, msg); err != nil {
					errs[i] = err
					return
				}
				accepted.Add(1)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, 0, fmt.Errorf("publish: %w", err)
		}
	}
	return time.Since(begun), int(accepted.Load()), nil
}

func (p publish) connect() (nc *nats.Conn, stop func(), err error) {
	if p.URL != "" {
		nc, err = nats.Connect(p.URL)
		if err != nil {
			return nil, nil, fmt.Errorf("connect: %w", err)
		}
		return nc, nc.Close, nil
	}
	dir, err := os.MkdirTemp("", "bellhop-bare-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a directory: %w", err)
	}
	server, err := embedded.Start(embedded.Options{Dir: dir, Durability: embedded.Durability(p.Durability)})
	if err != nil {
		return nil, nil, err
	}
	nc, err = nats.Connect("", nats.InProcessServer(server))
	stop = func() {
		if nc != nil {
			nc.Close()
		}
		server.Stop()
		_ = os.RemoveAll(dir) // it is in the system's own temporary directory
	}
	if err != nil {
		stop()
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	return nc, stop, nil
}
