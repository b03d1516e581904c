package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/backup"
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

// shop is an installation of which backups are made.
type shop struct {
	*testing.T
	bus *bus.Bus
}

// picture is larger than several chunks of the files.
var picture = bytes.Repeat([]byte("what a customer has sent "), 20_000)

const (
	note   = "outgoing/orders"
	teller = "teller"
)

// open opens a shop in which a few things have happened: told, given up, noted, sent.
func open(t *testing.T, b *bus.Bus) *shop {
	t.Helper()
	s := &shop{t, b}
	s.says("first", "second", "bad")
	s.sends("first")
	if heard := s.hears("bad"); !slices.Equal(heard, []string{"first", "second"}) {
		t.Fatalf("told %q", heard)
	}
	_, err := b.Notebook().Create(t.Context(), note, []byte("a receiver"))
	s.must(err)
	return s
}

func (s *shop) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *shop) says(contents ...string) {
	s.Helper()
	for _, content := range contents {
		_, err := s.bus.Publish(s.Context(), bustest.Message(id.Default, "ses_1", content))
		s.must(err)
	}
}

// sends stores a file.
func (s *shop) sends(name string) {
	s.Helper()
	_, err := s.bus.Objects().Put(s.Context(), name, bytes.NewReader(picture), bus.ObjectSpec{})
	s.must(err)
}

// hears has the teller work until it has come to a message: what it is told, without those that it gives up, which are called bad.
func (s *shop) hears(last string) (told []string) {
	s.Helper()
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	c, err := s.bus.Consumer(ctx, bus.ConsumerSpec{Name: teller})
	s.must(err)
	var mu sync.Mutex // conversations go on beside each other
	s.must(c.Run(ctx, func(_ context.Context, ev bus.Event) error {
		mu.Lock()
		defer mu.Unlock()
		content := ev.Data.(*eventv1.MessageCreated).Message.Content
		if content == last {
			defer cancel()
		}
		if content == "bad" {
			return bus.Permanent(errors.New("nobody takes it"))
		}
		told = append(told, content)
		return nil
	}))
	return told
}

// history is what was said.
func (s *shop) history() (all []string) {
	s.Helper()
	s.must(s.bus.Replay(s.Context(), 0, bus.Filter{}, func(ev bus.Event) error {
		all = append(all, ev.Data.(*eventv1.MessageCreated).Message.Content)
		return nil
	}))
	return all
}

// busy has people go on, each file before the message that names it, until stop is called, which answers how far they got.
func (s *shop) busy() (stop func() int) {
	s.Helper()
	ctx, cancel := context.WithCancel(s.Context())
	var wg sync.WaitGroup
	n, begun := 0, make(chan struct{})
	wg.Go(func() {
		for ; ctx.Err() == nil; n++ {
			name := fmt.Sprintf("file %d", n)
			if _, err := s.bus.Objects().Put(s.Context(), name, bytes.NewReader(picture[:200_000]), bus.ObjectSpec{}); err != nil {
				s.Error(err)
			}
			if _, err := s.bus.Publish(s.Context(), bustest.Message(id.Default, id.Session("ses_"+name), name)); err != nil {
				s.Error(err)
			}
			if n == 3 {
				close(begun)
			}
		}
	})
	<-begun
	return func() int {
		cancel()
		wg.Wait()
		return n
	}
}

// backUp takes a backup.
func (s *shop) backUp(b *bus.Bus) (dir string, m backup.Manifest) {
	s.Helper()
	dir = filepath.Join(s.TempDir(), "backup")
	m, err := backup.Take(s.Context(), b, dir, "test")
	s.must(err)
	return dir, m
}

// file is one's bytes.
func (s *shop) file(name string) []byte {
	s.Helper()
	r, _, err := s.bus.Objects().Get(s.Context(), name)
	s.must(err)
	body, err := io.ReadAll(r)
	s.must(errors.Join(err, r.Close()))
	return body
}
