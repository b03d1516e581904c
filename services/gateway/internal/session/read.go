package session

import (
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// Read notes that the team has read these messages of the visitor, and with them all before: their ids sort by time. What is
// kept is the newest one.
func (d *Directory) Read(key Key, ids ...string) {
	e, ok := d.cache.Peek(key)
	if !ok || len(ids) == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.read = max(e.read, slices.Max(ids))
}

// KnowsRead tells whether this gateway has looked at what the team has read of a session: one that has just started has not.
func (d *Directory) KnowsRead(key Key) bool {
	e, ok := d.cache.Peek(key)
	if !ok {
		return true // nothing can be kept of it
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.readKnown || e.visit != nil
}

// Shown notes what a page has been shown as read.
func (d *Directory) Shown(key Key, records []*sessionsv1.MessageRecord) {
	var read []string
	for _, r := range records {
		if m := r.GetMessage(); m.GetSender() == "visitor" && m.GetStatus() == "read" {
			read = append(read, m.GetId())
		}
	}
	d.Read(key, read...)
	if e, ok := d.cache.Peek(key); ok {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.readKnown = true
	}
}

// Unread leaves out the messages that are known to have been read. A platform may report what it has taken after somebody has
// answered it there, and a status moves forward only.
func (d *Directory) Unread(key Key, ids []string) []string {
	e, ok := d.cache.Peek(key)
	if !ok {
		return ids
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(ids, func(id string) bool { return id <= e.read })
}
