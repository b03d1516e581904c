package discord

import (
	"slices"
	"strconv"
)

func (c *call) getMessage() (any, *apiError) {
	ch, m, err := c.message()
	if err != nil {
		return nil, err
	}
	if !c.w.may(ch, permReadHistory) {
		return nil, errMissingPermissions
	}
	return c.s.readable(m), nil
}

// getMessages is the history, newest first. Without READ_MESSAGE_HISTORY it is empty.
func (c *call) getMessages() (any, *apiError) {
	ch, err := c.channel()
	if err != nil {
		return nil, err
	}
	if ch.Type == typeForum {
		return nil, errNonText
	}
	query := c.r.URL.Query()
	limit, err := c.limit(50, 100)
	if err != nil {
		return nil, err
	}
	out := []*wireMessage{}
	if !c.w.may(ch, permReadHistory) {
		return out, nil
	}
	for _, m := range c.page(ch, query.Get("before"), query.Get("after"), query.Get("around"), limit) {
		out = append(out, c.s.readable(m))
	}
	slices.Reverse(out)
	return out, nil
}

// limit reads ?limit=.
func (c *call) limit(normal, most int) (int, *apiError) {
	text := c.r.URL.Query().Get("limit")
	if text == "" {
		return normal, nil
	}
	n, err := strconv.Atoi(text)
	f := newForm(nil)
	switch {
	case err != nil:
		f.fail("limit", "NUMBER_TYPE_COERCE", "Value \""+clip(text, 50)+"\" is not int.")
	case n < 1:
		f.fail("limit", "NUMBER_TYPE_MIN", "int value should be greater than or equal to 1.")
	case n > most:
		f.fail("limit", "NUMBER_TYPE_MAX", "int value should be less than or equal to "+strconv.Itoa(most)+".")
	}
	return n, f.err()
}

// page selects messages, oldest first: the newest, those before one, the first after one, or those around one.
func (c *call) page(ch *channel, before, after, around string, limit int) []*Message {
	var all []*Message
	for _, id := range ch.MessageIDs {
		if m := c.w.Messages[id]; m != nil && !m.Deleted && m.OnlyFor == "" {
			all = append(all, m)
		}
	}
	at := func(id string) int {
		i, _ := slices.BinarySearchFunc(all, id, func(m *Message, id string) int { return compareIDs(m.ID, id) })
		return i
	}
	switch {
	case after != "":
		i := at(after)
		if i < len(all) && all[i].ID == after {
			i++
		}
		return all[i:min(len(all), i+limit)]
	case before != "":
		all = all[:at(before)]
	case around != "":
		i := at(around)
		all = all[:min(len(all), i+limit/2+1)]
	}
	return all[max(0, len(all)-limit):]
}
