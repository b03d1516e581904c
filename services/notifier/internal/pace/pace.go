package pace

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Limits say what one chat allows. A zero number switches its limit off. With any limit on, the calls of a chat go one after
// another: two at once would both be refused by a 429, the second of them inside the time that the first was told to wait.
type Limits struct {
	// Units in any Window.
	Units  int
	Window time.Duration
	// Reserve is how many of the window's units only First may use.
	Reserve int
	// Rate is units a second, in bursts of up to Burst.
	Rate  float64
	Burst int
	// Margin is added to the window and to every freeze: clocks differ, and so does the way to the platform.
	Margin time.Duration
}

func (l Limits) limited() bool { return l.Units > 0 || l.Rate > 0 }

// Class says who goes first.
type Class int

// The classes, the most urgent one first.
const (
	// First is the first message of a conversation, with its thread.
	First Class = iota
	// Visitor is a visitor's message.
	Visitor
	// State is a thread's closing or reopening.
	State
	// Rest is everything that can wait: edits, deletions, what was written elsewhere.
	Rest
)

// String is the class's name in metrics.
func (c Class) String() string { return [...]string{"first", "visitor", "state", "rest"}[c] }

// Pacer keeps the account of any number of chats. It is safe for concurrent use.
type Pacer struct {
	limits Limits
	mu     sync.Mutex
	chats  map[string]*chat
	// frozen is until when all chats are.
	frozen time.Time
}

// New makes a Pacer; all chats have the same limits.
func New(limits Limits) *Pacer { return &Pacer{limits: limits, chats: map[string]*chat{}} }

// Permit is the right to make calls. It must be released.
type Permit struct {
	// Waited is how long the grant took; 0 when it was given at once.
	Waited time.Duration

	pacer    *Pacer
	chat     *chat
	released bool
}

// Acquire waits until units calls may be made in a chat, one after another. It fails only when ctx ends.
func (p *Pacer) Acquire(ctx context.Context, chatID string, class Class, units int) (*Permit, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("wait for budget: %w", err)
	}
	asked := time.Now()
	w := &waiter{class: class, units: units, granted: make(chan struct{})}
	p.mu.Lock()
	c := p.chat(chatID)
	c.enqueue(w)
	p.dispatch(c)
	atOnce := w.done
	p.mu.Unlock()
	permit := &Permit{pacer: p, chat: c}
	if atOnce {
		return permit, nil
	}
	select {
	case <-w.granted:
		permit.Waited = max(time.Since(asked), 1)
		return permit, nil
	case <-ctx.Done():
		p.withdraw(w, permit)
		return nil, fmt.Errorf("wait for budget: %w", ctx.Err())
	}
}

// withdraw takes back a request that nobody waits for any more; it may have been granted in the same moment.
func (p *Pacer) withdraw(w *waiter, permit *Permit) {
	p.mu.Lock()
	granted := w.done
	permit.chat.waiting = slices.DeleteFunc(permit.chat.waiting, func(other *waiter) bool { return other == w })
	p.dispatch(permit.chat)
	p.mu.Unlock()
	if granted {
		permit.Release()
	}
}

// Spend counts one call that has ended just now.
func (permit *Permit) Spend() {
	p, c := permit.pacer, permit.chat
	p.mu.Lock()
	defer p.mu.Unlock()
	c.spend(p.limits, time.Now())
}

// Release gives back what was not spent. It may be called again.
func (permit *Permit) Release() {
	p, c := permit.pacer, permit.chat
	p.mu.Lock()
	defer p.mu.Unlock()
	if permit.released {
		return
	}
	permit.released = true
	c.busy--
	p.dispatch(c)
}

// Freeze stops a chat for d from now on, and a margin. A shorter freeze never ends a longer one.
func (p *Pacer) Freeze(chatID string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.chat(chatID)
	if until := time.Now().Add(d + p.limits.Margin); until.After(c.frozen) {
		c.frozen = until
	}
	p.dispatch(c)
}

// FreezeAll stops all chats for d from now on, and a margin.
func (p *Pacer) FreezeAll(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d + p.limits.Margin); until.After(p.frozen) {
		p.frozen = until
	}
	for _, c := range p.chats {
		p.dispatch(c)
	}
}

// Frozen tells whether a chat must be left alone now, whatever the budget.
func (p *Pacer) Frozen(chatID string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	return now.Before(p.frozen) || now.Before(p.chat(chatID).frozen)
}

// Waiting is how many requests wait, over all chats.
func (p *Pacer) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, c := range p.chats {
		n += len(c.waiting)
	}
	return n
}

func (p *Pacer) chat(id string) *chat {
	c := p.chats[id]
	if c == nil {
		c = &chat{tokens: float64(p.limits.Burst), at: time.Now()}
		p.chats[id] = c
	}
	return c
}

// dispatch grants what can be granted, in order, and arranges to be called again when more can. p.mu is held.
func (p *Pacer) dispatch(c *chat) {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	for len(c.waiting) > 0 {
		w := c.waiting[0]
		now := time.Now()
		wait, byTime := c.wait(p.limits, w, now)
		wait = max(wait, p.frozen.Sub(now))
		if !byTime {
			return // a Release dispatches again
		}
		if wait > 0 {
			c.timer = time.AfterFunc(wait, func() {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.dispatch(c)
			})
			return
		}
		c.waiting = c.waiting[1:]
		c.busy++
		w.done = true
		close(w.granted)
	}
}
