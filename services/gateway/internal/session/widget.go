package session

import (
	"strings"
	"time"

	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Runs notes the version of a widget that its page is to be told of.
func (e *Entry) Runs(version string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.version = strings.Clone(version) // not a piece of a request that it would keep alive
}

// TakeVersion answers the version that the next connection is to be told of, once; empty for none.
func (d *Directory) TakeVersion(key Key) string {
	e, ok := d.cache.Peek(key)
	if !ok {
		return ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	version := e.version
	e.version = ""
	return version
}

// Space answers the timestamp at which widgets show a message of the team that equals another one of just now.
func (d *Directory) Space(key Key, m *bellhopv1.Message) time.Time {
	at := m.GetTimestamp().AsTime()
	e, ok := d.cache.Peek(key)
	if !ok {
		return at
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.said.At(m.GetSender(), m.GetContent(), at)
}
