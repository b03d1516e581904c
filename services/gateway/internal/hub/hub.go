package hub

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
)

// Frame is something to send. It is shared between connections and never changed.
type Frame struct {
	Data []byte
	// Spaced is the same for widgets that would take it for the message before it; nil when Data is for all.
	Spaced []byte
	// Seq is the stream sequence of the event that it shows, 0 for what is not stored.
	Seq uint64
	// InHistory tells that a replay of the conversation up to Seq shows the same.
	InHistory bool
	// Last tells that nothing comes after it: the session is gone, and connecting again would find nothing.
	Last bool
}

// Conn is one connection of a visitor. None of its methods blocks.
type Conn interface {
	// Push queues a frame.
	Push(Frame)
	// Resync shows the conversation anew from state: something may have been missed.
	Resync()
	// Tend is called every TendInterval or so: the time to ping, and to notice who is gone.
	Tend()
	// Shut asks the client to connect again.
	Shut()
	// Lasting tells whether the client is to be shut last, because it does not come back as it was.
	Lasting() bool
}

const shards = 64

// Most is how many connections one session may have here: more tabs than anybody has open.
const Most = 100

// Hub is the set of connections. A session's connections are in one room.
type Hub struct {
	seed   maphash.Seed
	count  atomic.Int64
	shut   atomic.Bool
	shards [shards]shard
}

type shard struct {
	mu    sync.RWMutex
	rooms map[session.Key][]Conn
}

// New makes an empty hub.
func New() *Hub {
	h := &Hub{seed: maphash.MakeSeed()}
	for i := range h.shards {
		h.shards[i].rooms = map[session.Key][]Conn{}
	}
	return h
}

func (h *Hub) shard(key session.Key) *shard {
	return &h.shards[maphash.String(h.seed, string(key.Session))%shards]
}

// Join adds a connection to its session's room.
func (h *Hub) Join(key session.Key, c Conn) {
	s := h.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rooms[key] = append(s.rooms[key], c)
	h.count.Add(1)
}

// Leave takes a connection out; the room goes with its last one.
func (h *Hub) Leave(key session.Key, c Conn) {
	s := h.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.rooms[key], c)
	if i < 0 {
		return
	}
	h.count.Add(-1)
	left := slices.Delete(s.rooms[key], i, i+1)
	if len(left) == 0 {
		delete(s.rooms, key)
		return
	}
	s.rooms[key] = left
}

// Holds is how many connections a session has here.
func (h *Hub) Holds(key session.Key) int {
	s := h.shard(key)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.rooms[key])
}

// Len is the number of connections.
func (h *Hub) Len() int { return int(h.count.Load()) }

// Count is how many of them are a project's. It looks at every room: for whoever asks now and then.
func (h *Hub) Count(p id.Project) (n int) {
	h.Each(func(key session.Key, _ Conn) {
		if key.Project == p {
			n++
		}
	})
	return n
}

// Push hands a frame to all connections of a session.
func (h *Hub) Push(key session.Key, f Frame) {
	s := h.shard(key)
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, c := range s.rooms[key] {
		c.Push(f)
	}
}

// Broadcast hands a frame to all connections of a project.
func (h *Hub) Broadcast(p id.Project, f Frame) {
	h.Each(func(key session.Key, c Conn) {
		if key.Project == p {
			c.Push(f)
		}
	})
}

// Each calls fn with every connection; fn must not call back into the hub.
func (h *Hub) Each(fn func(session.Key, Conn)) {
	for i := range h.shards {
		s := &h.shards[i]
		s.mu.RLock()
		for key, conns := range s.rooms {
			for _, c := range conns {
				fn(key, c)
			}
		}
		s.mu.RUnlock()
	}
}
