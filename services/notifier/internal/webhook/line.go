package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// lineKey names a session.
type lineKey struct {
	project id.Project
	session id.Session
}

// note is what the notebook says of a session that waits. It has no content: that is read from the stream when its time comes,
// and is gone when the stream has forgotten it.
type note struct {
	// Next is the stream sequence of the event whose turn it is, and Through of the last one that waits. What lies between and is
	// of this session waits too; what is before Next was taken or given up.
	Next    uint64 `json:"next"`
	Through uint64 `json:"through"`
	// Attempts that have failed for Next, and when the next is due.
	Attempts int       `json:"attempts,omitempty"`
	Due      time.Time `json:"due"`
	// Told: the receiver has asked for this delay.
	Told bool `json:"told,omitempty"`
	// Since is when the event Next happened.
	Since time.Time `json:"since"`
}

// line is a session that waits.
type line struct {
	key lineKey

	// mu is held over changes of what follows, and their writing.
	mu   sync.Mutex
	note note
	// revision of the note; 0 until it is written.
	revision uint64
	// ended: it waits no longer, and whoever still has it must look again.
	ended bool

	// What follows is the queue's, under its lock.
	cancel func()
	// busy: it is due or at work.
	busy bool
	// early: the attempt between two scheduled ones was used.
	early bool
	told  bool
	since time.Time
}

// span is what waits.
func (l *line) span() (next, through uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.note.Next, l.note.Through
}

// notePath is where the notes of a destination's waiting sessions are, by part: a list of all might be long.
func notePath(destination string, p id.Part) string {
	return rootPath(destination) + "/waiting/" + p.String()
}

func rootPath(destination string) string { return "outgoing/" + destination }

func (k lineKey) path(destination string) string {
	return notePath(destination, k.session.Part()) + "/" + string(k.project) + "/" + pathToken(string(k.session))
}

// pathToken keeps the slash, which divides a path, out of a name.
func pathToken(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "%", "%25"), "/", "%2F")
}

func pathName(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "%2F", "/"), "%25", "%")
}

var errNote = errors.New("not the note of a session that waits")

// readNote makes a line of a note.
func readNote(destination string, n bus.Note) (*line, error) {
	rest, ok := strings.CutPrefix(n.Key, rootPath(destination)+"/waiting/")
	names := strings.Split(rest, "/")
	if !ok || len(names) != 3 {
		return nil, fmt.Errorf("%w: key", errNote)
	}
	l := &line{key: lineKey{id.Project(names[1]), id.Session(pathName(names[2]))}, revision: n.Revision}
	if err := json.Unmarshal(n.Value, &l.note); err != nil {
		return nil, fmt.Errorf("%w: %w", errNote, err)
	}
	if l.note.Next == 0 {
		return nil, fmt.Errorf("%w: no event", errNote)
	}
	return l, nil
}
