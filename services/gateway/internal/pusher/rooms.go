package pusher

import (
	"hash/maphash"
	"sync"
)

const shards = 64

// rooms are the channels that somebody is in here, or that the sessions service still believes so.
type rooms struct {
	seed   maphash.Seed
	shards [shards]shard
}

type shard struct {
	mu sync.RWMutex
	by map[string]*room
}

func (r *rooms) open() {
	r.seed = maphash.MakeSeed()
	for i := range r.shards {
		r.shards[i].by = map[string]*room{}
	}
}

func (r *rooms) shard(name string) *shard { return &r.shards[maphash.String(r.seed, name)%shards] }

// find is the room of a channel, nil for none.
func (r *rooms) find(name string) *room {
	s := r.shard(name)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.by[name]
}

// enter locks the room of a channel, which it makes if there is none.
func (r *rooms) enter(server *Server, name string) *room {
	for {
		s := r.shard(name)
		s.mu.Lock()
		found := s.by[name]
		if found == nil {
			found = &room{name: name, kind: kindOf(name), server: server}
			s.by[name] = found
		}
		s.mu.Unlock()
		found.mu.Lock()
		if !found.gone {
			return found
		}
		found.mu.Unlock()
	}
}

// remove forgets a room, which is locked.
func (r *rooms) remove(gone *room) {
	gone.gone = true
	s := r.shard(gone.name)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by[gone.name] == gone {
		delete(s.by, gone.name)
	}
}

// all are the rooms that there are.
func (r *rooms) all() (all []*room) {
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.RLock()
		for _, room := range s.by {
			all = append(all, room)
		}
		s.mu.RUnlock()
	}
	return all
}

// len is how many there are.
func (r *rooms) len() (n int) {
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.RLock()
		n += len(s.by)
		s.mu.RUnlock()
	}
	return n
}
