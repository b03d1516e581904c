package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Snapshot returns the whole state as JSON: channels, messages, files, the app's settings. It holds neither the logs nor what the
// budget has counted nor the faults nor what is on its way to the app.
func (s *Server) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := json.Marshal(s.world)
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	return data, nil
}

// Restore goes back to a snapshot. The budget starts afresh, and what was on its way to the app is gone. Sockets stay open.
func (s *Server) Restore(data []byte) error {
	var w world
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("decode snapshot: %w", err)
	}
	if w.Channels[w.Home] == nil || w.Users[BotUserID] == nil {
		return fmt.Errorf("decode snapshot: it has no channel")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replace(&w)
	return nil
}

// Reset goes back to the beginning: an empty channel, the first tokens, no request URLs, no faults, empty logs. Sockets stay
// open. Ids go on: an app that has seen an event_id would take another event with it for a repetition.
func (s *Server) Reset() {
	s.ClearFaults()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reqs, s.posts = newRequestLog(s.opts.RequestLog), newDeliveryLog(s.opts.RequestLog)
	s.strange = newWarnings()
	w := newWorld(s.opts, s.rng)
	w.SocketSeen = s.world.SocketSeen
	s.replace(w)
}

// replace swaps the world under running deliveries. The caller holds mu.
func (s *Server) replace(w *world) {
	for id, ch := range w.Channels { // a ts never repeats: an app would take the second message for the first
		if before := s.world.Channels[id]; before != nil {
			ch.LastTS = max(ch.LastTS, before.LastTS)
		}
	}
	s.world = w
	s.limits = newLimiter(s.limits.budget)
	s.engine.begin(s.ctx)
	s.touch()
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
