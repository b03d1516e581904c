package telegram

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// overview is the answer of GET /_sim/state.
type overview struct {
	Now       time.Time `json:"now"`
	Seed      int64     `json:"seed"`
	Token     string    `json:"token"`
	Revoked   bool      `json:"revoked"`
	Webhook   string    `json:"webhookUrl,omitempty"`
	Polling   bool      `json:"polling"`
	Pending   int       `json:"pendingUpdates"`
	Bot       User      `json:"bot"`
	Users     []User    `json:"users"`
	Chat      Chat      `json:"chat"`
	Chats     []Chat    `json:"chats"`
	Topics    []Topic   `json:"topics"`
	Budget    Budget    `json:"budget"`
	Limits    Limits    `json:"limits"`
	Faults    []Fault   `json:"faults"`
	Requests  int       `json:"requests"`
	Warnings  []Warning `json:"warnings"`
	Callbacks int       `json:"callbacks"`
}

func (s *Server) overview() overview {
	v := s.state()
	out := overview{
		Now: s.Now(), Seed: s.Seed(), Webhook: v.WebhookURL(), Polling: v.Polling(), Pending: v.PendingUpdates(),
		Chat: v.Chat(), Chats: v.Chats(), Topics: v.Topics(), Limits: v.Limits(), Faults: s.Faults(), Requests: v.RequestCount(""),
		Warnings: v.Warnings(), Callbacks: len(v.Callbacks()), Users: s.Users(),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Token, out.Revoked, out.Bot, out.Budget = s.world.Token, s.world.Revoked, s.world.Bot, s.limits.budget
	return out
}

// controlRoutes are the inspection API and the operator robot. Each POST takes a JSON object.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	get := func(path string, read func(*http.Request) any) {
		mux.HandleFunc("GET /_sim/"+path, func(w http.ResponseWriter, r *http.Request) { reply(w, read(r), nil) })
	}
	get("state", func(*http.Request) any { return s.overview() })
	get("topics", func(r *http.Request) any { return s.asked(r).Topics() })
	get("topics/{id}/messages", func(r *http.Request) any { return s.asked(r).Messages(number(r.PathValue("id"))) })
	get("messages/{id}", func(r *http.Request) any { return s.asked(r).Message(number(r.PathValue("id"))) })
	get("pinged", func(*http.Request) any { return s.state().Pinged() })
	get("requests", func(r *http.Request) any { return s.Requests(r.URL.Query().Get("method")) })
	get("deliveries", func(*http.Request) any { return s.Deliveries() })
	get("callbacks", func(*http.Request) any { return s.Callbacks() })
	get("limits", func(*http.Request) any { return s.Limits() })
	get("warnings", func(*http.Request) any { return s.Warnings() })
	get("faults", func(*http.Request) any {
		return map[string]any{"requests": s.Faults(), "deliveries": s.DeliveryFaults()}
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

// asked is the view of the group that a request names (?chat=), else of the first.
func (s *Server) asked(r *http.Request) State {
	if chat := r.URL.Query().Get("chat"); chat != "" {
		return s.state().In(number(chat))
	}
	return s.state()
}

// controlled decodes a POST's body for one action; an empty body is an empty object.
func controlled[In any](do func(*http.Request, In) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var in In
		if r.ContentLength != 0 {
			decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
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

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// serveStored shows a file to a person; it is not the bot's download.
func (s *Server) serveStored(w http.ResponseWriter, r *http.Request) {
	data, ref, ok := s.File(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if ref.MIME == "image/jpeg" {
		w.Header().Set("Content-Type", ref.MIME)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox")
	_, _ = w.Write(data)
}
