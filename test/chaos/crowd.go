package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// crowd is a number of visitors who talk all at once, and a team on every platform that answers them.
type crowd struct {
	name     string
	visitors []*talker
	on       []team.Platform
	// kills is how many processes were killed meanwhile.
	kills int
	// happened is closed when what happens to the crowd has happened.
	happened chan struct{}
}

// talker is one visitor with a ledger of what was promised.
type talker struct {
	*visitor.Client
	name string

	accepted []promise
	attempts atomic.Int64

	mu       sync.Mutex
	answered []answer
	rooms    map[string]string // the thread by platform, as it was found last
}

// promise is a message that was answered 200.
type promise struct{ id, content string }

// answer is what an operator has written, on which platform, and when.
type answer struct {
	on, content string
	at          time.Time
}

// tempo says how much a crowd says, and how fast.
type tempo struct {
	// each is how many messages every visitor says, the first word included, with a pause between two.
	each  int
	pause time.Duration
	// answerEvery is how many messages of a visitor get one answer, from one platform after the other. 0: the teams write by
	// themselves, a visitor every chatter on every platform, until so many words were begun after what happens has happened.
	answerEvery int
	chatter     time.Duration
	after       int
}

const (
	// crowdSize is how many visitors talk at once.
	crowdSize = 8

	// again is the pause before a message that was not accepted is sent again.
	again = 100 * time.Millisecond
	// attempt bounds one try.
	attempt = 8 * time.Second
	// look is how often an operator looks whether something is there.
	look = 25 * time.Millisecond
)

// newCrowd connects visitors and lets each say a first word, so that their sessions exist before anything is killed.
func newCrowd(ctx context.Context, name, url string, on []team.Platform, visitors int) (*crowd, error) {
	c := &crowd{name: name, on: on, happened: make(chan struct{})}
	for i := range visitors {
		who := fmt.Sprintf("%s-%d", name, i)
		client := visitor.New(visitor.Options{
			URL: url, Reconnect: visitor.Stubborn, Identity: map[string]any{"id": who, "name": who + "."},
		})
		v := &talker{Client: client, name: who, rooms: map[string]string{}}
		c.visitors = append(c.visitors, v)
		if _, err := v.Connect(ctx); err != nil {
			return c, fmt.Errorf("connect %s: %w", who, err)
		}
		v.Listen()
		if err := v.say(ctx, 0); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c *crowd) close() {
	var wg sync.WaitGroup
	for _, v := range c.visitors {
		wg.Go(v.Close)
	}
	wg.Wait()
}

// talk has every visitor speak and every team answer, and returns when all was accepted. Each message that a visitor begins is
// announced to progress.
func (c *crowd) talk(ctx context.Context, t tempo, progress func()) error {
	var mu sync.Mutex
	var errs []error
	fail := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		errs = append(errs, err)
	}
	var wg sync.WaitGroup
	for _, v := range c.visitors {
		wg.Go(func() {
			for n := 1; n < t.each; n++ {
				progress()
				if err := v.say(ctx, n); err != nil {
					fail(err)
					return
				}
				visitor.Sleep(ctx, t.pause)
			}
		})
		for i, on := range c.on {
			wg.Go(func() {
				if t.answerEvery == 0 {
					fail(v.chatter(ctx, on, t, c.happened))
				} else {
					fail(v.answers(ctx, on, t, i*t.answerEvery, len(c.on)*t.answerEvery))
				}
			})
		}
	}
	wg.Wait()
	return errors.Join(errs...)
}

// line is a visitor's nth message; no line is contained in another.
func (v *talker) line(n int) string { return fmt.Sprintf("%s says %04d.", v.name, n) }

// word is the nth that a team writes to the visitor; none contains another, or a line.
func (v *talker) word(on team.Platform, n int) string {
	return fmt.Sprintf("word %04d from %s to %s.", n, on.Label(), v.name)
}

// say sends one message until it is accepted. A refusal that a later try cannot mend is an error.
func (v *talker) say(ctx context.Context, n int) error {
	content := v.line(n)
	for {
		v.attempts.Add(1)
		try, cancel := context.WithTimeout(ctx, attempt)
		sent, err := v.Send(try, content, "")
		cancel()
		if err == nil {
			v.accepted = append(v.accepted, promise{sent.MessageID, content})
			return nil
		}
		var refused *visitor.Refused
		if errors.As(err, &refused) && refused.Status < 500 && refused.Status != http.StatusTooManyRequests {
			return fmt.Errorf("%q: %w", content, err)
		}
		if !visitor.Sleep(ctx, again) {
			return fmt.Errorf("%q was never accepted: %w", content, err)
		}
	}
}

// answers replies on a platform to every step-th message, once it stands there.
func (v *talker) answers(ctx context.Context, on team.Platform, t tempo, from, step int) error {
	for n := from; n < t.each; n += step {
		room := v.standing(on, v.line(n))
		for ; room == ""; room = v.standing(on, v.line(n)) {
			if !visitor.Sleep(ctx, look) {
				return fmt.Errorf("%q has not reached %s", v.line(n), on.Label())
			}
		}
		if err := v.answer(ctx, on, room, v.word(on, n)); err != nil {
			return err
		}
	}
	return nil
}

// chatter writes on a platform whatever the visitor says, as soon as there is a thread.
func (v *talker) chatter(ctx context.Context, on team.Platform, t tempo, happened <-chan struct{}) error {
	for n, left := 0, t.after; left > 0; n++ {
		room := v.standing(on, v.line(0))
		for ; room == ""; room = v.standing(on, v.line(0)) {
			if !visitor.Sleep(ctx, look) {
				return fmt.Errorf("%s has no thread in %s", v.name, on.Label())
			}
		}
		select {
		case <-happened:
			left--
		default:
		}
		if err := v.answer(ctx, on, room, v.word(on, n)); err != nil {
			return err
		}
		if !visitor.Sleep(ctx, t.chatter) {
			return fmt.Errorf("nothing has happened to %s: %w", v.name, ctx.Err())
		}
	}
	return nil
}

func (v *talker) answer(ctx context.Context, on team.Platform, room, text string) error {
	at := time.Now()
	if _, err := on.Say(ctx, room, text); err != nil {
		return fmt.Errorf("%q: %w", text, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.answered = append(v.answered, answer{on.Name(), text, at})
	return nil
}

// standing is the thread of the visitor that shows a text; empty for none.
func (v *talker) standing(on team.Platform, text string) string {
	v.mu.Lock()
	room := v.rooms[on.Name()]
	v.mu.Unlock()
	if room != "" && strings.Contains(team.Text(on, room), text) {
		return room
	}
	for _, thread := range on.Threads(v.name + ".") {
		if thread.ID != room && strings.Contains(team.Text(on, thread.ID), text) {
			v.mu.Lock()
			v.rooms[on.Name()] = thread.ID
			v.mu.Unlock()
			return thread.ID
		}
	}
	return ""
}
