package slack

import (
	"slices"
	"time"
)

// maxLogged is how much of a body or an answer the log keeps.
const maxLogged = 16 << 10

// Request is one call that the simulator received. Tokens are not kept.
type Request struct {
	Seq         int64             `json:"seq"`
	At          time.Time         `json:"at"`     // the simulator's time
	Method      string            `json:"method"` // of the Web API, or upload, download, webhook, respond, socket
	HTTPMethod  string            `json:"httpMethod"`
	ContentType string            `json:"contentType,omitempty"`
	Bearer      bool              `json:"bearer,omitempty"` // the token came in the header
	Params      map[string]string `json:"params,omitempty"` // without the token
	Status      int               `json:"status"`           // 0: the connection was reset, or there is no answer yet
	Error       string            `json:"error,omitempty"`  // of the answer
	Answer      string            `json:"answer,omitempty"` // the first 16 KiB
	Latency     time.Duration     `json:"latencyNs"`
	Faults      []int             `json:"faults,omitempty"` // ids of the injected faults that touched it
	Warnings    []string          `json:"warnings,omitempty"`
	Denied      bool              `json:"denied,omitempty"`    // refused for its rate
	Violation   bool              `json:"violation,omitempty"` // sent inside a Retry-After that had been answered
}

// Param is one argument as text; nested objects are JSON.
func (r Request) Param(name string) string { return r.Params[name] }

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
	l.counts[r.Method]++
	l.kept = append(l.kept, r)
	if len(l.kept) >= 2*l.limit { // shifted rarely, so that adding stays cheap
		l.kept = slices.Clone(l.kept[len(l.kept)-l.limit:])
	}
}

func (l *requestLog) list(method string) []Request {
	from := max(0, len(l.kept)-l.limit)
	out := make([]Request, 0, 16)
	for _, r := range l.kept[from:] {
		if method == "" || r.Method == method {
			out = append(out, *r)
		}
	}
	return out
}

func (l *requestLog) count(method string) int {
	if method != "" {
		return l.counts[method]
	}
	return int(l.seq)
}

// Warning is something that Slack lets pass and a careful client would not do.
type Warning struct {
	Method string `json:"method"`
	Text   string `json:"text"`
}

type warnings struct {
	seen  map[Warning]bool
	order []Warning
}

func newWarnings() warnings { return warnings{seen: map[Warning]bool{}} }

func (w *warnings) add(method string, texts []string) {
	for _, text := range texts {
		key := Warning{Method: method, Text: text}
		if !w.seen[key] && len(w.order) < 1000 {
			w.seen[key] = true
			w.order = append(w.order, key)
		}
	}
}

func clip(s string) string {
	if len(s) > maxLogged {
		return s[:maxLogged]
	}
	return s
}
