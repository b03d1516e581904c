package discord

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// maxLogged is how much of a body or an answer the log keeps.
const maxLogged = 16 << 10

// Request is one call that the simulator received.
type Request struct {
	Seq         int64             `json:"seq"`
	At          time.Time         `json:"at"`     // the simulator's time
	Method      string            `json:"method"` // as routes.go names it: createMessage, editChannel, …
	HTTPMethod  string            `json:"httpMethod"`
	Path        string            `json:"path"` // without secrets
	ContentType string            `json:"contentType,omitempty"`
	Reason      string            `json:"reason,omitempty"` // of X-Audit-Log-Reason
	Params      map[string]string `json:"params,omitempty"` // of the path
	Files       []string          `json:"files,omitempty"`  // "<part>: <file name> (<bytes>)"
	Body        string            `json:"body,omitempty"`   // the first 16 KiB of the JSON
	Status      int               `json:"status"`           // 0: the connection was reset, or there is no answer yet
	Answer      string            `json:"answer,omitempty"`
	Latency     time.Duration     `json:"latencyNs"`
	Faults      []int             `json:"faults,omitempty"` // ids of the injected faults that touched it
	Warnings    []string          `json:"warnings,omitempty"`
	Denied      bool              `json:"denied,omitempty"`    // refused for its rate
	Violation   bool              `json:"violation,omitempty"` // sent inside a retry-after that had been answered
}

// Param is one argument of the path, as "channel" or "message".
func (r Request) Param(name string) string { return r.Params[name] }

// JSON decodes the body; a body that is no JSON object gives an empty map.
func (r Request) JSON() map[string]any {
	out := map[string]any{}
	_ = json.Unmarshal([]byte(r.Body), &out) // no body, or a clipped one
	return out
}

// requestLog remembers the newest requests and counts all of them. Server.mu guards it.
type requestLog struct {
	limit  int
	seq    int64
	kept   []*Request
	counts map[string]int
}

func newRequestLog(limit int) *requestLog {
	return &requestLog{limit: limit, counts: map[string]int{}}
}

func (l *requestLog) add(r *Request) {
	l.seq++
	r.Seq = l.seq
	l.counts[strings.ToLower(r.Method)]++
	l.kept = append(l.kept, r)
	if len(l.kept) >= 2*l.limit { // shifted rarely, so that adding stays cheap
		l.kept = slices.Clone(l.kept[len(l.kept)-l.limit:])
	}
}

func (l *requestLog) list(method string) []Request {
	from := max(0, len(l.kept)-l.limit)
	out := make([]Request, 0, 16)
	for _, r := range l.kept[from:] {
		if method == "" || strings.EqualFold(r.Method, method) {
			out = append(out, *r)
		}
	}
	return out
}

func (l *requestLog) count(method string) int {
	if method != "" {
		return l.counts[strings.ToLower(method)]
	}
	return int(l.seq)
}

// Warning is something that the real server lets pass and a careful client would not do.
type Warning struct {
	Method string `json:"method"`
	Text   string `json:"text"`
}

type warnings struct {
	seen  map[Warning]int
	order []Warning
}

func (w *warnings) add(method string, texts ...string) {
	for _, text := range texts {
		key := Warning{Method: method, Text: text}
		if w.seen[key]++; w.seen[key] == 1 && len(w.order) < 1000 {
			w.order = append(w.order, key)
		}
	}
}
