package widget

import (
	"context"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/absence"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/appearance"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/proof"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/screenshot"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/stream"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

// Limits are the buckets of the widget's routes; a nil one lets everything pass.
type Limits struct {
	// Address counts every call of one client address but its connects, which Connect counts; Session what one session says,
	// Typing how often it says that it types. Uploads is how many files one client address sends, Volume how many bytes.
	Address, Connect, Session, Typing, Uploads, Volume *filter.Limiter
}

// Options are what the routes work with.
type Options struct {
	Intake *intake.Intake
	Stream http.Handler
	// Missed answers what a client that resumes was not told; Place is how far the bus was heard.
	Missed  func(context.Context, session.Key, bus.Mark) (stream.Missed, error)
	Place   *bus.Place
	Origins filter.Origins
	Proxies filter.Proxies
	Limits  Limits
	// Guard keeps out who is not wanted; nil for nobody.
	Guard *filter.Guard
	// Heuristics tells whether visitors that look like programs are marked now; nil for never.
	Heuristics func() bool
	// Files keeps what visitors upload, within FileLimits; Links shows it.
	Files      *file.Store
	FileLimits file.Limits
	Links      *transfer.Links
	// Absence notices who leaves.
	Absence *absence.Watch
	// Screenshots are the requests for pictures of pages; nil when the site takes none.
	Screenshots *screenshot.Requests
	// Appearance is what the site's owner says of the widget; Tracked which elements of the page are events, nil for none.
	Appearance appearance.Config
	Tracked    *appearance.Tracked
	// WelcomeMessage is shown while a conversation is empty; optional.
	WelcomeMessage string
	// Proofs checks who says to be somebody; nil where that is merely believed.
	Proofs *proof.Verifier
	// BeginOnConnect makes a conversation of a page that is opened, without a word.
	BeginOnConnect bool
	Log            *zap.Logger
}

// Handler serves the routes below a prefix.
func Handler(prefix string, o Options) http.Handler {
	h := &handler{o}
	mux := http.NewServeMux()
	routes := map[string]http.HandlerFunc{
		"POST /connect":            h.connect,
		"POST /message":            h.message,
		"GET /messages":            h.messages,
		"PATCH /message/{id}":      h.edit,
		"DELETE /message/{id}":     h.delete,
		"POST /edit":               h.editAlias,
		"POST /delete":             h.deleteAlias,
		"POST /typing":             h.typing,
		"POST /read":               h.read,
		"GET /presence":            h.presence,
		"POST /disconnect":         h.disconnect,
		"POST /visibility":         h.visibility,
		"GET /stream":              o.Stream.ServeHTTP,
		"GET /missed":              h.missed,
		"POST /identify":           h.identify,
		"POST /prechat":            h.prechat,
		"POST /csat":               h.csat,
		"POST /upload":             h.upload,
		"POST /upload-request":     h.upload,
		"POST /upload/complete":    h.uploadComplete,
		"POST /upload-complete":    h.uploadCompleteAlias,
		"POST /upload-failed":      h.uploadFailed,
		"GET /screenshot/requests": h.screenshotRequests,
		"POST /screenshot/upload":  h.screenshotUpload,

		"POST /screenshot/upload/complete": h.screenshotComplete,
	}
	bare := http.NewServeMux()
	for pattern, route := range routes {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+prefix+path, route)
		bare.HandleFunc(method+" "+prefix+path, route)
	}
	mux.HandleFunc("/", unmatched(bare))
	limited := filter.Limited(o.Proxies, h.limiter(prefix+"/connect"), versioned(o.Appearance, prefix+"/connect", mux))
	return o.Origins.CORS(o.Guard.Handler(limited))
}

type handler struct{ Options }

// limiter is the bucket of a call. Connects have one of their own: a widget never repeats a refused one, and its chat would
// stay dead, whatever the page's other calls have been.
func (h *handler) limiter(connect string) func(*http.Request) *filter.Limiter {
	return func(r *http.Request) *filter.Limiter {
		if r.URL.Path == connect {
			return h.Limits.Connect
		}
		return h.Limits.Address
	}
}

// unmatched answers what no route takes, in JSON: 405 when another method would do, else 404.
func unmatched(routes *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
			probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
			if _, pattern := routes.Handler(probe); pattern != "" {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) > 0 {
			methods := strings.Join(allowed, ", ")
			w.Header().Set("Allow", methods)
			httpserver.Error(w, http.StatusMethodNotAllowed, "method_not_allowed", "this route wants "+methods)
			return
		}
		httpserver.Error(w, http.StatusNotFound, "not_found", "there is no such route")
	}
}

// visitor finds the session of somebody who must be its visitor, and may say something.
func (h *handler) visitor(r *http.Request, sessionID, sender string) (*session.Entry, *intake.Refusal) {
	if sender != "" && sender != "visitor" {
		return nil, intake.Invalid("invalid_sender", "sender must be visitor: this route takes what visitors say")
	}
	return h.Intake.Speaker(r.Context(), sessionID)
}

// speak finds the session of somebody who is about to say something, and counts it against the session.
func (h *handler) speak(w http.ResponseWriter, r *http.Request, sessionID, sender string) (*session.Entry, bool) {
	entry, refusal := h.visitor(r, sessionID, sender)
	if refusal != nil {
		refusal.Write(w)
		return nil, false
	}
	if wait := h.Limits.Session.Wait(string(entry.Session)); wait > 0 {
		filter.TooMany(w, wait)
		return nil, false
	}
	return entry, true
}

// ok is the answer of routes that have nothing to tell.
var ok = struct {
	OK bool `json:"ok"`
}{true}
