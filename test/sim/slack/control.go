package slack

import (
	"encoding/json"
	"net/http"
	"time"
)

// overview is the answer of GET /_sim/state.
type overview struct {
	Now         time.Time    `json:"now"`
	Seed        int64        `json:"seed"`
	Token       string       `json:"token"`
	AppToken    string       `json:"appToken"`
	Secret      string       `json:"signingSecret"`
	Webhook     string       `json:"incomingWebhook"`
	Gone        string       `json:"gone,omitempty"` // the error that every call gets
	Hooks       Hooks        `json:"hooks"`
	Connections []Connection `json:"connections"`
	Pending     int          `json:"pendingEvents"`
	EventsOff   bool         `json:"eventsDisabled,omitempty"`
	Scopes      string       `json:"scopes"`
	Events      string       `json:"subscriptions"`
	Users       []User       `json:"users"`
	Channel     Channel      `json:"channel"`
	Threads     []Thread     `json:"threads"`
	Budget      Budget       `json:"budget"`
	Limits      Limits       `json:"limits"`
	Faults      []Fault      `json:"faults"`
	Requests    int          `json:"requests"`
	Warnings    []Warning    `json:"warnings"`
}

func (s *Server) overview() overview {
	v := s.state()
	out := overview{
		Now: s.Now(), Seed: s.Seed(), Webhook: s.WebhookURL(), Hooks: v.Hooks(), Connections: v.Connections(), Pending: v.PendingEvents(),
		EventsOff: v.EventsDisabled(), Users: v.Users(), Channel: v.Channel(), Threads: v.Threads(), Limits: v.Limits(), Faults: s.Faults(),
		Requests: v.RequestCount(""), Warnings: v.Warnings(),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.world
	out.Token, out.AppToken, out.Secret, out.Gone, out.Budget = w.Token, w.AppToken, w.Secret, w.Gone, s.limits.budget
	out.Scopes, out.Events = names(w.Scopes), names(w.Events)
	return out
}

// controlRoutes are the inspection API and the operator robot. Each POST takes a JSON object.
func (s *Server) controlRoutes(mux *http.ServeMux) {
	get := func(path string, read func(*http.Request) any) {
		mux.HandleFunc("GET /_sim/"+path, func(w http.ResponseWriter, r *http.Request) { reply(w, read(r), nil) })
	}
	get("state", func(*http.Request) any { return s.overview() })
	get("threads", func(*http.Request) any { return s.Threads() })
	get("threads/{ts}/messages", func(r *http.Request) any { return s.state().Messages(r.PathValue("ts")) })
	get("messages", func(*http.Request) any { return s.state().Messages("") })
	get("messages/{ts}", func(r *http.Request) any { return s.Message(r.PathValue("ts")) })
	get("pinged", func(*http.Request) any { return s.state().Pinged() })
	get("requests", func(r *http.Request) any { return s.Requests(r.URL.Query().Get("method")) })
	get("deliveries", func(*http.Request) any { return s.Deliveries() })
	get("interactions", func(*http.Request) any { return s.state().Interactions() })
	get("views", func(*http.Request) any { return s.state().Views() })
	get("connections", func(*http.Request) any { return s.state().Connections() })
	get("files", func(*http.Request) any { return s.state().Files() })
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

// controlled decodes a POST's body for one action; an empty body is an empty object.
func controlled[In any](do func(*http.Request, In) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var in In
		if r.ContentLength != 0 {
			decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxControl))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&in); err != nil {
				return nil, err
			}
		}
		return do(r, in)
	}
}

// maxControl is what one POST to the control API may hold, files in base64 included.
const maxControl = 64 << 20

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

// serveStored shows a file to a person; it is not the app's download.
func (s *Server) serveStored(w http.ResponseWriter, r *http.Request) {
	f, data, ok := s.state().File(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if f.picture() {
		w.Header().Set("Content-Type", f.MIME)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox")
	_, _ = w.Write(data)
}

// picture says whether a browser may show the file; never what can hold a script.
func (f File) picture() bool {
	return f.MIME == "image/png" || f.MIME == "image/jpeg" || f.MIME == "image/gif" || f.MIME == "image/webp"
}
