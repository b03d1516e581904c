package visitor

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// heard are the event names that the widget listens for; what comes under any other name is lost.
var heard = map[string]bool{"": true, "message": true, "screenshot_request": true, "csat_request": true, "connected": true}

// opening is how long the widget waits for an event stream to open.
const opening = 15 * time.Second

// hearEvents listens to the event stream until it ends, for whatever reason: the widget never opens a second one.
func (c *Client) hearEvents(ctx context.Context) {
	address := c.opts.URL + c.opts.Mount + "/stream?sessionId=" + url.QueryEscape(c.SessionID())
	if after := c.after(); after != "" {
		address += "&after=" + url.QueryEscape(after)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return
	}
	req.Header.Set("Accept", "text/event-stream")
	if c.opts.Origin != "" {
		req.Header.Set("Origin", c.opts.Origin)
	}
	late := time.AfterFunc(opening, cancel)
	res, err := c.http.Do(req)
	if err != nil {
		return
	}
	defer res.Body.Close()
	if late.Stop(); res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return
	}
	c.page.edit(func() { c.page.transport = "events" })
	var name, data string
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			name = value
		case "data":
			data = value
		case "":
			if data != "" && heard[name] {
				c.page.take([]byte(data))
			}
			name, data = "", ""
		}
	}
}

// after is the newest instant that the page knows, by a clock that may be wrong; empty for none.
func (c *Client) after() string {
	newest := c.page.newest()
	if c.opts.Clock != 0 {
		newest = time.Now().Add(c.opts.Clock)
	}
	if newest.IsZero() {
		return ""
	}
	return newest.UTC().Format("2006-01-02T15:04:05.000Z")
}
