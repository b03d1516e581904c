package feed

import (
	"cmp"
	"encoding/json"
	"sync"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/wire"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/hub"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// TypingNoun is the signal subject's noun for "is typing".
const TypingNoun = "typing"

// Typing is the payload of a typing signal.
type Typing struct {
	// Sender is visitor, operator or ai.
	Sender   string `json:"sender"`
	IsTyping bool   `json:"isTyping"`
}

// typingFor is how long somebody is believed to type: Discord says it again every ten seconds, and no platform says that it has ended. A
// widget believes it until it is told otherwise.
const typingFor = 12 * time.Second

// typing passes on that somebody of the team is typing. A visitor is not told of his own typing, nor of a stranger's.
func (f *Feed) typing(p id.Project, s id.Session, payload []byte) {
	key := session.Key{Project: p, Session: s}
	var signal Typing
	if f.Hub.Holds(key) == 0 || json.Unmarshal(payload, &signal) != nil || signal.Sender != "operator" && signal.Sender != "ai" {
		return
	}
	f.types(key, signal)
	if !signal.IsTyping {
		f.typists.stop(key)
		return
	}
	f.typists.start(key, cmp.Or(f.TypingFor, typingFor), func() { f.types(key, Typing{Sender: signal.Sender}) })
}

// types shows to a session's connections that somebody types, or no longer does.
func (f *Feed) types(key session.Key, signal Typing) {
	f.Hub.Push(key, hub.Frame{Data: wire.Frame("typing", struct {
		Typing
		SessionID id.Session `json:"sessionId"`
	}{signal, key.Session})})
}

// typists are the sessions in which somebody of the team types.
type typists struct {
	mu    sync.Mutex
	ends  map[session.Key]*typist
	ended bool
}

type typist struct{ timer *time.Timer }

// start notes that somebody types; after is called unless he does again, or stops, within the time.
func (t *typists) start(key session.Key, within time.Duration, after func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	if old := t.ends[key]; old != nil {
		old.timer.Stop()
	}
	if t.ends == nil {
		t.ends = map[session.Key]*typist{}
	}
	mine := new(typist)
	mine.timer = time.AfterFunc(within, func() {
		if t.over(key, mine) {
			after()
		}
	})
	t.ends[key] = mine
}

// over tells whether somebody whose time has run out is still the one who types in the session, and forgets him.
func (t *typists) over(key session.Key, who *typist) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ends[key] != who {
		return false
	}
	delete(t.ends, key)
	return true
}

// stop notes that nobody types any more.
func (t *typists) stop(key session.Key) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if who := t.ends[key]; who != nil {
		who.timer.Stop()
		delete(t.ends, key)
	}
}

// end lets nothing more happen.
func (t *typists) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	for _, who := range t.ends {
		who.timer.Stop()
	}
	clear(t.ends)
}
