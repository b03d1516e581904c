package telegram

import (
	"math"
	"time"
)

// longestFreeze caps what violations can add up to; the longest that was seen in the wild is 503 s.
const longestFreeze = 10 * time.Minute

// grace is how long after a 429 was written a request may still arrive without being called a violation: it was
// under way when the client read the 429.
const grace = 10 * time.Millisecond

// spend charges n units (sends, edits, new topics) of a chat, or refuses.
func (c *call) spend(g *group, n int) *apiError {
	l := c.s.limits
	chat := l.chat(g.ID)
	if err := c.thaw(chat); err != nil {
		return err
	}
	chat.prune(c.now, l.budget.GroupWindow)
	wait := max(chat.second.wait(c.now, float64(n)), l.bot.wait(c.now, float64(n)), chat.room(c.now, n, l.budget))
	if wait > 0 && !l.budget.Off {
		return c.deny(chat, wait)
	}
	chat.second.take(float64(n))
	l.bot.take(float64(n))
	for range n {
		chat.spent, chat.recent = append(chat.spent, c.now), append(chat.recent, c.now)
	}
	chat.report.Units += n
	chat.report.Peak = max(chat.report.Peak, len(chat.spent))
	chat.report.PeakSecond = max(chat.report.PeakSecond, len(chat.recent))
	return nil
}

// room is how long until the window has room for n more.
func (c *chatLimit) room(now time.Time, n int, b Budget) time.Duration {
	n = min(n, b.GroupLimit)
	over := len(c.spent) + n - b.GroupLimit
	if over <= 0 {
		return 0
	}
	return c.spent[over-1].Add(b.GroupWindow).Sub(now)
}

// spendFrom charges a bucket of its own: reactions and chat actions do not touch the sends' budget.
func (c *call) spendFrom(g *group, pick func(*chatLimit) *bucket) *apiError {
	chat := c.s.limits.chat(g.ID)
	if err := c.thaw(chat); err != nil {
		return err
	}
	b := pick(chat)
	if wait := b.wait(c.now, 1); wait > 0 && !c.s.limits.budget.Off {
		return c.deny(chat, wait)
	}
	b.take(1)
	return nil
}

// spendTopicAction charges close, reopen and rename where the budget says that they cost something.
func (c *call) spendTopicAction(g *group) *apiError {
	if c.s.limits.budget.CountTopicActions {
		return c.spend(g, 1)
	}
	return c.thaw(c.s.limits.chat(g.ID))
}

// thaw refuses while a retry_after is in force. Only a request that arrived after the client was told counts
// as a violation: requests that were under way could not know.
func (c *call) thaw(chat *chatLimit) *apiError {
	l := c.s.limits
	f := &chat.frozen
	if l.frozen.until.After(f.until) {
		f = &l.frozen
	}
	left := f.until.Sub(c.now)
	if left <= 0 {
		return nil
	}
	if !f.announced.IsZero() && c.arrived.After(f.announced.Add(grace)) {
		c.broke = true
		l.broken++
		chat.report.Violations++
		if !l.budget.NoExtension && !l.budget.Off {
			left = min(left+l.budget.MinRetryAfter, longestFreeze)
			f.until = c.now.Add(left)
		}
	}
	if l.budget.Off {
		return nil
	}
	return c.refuse(chat, f, left)
}

// deny starts a freeze of the chat.
func (c *call) deny(chat *chatLimit, wait time.Duration) *apiError {
	wait = max(wait, c.s.limits.budget.MinRetryAfter)
	chat.frozen = freeze{until: c.now.Add(time.Duration(seconds(wait)) * time.Second)}
	return c.refuse(chat, &chat.frozen, wait)
}

func (c *call) refuse(chat *chatLimit, f *freeze, left time.Duration) *apiError {
	l := c.s.limits
	c.told = f
	l.denied++
	chat.report.Denied++
	c.denied = true
	return tooMany(seconds(left))
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
