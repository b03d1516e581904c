package slack

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// Page sizes of conversations.history, .replies and .members.
const (
	defaultPage = 100
	largestPage = 1000
)

func (c *call) history() (fields, *apiError) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	var found []*Message
	for _, ts := range slices.Backward(ch.Timeline) { // the newest first
		if m := ch.Messages[ts]; m.listed() && c.within(ts) {
			found = append(found, m)
		}
	}
	return c.page(ch, found)
}

func (c *call) repliesOf() (fields, *apiError) {
	ch, err := c.readable()
	if err != nil {
		return nil, err
	}
	root := ch.Messages[ch.rootOf(c.p.values["ts"])]
	if root == nil || !root.listed() {
		return nil, refuse("thread_not_found")
	}
	found := []*Message{root} // always there, whatever the bounds say
	for _, m := range ch.replies(root.TS) {
		if c.within(m.TS) {
			found = append(found, m)
		}
	}
	return c.page(ch, found)
}

// listed says whether the API shows the message.
func (m *Message) listed() bool { return m.Ephemeral == "" && (!m.Deleted || m.Tombstone) }

func (c *call) readable() (*channel, *apiError) {
	ch, err := c.channel("channel")
	if err != nil {
		return nil, err
	}
	if !ch.BotMember {
		return nil, refuse("not_in_channel")
	}
	for _, field := range []string{"oldest", "latest"} {
		if v := c.p.values[field]; v != "" && strings.Trim(v, "0123456789.") != "" {
			return nil, refuse("invalid_ts_" + field)
		}
	}
	return ch, nil
}

// within applies oldest, latest and inclusive. The bounds may be shorter than a ts.
func (c *call) within(ts string) bool {
	oldest, latest, inclusive := padded(c.p.values["oldest"]), padded(c.p.values["latest"]), c.p.flag("inclusive")
	if oldest != "" && (ts < oldest || ts == oldest && !inclusive) {
		return false
	}
	return latest == "" || ts < latest || ts == latest && inclusive
}

// padded makes seconds with any number of decimals comparable to a ts.
func padded(bound string) string {
	if bound == "" || bound == "0" {
		return ""
	}
	seconds, micros, _ := strings.Cut(bound, ".")
	return strings.Repeat("0", max(0, 10-len(seconds))) + seconds + "." + (micros + "000000")[:6]
}

// page cuts a list of messages to what the caller asked for.
func (c *call) page(ch *channel, found []*Message) (fields, *apiError) {
	from, to, next, err := c.bounds(len(found))
	if err != nil {
		return nil, err
	}
	out := []*wireMessage{}
	for _, m := range found[from:to] {
		w := c.s.wireMessage(ch, m)
		if !c.p.flag("include_all_metadata") {
			w.Metadata = nil
		}
		out = append(out, w)
	}
	return c.paged(fields{"messages": out, "has_more": next != ""}, next), nil
}

func (c *call) paged(answer fields, next string) fields {
	if next != "" {
		answer["response_metadata"] = fields{"next_cursor": next}
	}
	return answer
}

// bounds are the part of n items that cursor and limit ask for, and the cursor of the next part.
func (c *call) bounds(n int) (from, to int, next string, refused *apiError) {
	if cursor := c.p.values["cursor"]; cursor != "" {
		raw, err := base64.StdEncoding.DecodeString(cursor)
		at, err2 := strconv.Atoi(strings.TrimPrefix(string(raw), "next:"))
		if err != nil || err2 != nil || at < 0 || at > n {
			return 0, 0, "", refuse("invalid_cursor")
		}
		from = at
	}
	limit := defaultPage
	if v := c.p.values["limit"]; v != "" {
		given, err := strconv.Atoi(v)
		if err != nil || given < 0 || given > largestPage {
			return 0, 0, "", refuse("invalid_limit")
		}
		if given > 0 {
			limit = given
		}
	}
	to = min(n, from+limit)
	if to < n {
		next = base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(to)))
	}
	return from, to, next, nil
}
