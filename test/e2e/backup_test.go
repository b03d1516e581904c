package e2e

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/backup"
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// keeps runs f on a backing's bus, as `bellhop backup` and `bellhop restore` do.
func (b backing) keeps(t *testing.T, how bus.Config, f func(*bus.Bus) error) {
	t.Helper()
	how.InProcess, how.Name, how.Log = b.bus.InProcess, "backup", zap.NewNop()
	keeper, err := bus.Connect(visitor.Within(t), how)
	if err != nil {
		t.Fatal(err)
	}
	defer keeper.Close()
	if err := f(keeper); err != nil {
		t.Fatal(err)
	}
}

// chatter has a visitor write on until stop is called.
func (s *stack) chatter(t *testing.T, v guest) (stop func() (said int)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	begun, n := make(chan struct{}), 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for ; ctx.Err() == nil; n++ {
			if _, err := v.Send(t.Context(), fmt.Sprintf("meanwhile %d", n), ""); err != nil {
				t.Errorf("a message is refused while a backup is taken: %v", err)
			}
			if n == 5 {
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

// letters is how many dead letters there are.
func (s *stack) letters(t *testing.T) (n int) {
	t.Helper()
	err := s.bus.DeadLetters(visitor.Within(t), func(bus.DeadLetter) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// startsOver puts a restored bus in the place of the one that there was. What is derived of it is another's: the store begins anew,
// in a directory of its own.
func (s *stack) startsOver(t *testing.T, from string) {
	t.Helper()
	for _, name := range []string{"inbound", "notifier", "gateway", "sessions"} {
		s.stop[name]()
	}
	s.backing.nats.off()
	s.backing.nats.dir, s.backing.dir = t.TempDir(), t.TempDir()
	s.backing.nats.on(t)
	s.backing.keeps(t, bus.Config{Bare: true}, func(b *bus.Bus) error {
		_, _, err := backup.Restore(visitor.Within(t), b, from)
		return err
	})
	for _, name := range []string{"sessions", "gateway", "notifier", "inbound"} {
		s.launch(t, name)
	}
	awaitReady(t, s.health, s.log)
}

func TestRestoredBackupHasWhatWasAcknowledgedAndTellsNobodyTwice(t *testing.T) {
	t.Parallel()
	s := own(t, setup{})
	vera, other := s.arrives(t), s.arrives(t)
	file := vera.SaysWithFile("look", "my cat.png", "image/png", picture)
	rooms := s.rooms(t, vera)
	rooms[team.Slack].Shows("look")
	rooms[team.Telegram].Says("a nice one")
	vera.Hears("a nice one")
	for _, name := range []string{team.Discord, team.Slack} {
		rooms[name].Shows("a nice one")
	}
	vera.SeesStatus(file.ID, "read")
	ill := s.at(t, team.Telegram).Disturb(team.Trouble{With: team.Posting, Status: http.StatusBadRequest})
	vera.Says("nobody takes this")
	vera.eventually("a dead letter", func() bool { return s.letters(t) == 1 })
	ill.End()
	rooms[team.Slack].Shows("nobody takes this")
	rooms[team.Discord].Shows("nobody takes this")

	dir := filepath.Join(t.TempDir(), "backup")
	stop := s.chatter(t, other)
	s.backing.keeps(t, bus.Config{Join: true}, func(b *bus.Bus) error {
		_, err := backup.Take(visitor.Within(t), b, dir, "test")
		return err
	})
	stop()
	posts := map[string]string{}
	for name, room := range rooms {
		posts[name] = room.Text()
	}
	s.startsOver(t, dir)

	later := other.Tab()
	later.Sees("meanwhile 4")
	again := vera.Tab()
	for _, text := range []string{"look", "a nice one", "nobody takes this"} {
		again.Sees(text)
	}
	if got := again.Downloads(again.Sees("look").Attachments[0]); string(got) != string(picture) {
		t.Error("the file has other bytes")
	}
	if n := s.letters(t); n != 1 {
		t.Errorf("%d dead letters", n)
	}
	again.Says("and on")
	for name, room := range rooms {
		room.Shows("and on")
		for _, text := range []string{"look", "a nice one", "nobody takes this"} {
			if n, before := room.Count(text), strings.Count(posts[name], text); n != before {
				t.Errorf("%s shows %q %d times, and %d before", name, text, n, before)
			}
		}
	}
	rooms[team.Discord].Says("welcome back")
	again.Hears("welcome back")
}
