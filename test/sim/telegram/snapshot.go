package telegram

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"slices"
)

// Snapshot returns the whole state as JSON: chats, topics, messages, files, webhook, waiting updates. It holds neither
// the logs nor what the budget has counted nor the faults.
func (s *Server) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := json.Marshal(s.world)
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	return data, nil
}

// Restore goes back to a snapshot. The budget starts afresh, waiting getUpdates end, deliveries begin again.
func (s *Server) Restore(data []byte) error {
	var w world
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("decode snapshot: %w", err)
	}
	if w.Chats[w.Home] == nil {
		return fmt.Errorf("decode snapshot: it has no chat")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replace(&w)
	return nil
}

// Reset goes back to the beginning: empty group, first token, no webhook, no faults, empty logs.
func (s *Server) Reset() error {
	s.ClearFaults()
	s.mu.Lock()
	defer s.mu.Unlock()
	rng := rand.New(rand.NewSource(s.opts.Seed))
	w, err := newWorld(s.opts, rng)
	if err != nil {
		return fmt.Errorf("reset: %w", err)
	}
	s.rng = rng
	s.reqs, s.posts = newRequestLog(s.opts.RequestLog), newDeliveryLog(s.opts.RequestLog)
	s.strange = warnings{seen: map[Warning]int{}}
	s.replace(w)
	return nil
}

// replace swaps the world under running pollers and deliveries. The caller holds mu.
func (s *Server) replace(w *world) {
	s.endPoll("terminated by other getUpdates request; make sure that only one bot instance is running")
	// update_ids never repeat: a bot that has seen one would drop the second as a duplicate.
	w.NextUpdate = max(w.NextUpdate, s.world.NextUpdate)
	s.world = w
	s.limits = newLimiter(s.limits.budget)
	s.startHook()
	s.touch()
}

// Users are the members of the group and the bots, by id.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]User, 0, len(s.world.Users))
	for _, u := range s.world.Users {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b User) int { return int(a.ID - b.ID) })
	return out
}

func (s *Server) serveSnapshot(w http.ResponseWriter, _ *http.Request) {
	data, err := s.Snapshot()
	reply(w, json.RawMessage(data), err)
}

func (s *Server) restoreFrom(r *http.Request) (any, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	return nil, s.Restore(data)
}
