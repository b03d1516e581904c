package visitor

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Reconnect says how a socket comes back. Zero fields are the widget's.
type Reconnect struct {
	// First is the wait before the first try; it doubles with every try. 1 s.
	First time.Duration
	// Most caps the wait; 16 s.
	Most time.Duration
	// Tries before it gives the socket up and polls for the rest of the page's life; 5. They count from the last opening.
	Tries int
	// Quick: a socket that lives shorter than that is given up at once; 2 s. Negative never gives up for that reason.
	Quick time.Duration
	// Poll is how often it polls; 2 s.
	Poll time.Duration
}

// Stubborn never gives the socket up: for tests in which servers are away for longer than a widget waits.
var Stubborn = Reconnect{First: 50 * time.Millisecond, Most: time.Second, Tries: 1 << 30, Quick: -1}

func (r Reconnect) withDefaults() Reconnect {
	for field, standard := range map[*time.Duration]time.Duration{
		&r.First: time.Second, &r.Most: 16 * time.Second, &r.Quick: 2 * time.Second, &r.Poll: 2 * time.Second,
	} {
		if *field == 0 {
			*field = standard
		}
	}
	if r.Tries == 0 {
		r.Tries = 5
	}
	return r
}

// network is the visitor's own link, which a test may cut. Its zero value works.
type network struct {
	mu     sync.Mutex
	socket *websocket.Conn
	back   chan struct{} // not nil while the link is cut
	opened int
}

// GoesOffline cuts the socket; until ComesBack it is not tried again. Posting still works.
func (c *Client) GoesOffline() {
	n := &c.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.back == nil {
		n.back = make(chan struct{})
	}
	if n.socket != nil {
		_ = n.socket.Close() // the reader notices
	}
}

// ComesBack ends GoesOffline.
func (c *Client) ComesBack() {
	n := &c.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.back != nil {
		close(n.back)
		n.back = nil
	}
}

// Opened counts the sockets that were opened so far.
func (c *Client) Opened() int {
	c.network.mu.Lock()
	defer c.network.mu.Unlock()
	return c.network.opened
}

// Listen opens the stream in the background and keeps it until Close, as the widget does.
func (c *Client) Listen() {
	ctx, stop := context.WithCancel(context.Background())
	c.mu.Lock()
	c.stop = stop
	c.mu.Unlock()
	c.wg.Go(func() {
		if !c.opts.Polling && !c.opts.NoSockets {
			c.stream(ctx)
		}
		if !c.opts.Polling && !c.opts.NoEvents && ctx.Err() == nil {
			c.hearEvents(ctx)
		}
		c.page.edit(func() { c.page.transport = "polling" })
		c.poll(ctx)
	})
}

// stream keeps a socket until the widget would give it up.
func (c *Client) stream(ctx context.Context) {
	r := c.opts.Reconnect.withDefaults()
	wait, tries := r.First, 0
	for {
		begun := time.Now()
		opened := c.listen(ctx)
		offline := c.online(ctx)
		if ctx.Err() != nil || !offline && time.Since(begun) < r.Quick {
			return
		}
		if opened {
			wait, tries = r.First, 0
		}
		if tries++; tries > r.Tries || !Sleep(ctx, wait) {
			return
		}
		wait = min(2*wait, r.Most)
	}
}

// online waits until the visitor's link is there and tells whether it was cut.
func (c *Client) online(ctx context.Context) (wasCut bool) {
	c.network.mu.Lock()
	back := c.network.back
	c.network.mu.Unlock()
	if back == nil {
		return false
	}
	select {
	case <-back:
	case <-ctx.Done():
	}
	return true
}

// listen opens one socket and reads it to its end.
func (c *Client) listen(ctx context.Context) (opened bool) {
	base := strings.Replace(c.opts.URL, "http", "ws", 1) + c.opts.Mount
	dialer := websocket.Dialer{HandshakeTimeout: 5 * time.Second}
	header := http.Header{}
	if c.opts.Origin != "" {
		header.Set("Origin", c.opts.Origin)
	}
	socket, res, err := dialer.DialContext(ctx, base+"/stream?sessionId="+url.QueryEscape(c.SessionID()), header)
	if res != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return false
	}
	defer context.AfterFunc(ctx, func() { _ = socket.Close() })()
	if !c.network.attach(socket) {
		_ = socket.Close()
		return false
	}
	c.page.edit(func() { c.page.transport = "socket" })
	for {
		_, raw, err := socket.ReadMessage()
		if err != nil {
			_ = socket.Close()
			return true
		}
		c.page.take(raw)
	}
}

func (n *network) attach(socket *websocket.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.back != nil {
		return false
	}
	n.socket = socket
	n.opened++
	return true
}

// Trigger sends a custom event over the socket; false when there is none.
func (c *Client) Trigger(name string, data any) bool {
	c.network.mu.Lock()
	defer c.network.mu.Unlock()
	frame := map[string]any{"type": "event", "data": map[string]any{"name": name, "data": data, "timestamp": time.Now().UTC()}}
	return c.network.socket != nil && c.network.socket.WriteJSON(frame) == nil
}

// poll asks for what is new until the page is left.
func (c *Client) poll(ctx context.Context) {
	every := c.opts.Reconnect.withDefaults().Poll
	for Sleep(ctx, every/4) {
		if messages, _, err := c.History(ctx, c.after(), 0); err == nil {
			c.page.edit(func() {
				for _, m := range messages {
					c.page.show(m)
				}
			})
		}
		if !Sleep(ctx, every*3/4) {
			return
		}
	}
}

// Sleep waits and tells whether ctx is still alive.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
