package slack

import "time"

// statusLifetime is how long "is typing" stands if no message ends it
// (https://docs.slack.dev/reference/methods/assistant.threads.setStatus).
const statusLifetime = 2 * time.Minute

func (c *call) setStatus() (fields, *apiError) {
	ch, err := c.writable("channel_id")
	if err != nil {
		return nil, err
	}
	ts := c.p.values["thread_ts"]
	if !isTS(ts) {
		return nil, refuse("invalid_thread_ts")
	}
	root := ch.rootOf(ts)
	if ch.live(root) == nil {
		return nil, refuse("thread_not_found")
	}
	if c.p.values["username"] != "" || c.p.values["icon_url"] != "" || c.p.values["icon_emoji"] != "" {
		if err := c.needs("chat:write.customize"); err != nil {
			return nil, err
		}
	}
	t := ch.thread(root)
	t.Status, t.StatusEnds = c.p.values["status"], c.now.Add(statusLifetime)
	c.s.touch()
	return nil, nil
}

// status is what the thread shows now.
func (t *thread) status(now time.Time) string {
	if t == nil || !t.StatusEnds.After(now) {
		return ""
	}
	return t.Status
}
