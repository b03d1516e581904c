package discord

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
)

// Snapshot returns the whole state as JSON: guild, channels, threads, messages, files, webhooks, commands, interactions. It
// holds neither the logs nor gateway sessions nor what the budget has counted nor the faults.
func (s *Server) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := json.Marshal(s.world)
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	return data, nil
}

// Restore goes back to a snapshot. The budget starts afresh; gateway sessions are over, and connections are told so.
func (s *Server) Restore(data []byte) error {
	var w world
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("decode snapshot: %w", err)
	}
	if w.Channels[w.Home] == nil || w.Users[w.App.ID] == nil || len(w.Guild.Roles) < 3 {
		return fmt.Errorf("decode snapshot: it has no channel, no bot or no roles")
	}
	s.mu.Lock()
	s.replace(&w)
	s.mu.Unlock()
	s.watch.Touch()
	return nil
}

// Reset goes back to the beginning: an empty channel, the first token, no endpoint, no faults, empty logs.
func (s *Server) Reset() {
	s.ClearFaults()
	s.mu.Lock()
	s.rng = rand.New(rand.NewSource(s.opts.Seed))
	s.reqs, s.posts = newRequestLog(s.opts.RequestLog), newDeliveryLog(s.opts.RequestLog)
	s.strange = warnings{seen: map[Warning]int{}}
	s.replace(newWorld(s.opts))
	s.mu.Unlock()
	s.watch.Touch()
}

// replace swaps the world under open connections. The caller holds mu.
func (s *Server) replace(w *world) {
	// Snowflakes never repeat: a bot that has seen one would drop the second as a duplicate.
	w.LastMS, w.Increment = max(w.LastMS, s.world.LastMS+1), 0
	s.world = w
	s.limits = newLimiter(s.limits.budget)
	s.gateway.sessions, s.gateway.identify = map[string]*session{}, nil
	for c := range s.gateway.conns {
		if c.session != nil {
			c.session = nil
			c.send(opInvalidSession, false)
		}
	}
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
