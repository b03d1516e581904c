package bellhop

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// WebhookOptions are how webhooks are received. At least one of Secrets and BearerKeys is needed.
type WebhookOptions struct {
	// Secrets are what EVENTS_WEBHOOK_SECRET is, or was: any of them is believed, so that it can be changed without losing anything.
	// Empty ones don't count.
	Secrets []string
	// BearerKeys are what API_KEY is, or was: BACKEND_WEBHOOK_URL is told it as a bearer token. What a webhook over plain HTTP tells, others
	// can read; use HTTPS.
	BearerKeys []string
	// PocketPing believes X-PocketPing-Signature too when there is no webhook-signature. It has no timestamp: what somebody has recorded can be
	// played back once its body is not remembered any more.
	PocketPing bool
	// Tolerance is how far off webhook-timestamp may be; 5 minutes.
	Tolerance time.Duration
	// MaxBody is the largest body that is read, in bytes; 1 MiB.
	MaxBody int64
	// Remember is how many webhook ids are kept so that what comes again is not handled again; 10,000. With several processes, or
	// across restarts, keep Event.ID where they share it.
	Remember int
	// Logger is told what was refused and why; nobody is unless given.
	Logger *slog.Logger
}

func (o WebhookOptions) withDefaults() WebhookOptions {
	if o.Tolerance == 0 {
		o.Tolerance = 5 * time.Minute
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	if o.Remember <= 0 {
		o.Remember = 10_000
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// WebhookHandler receives what Bellhop sends to EVENTS_WEBHOOK_URL or BACKEND_WEBHOOK_URL, and calls handlers. Mount it where no middleware
// has read the body before: the signature is of the bytes as they came.
//
// It answers 200 after every handler has returned nil; 401 to what it does not believe; 413 to what is too large; 400 to what is no event; 500
// when a handler failed, and 503 while the same event is being handled. Bellhop sends again what was not answered 2xx, over three days,
// and meanwhile nothing else of that session; then all its handlers are called again. It waits 10 seconds for an answer: do long work
// after it.
type WebhookHandler struct {
	handlers *Handlers
	opts     WebhookOptions
	secrets  []secret
	seen     *seen
	now      func() time.Time
}

// NewWebhookHandler makes one that calls the handlers of h, which may be a client's.
func NewWebhookHandler(h *Handlers, o WebhookOptions) (*WebhookHandler, error) {
	if h == nil {
		return nil, errors.New("bellhop: a webhook handler needs handlers")
	}
	given := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return text == "" })
	}
	o.Secrets, o.BearerKeys = given(o.Secrets), given(o.BearerKeys)
	if len(o.Secrets)+len(o.BearerKeys) == 0 {
		return nil, errors.New("bellhop: a webhook handler needs a secret or a bearer key")
	}
	w := &WebhookHandler{handlers: h, opts: o.withDefaults(), now: time.Now}
	for _, text := range o.Secrets {
		s, err := parseSecret(text)
		if err != nil {
			return nil, err
		}
		w.secrets = append(w.secrets, s)
	}
	for _, key := range o.BearerKeys {
		if len(key) < minSecret {
			return nil, errors.New("bellhop: a bearer key is shorter than 8 bytes")
		}
	}
	w.seen = newSeen(w.opts.Remember)
	return w, nil
}

// ServeHTTP takes one webhook.
func (h *WebhookHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		answer(w, http.StatusMethodNotAllowed, "webhooks are POSTed")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.opts.MaxBody))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			answer(w, http.StatusRequestEntityTooLarge, "the body is too large")
			return
		}
		answer(w, http.StatusBadRequest, "the body cannot be read")
		return
	}
	ids, err := h.verify(r.Header, body)
	if err != nil {
		h.opts.Logger.Warn("bellhop: a webhook was refused", "reason", err)
		answer(w, http.StatusUnauthorized, "this is not signed as it should be")
		return
	}
	e, err := parse(body)
	if err != nil {
		h.opts.Logger.Error("bellhop: a webhook cannot be read", "reason", err)
		answer(w, http.StatusBadRequest, "this is not an event")
		return
	}
	e.ID = r.Header.Get(headerID)
	h.take(w, r, e, ids)
}

// verify answers what names the webhook among those that are remembered.
func (h *WebhookHandler) verify(header http.Header, body []byte) (ids []string, err error) {
	if id := header.Get(headerID); id != "" {
		ids = []string{id}
	}
	if len(h.opts.BearerKeys) > 0 && header.Get("Authorization") != "" {
		if verifyBearer(header, h.opts.BearerKeys) == nil {
			return ids, nil
		}
	}
	if h.opts.PocketPing && header.Get(headerSignature) == "" {
		// The id is not signed: whoever plays a body back could choose another.
		return append(ids, fingerprint(body)), verifyPocket(header, body, h.secrets)
	}
	return ids, verifyStandard(header, body, h.secrets, h.now(), h.opts.Tolerance)
}

// take calls the handlers, unless the event was handled before.
func (h *WebhookHandler) take(w http.ResponseWriter, r *http.Request, e *Event, ids []string) {
	known, busy := h.seen.begin(ids)
	switch {
	case known:
		answer(w, http.StatusOK, "")
		return
	case busy:
		w.Header().Set("Retry-After", "5")
		answer(w, http.StatusServiceUnavailable, "this is being handled")
		return
	}
	handled := false
	defer func() { h.seen.end(ids, handled) }() // also when a handler panics
	if err := h.call(r.Context(), e); err != nil {
		h.opts.Logger.Warn("bellhop: a handler of a webhook failed", "type", e.Type, "id", e.ID, "reason", err)
		answer(w, http.StatusInternalServerError, "this could not be handled")
		return
	}
	handled = true
	answer(w, http.StatusOK, "")
}

func (h *WebhookHandler) call(ctx context.Context, e *Event) error {
	for _, do := range h.handlers.steps(e) {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// answer writes JSON: {"ok":true}, or what is wrong.
func answer(w http.ResponseWriter, status int, wrong string) {
	body := []byte(`{"ok":true}`)
	if wrong != "" {
		body, _ = json.Marshal(map[string]string{"error": wrong}) // strings always marshal
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever does not read it sends again
}
