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

// crowd is a number of visitors who talk all at once, and an operator who answers them.
type crowd struct {
	name     string
	visitors []*talker
	on       team.Platform
}

// talker is one visitor with a ledger of what was promised.
type talker struct {
	*visitor.Client
	name string

	accepted []promise
	attempts atomic.Int64
	answered []string
}

// promise is a message that was answered 200.
type promise struct{ id, content string }

const (
	// pace is the pause between two messages of one visitor.
	pace = 20 * time.Millisecond
	// again is the pause before a message that was not accepted is sent again.
	again = 100 * time.Millisecond
	// attempt bounds one try.
	attempt = 8 * time.Second
	// answerEvery is how many messages of a visitor get one answer.
	answerEvery = 5
)

// newCrowd connects visitors and lets each say a first word, so that their sessions exist before anything is killed.
func newCrowd(ctx context.Context, name, url string, on team.Platform, visitors int) (*crowd, error) {
	c := &crowd{name: name, on: on}
	for i := range visitors {
		who := fmt.Sprintf("%s-%d", name, i)
		client := visitor.New(visitor.Options{
			URL: url, Reconnect: visitor.Stubborn, Identity: map[string]any{"id": who, "name": who + "."},
		})
		v := &talker{Client: client, name: who}
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

// talk has every visitor say so many messages, and an operator answer some of them, and returns when all were accepted.
// Each message that the visitor begins is announced to progress.
func (c *crowd) talk(ctx context.Context, each int, progress func()) error {
	errs := make([]error, 2*len(c.visitors))
	var wg sync.WaitGroup
	for i, v := range c.visitors {
		wg.Go(func() {
			for n := 1; n < each && errs[2*i] == nil; n++ {
				progress()
				errs[2*i] = v.say(ctx, n)
				visitor.Sleep(ctx, pace)
			}
		})
		wg.Go(func() { errs[2*i+1] = c.answer(ctx, v, each) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// line is a visitor's nth message; no line is contained in another.
func (v *talker) line(n int) string { return fmt.Sprintf("%s says %04d.", v.name, n) }

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

// answer replies in the visitor's topic to every answerEvery-th message, once it stands there.
func (c *crowd) answer(ctx context.Context, v *talker, each int) error {
	for n := 0; n < each; n += answerEvery {
		var topic string
		err := c.on.WaitFor(ctx, func() bool {
			topic = standing(c.on, v, v.line(n))
			return topic != ""
		})
		if err != nil {
			return fmt.Errorf("%q has not reached Telegram: %w", v.line(n), err)
		}
		reply := "answer to " + v.line(n)
		if _, err := c.on.Say(ctx, topic, reply); err != nil {
			return fmt.Errorf("%q: %w", reply, err)
		}
		v.answered = append(v.answered, reply)
	}
	return nil
}

// standing is the topic of the visitor that shows a text; empty for none.
func standing(on team.Platform, v *talker, text string) string {
	for _, topic := range topicsOf(on, v) {
		if strings.Contains(topic.text, text) {
			return topic.id
		}
	}
	return ""
}
