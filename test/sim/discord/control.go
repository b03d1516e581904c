package discord

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// overview is the answer of GET /_sim/state.
type overview struct {
	Now          time.Time       `json:"now"`
	Seed         int64           `json:"seed"`
	Token        string          `json:"token"`
	Revoked      bool            `json:"revoked"`
	PublicKey    string          `json:"publicKey"`
	Application  string          `json:"applicationId"`
	Guild        string          `json:"guildId"`
	Channel      string          `json:"channelId"`
	Endpoint     string          `json:"endpoint,omitempty"`
	Removed      bool            `json:"removed"` // the bot is not in the guild
	Rights       map[string]bool `json:"rights"`
	BlockedBits  []string        `json:"blockedIntents,omitempty"`
	Users        []User          `json:"users"`
	Threads      []Thread        `json:"threads"`
	Sessions     []Session       `json:"sessions"`
	Budget       Budget          `json:"budget"`
	Limits       Limits          `json:"limits"`
	Faults       []fault.Fault   `json:"faults"`
	Requests     int             `json:"requests"`
	Warnings     []Warning       `json:"warnings"`
	Interactions int             `json:"interactions"`
}

func (s *Server) overview() overview {
	v := s.State()
	out := overview{
		Now: s.Now(), Seed: s.Seed(), PublicKey: s.PublicKey(), Application: s.ApplicationID(), Guild: s.GuildID(), Channel: s.ChannelID(),
		Endpoint: v.Endpoint(), Rights: s.Rights(), Users: s.Users(), Threads: v.Threads(), Sessions: v.Sessions(), Limits: v.Limits(),
		Faults: s.Faults(), Requests: v.RequestCount(""), Warnings: v.Warnings(), Interactions: len(v.Interactions()),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Token, out.Revoked, out.Budget = s.world.Token, s.world.Revoked, s.limits.budget
	out.Removed, out.BlockedBits = s.world.Guild.Left, s.world.App.Blocked
	return out
}

// controlRoutes are the inspection API and the operator robot. Each POST takes a JSON object.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	get := func(path string, read func(*http.Request) any) {
		mux.HandleFunc("GET /_sim/"+path, func(w http.ResponseWriter, r *http.Request) { reply(w, read(r), nil) })
	}
	get("state", func(*http.Request) any { return s.overview() })
	get("threads", func(*http.Request) any { return s.Threads() })
	get("threads/{id}/messages", func(r *http.Request) any { return s.State().Messages(r.PathValue("id")) })
	get("messages/{id}", func(r *http.Request) any { return s.Message(r.PathValue("id")) })
	get("pinged", func(*http.Request) any { return s.State().Pinged() })
	get("requests", func(r *http.Request) any { return s.Requests(r.URL.Query().Get("method")) })
	get("deliveries", func(*http.Request) any { return s.State().Deliveries() })
	get("interactions", func(*http.Request) any { return s.State().Interactions() })
	get("sessions", func(*http.Request) any { return s.State().Sessions() })
	get("limits", func(*http.Request) any { return s.Limits() })
	get("warnings", func(*http.Request) any { return s.Warnings() })
	get("faults", func(*http.Request) any {
		return map[string]any{"requests": s.Faults(), "deliveries": s.faults.Deliveries()}
	})
	mux.HandleFunc("GET /_sim/files/{id}", s.serveStored)
	mux.HandleFunc("GET /_sim/snapshot", s.serveSnapshot)
	for name, do := range s.controls() {
		mux.HandleFunc("POST /_sim/"+name, func(w http.ResponseWriter, r *http.Request) {
			result, err := do(r)
			reply(w, result, err)
		})
	}
	s.pageRoutes(mux)
}

// controlled decodes a POST's body for one action; an empty body is an empty object.
func controlled[In any](do func(*http.Request, In) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var in In
		if r.ContentLength != 0 {
			decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 2*maxBody)) // a file comes as base64
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&in); err != nil {
				return nil, err
			}
		}
		return do(r, in)
	}
}

func reply(w http.ResponseWriter, result any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		result = map[string]string{"error": err.Error()}
	}
	if result == nil {
		result = map[string]bool{"ok": true}
	}
	_ = json.NewEncoder(w).Encode(result) // the reader may be gone; there is nobody to tell
}

// serveStored shows a file to a person; it is not the CDN.
func (s *Server) serveStored(w http.ResponseWriter, r *http.Request) {
	data, a, ok := s.File(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if a.Width > 0 {
		w.Header().Set("Content-Type", a.MIME)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox")
	_, _ = w.Write(data)
}
