package pusher

import (
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/socket"
)

// moment is how long the reader waits with what waits for another service. Then it goes on reading: pings are answered, and all else has its turn.
const moment = 100 * time.Millisecond

// turns are what a client asks for while something that it has asked for takes longer.
type turns struct {
	next []request
	size int
	less sync.Cond // signalled when there is room for more
	over bool      // the connection has ended
}

// inTurn does what a client asks for, after what it has asked for before.
func (c *conn) inTurn(r request) {
	if !c.later(r) {
		c.do(r)
	}
}

// later tells that a request has to wait for its turn.
func (c *conn) later(r request) bool {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	for c.turns != nil && c.turns.size > socket.MaxBacklog {
		c.turns.less.Wait() // and reads no more
	}
	if c.turns == nil {
		return false
	}
	c.turns.next, c.turns.size = append(c.turns.next, r), c.turns.size+len(r.Data)
	return true
}

// mayWait does something that may have to wait for another service, and then what else was asked for meanwhile.
func (c *conn) mayWait(may bool, do func()) {
	c.Mu.Lock()
	beside := c.turns == nil && may // else it is beside the reader already
	if beside {
		c.turns = &turns{less: sync.Cond{L: &c.Mu}}
	}
	c.Mu.Unlock()
	if !beside {
		do()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
		c.catchUp()
	}()
	timer := time.NewTimer(moment)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// catchUp does things until nothing more is asked for, and what a disconnect means if that has come.
func (c *conn) catchUp() {
	for {
		c.Mu.Lock()
		t := c.turns
		if len(t.next) == 0 {
			c.turns = nil
			t.less.Signal()
			c.Mu.Unlock()
			if t.over {
				c.gone()
			}
			return
		}
		r := t.next[0]
		t.next, t.size = t.next[1:], t.size-len(r.Data)
		t.less.Signal()
		c.Mu.Unlock()
		c.do(r)
	}
}

// ended tells that nobody would hear an answer.
func (c *conn) ended() bool {
	c.Mu.Lock()
	defer c.Mu.Unlock()
	return c.Closed
}

// gone is what a disconnect means. It happens once, after everything that was asked for.
func (c *conn) gone() {
	defer c.server.wg.Done()
	for _, r := range c.rooms {
		c.unsit(r)
	}
	c.signOut()
}
