package slack

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const (
	// WebhookPath is where Slack posts events, presses and commands.
	WebhookPath = "/webhooks/slack"
	// maxBody bounds what is posted: the largest real events have a few hundred KiB.
	maxBody = 4 << 20
	// readTimeout bounds how long a body may take.
	readTimeout = 3 * time.Second
	// retryAfter is said with a refusal, in seconds; Slack has a schedule of its own.
	retryAfter = "5"
)

// NotConfigured is the webhook where there is no bot: 404.
func NotConfigured(w http.ResponseWriter, _ *http.Request) {
	httpserver.Error(w, http.StatusNotFound, "not_configured", "Slack is not configured here, or only to be sent to")
}

// Webhook answers 200 once everything that was posted is stored, or nothing of it ever will be. 503 asks Slack for it again; 401 is
// for whoever doesn't know the secret.
func (b *Bot) Webhook(w http.ResponseWriter, r *http.Request) {
	if b.cfg.SigningSecret == "" {
		b.metrics.Refuse(refusedUnset)
		httpserver.Error(w, http.StatusServiceUnavailable, "signing_secret_missing", "SLACK_SIGNING_SECRET is not set")
		return
	}
	body, ok := b.body(w, r)
	if !ok || !b.verified(w, r, body) {
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" {
		b.takeForm(w, r, body)
		return
	}
	b.takeEvent(w, r, body)
}

func (b *Bot) takeEvent(w http.ResponseWriter, r *http.Request, body []byte) {
	c, err := slack.DecodeCallback(body)
	if err != nil {
		b.malformed(w, err)
		return
	}
	switch c.Type {
	case slack.TypeVerification:
		httpserver.JSON(w, http.StatusOK, map[string]string{"challenge": c.Challenge})
		return
	case slack.TypeEvent:
		b.settle(w, b.receive(r.Context(), b.event(c)))
		return
	case slack.TypeRateLimited:
		b.log.Error("Slack withholds events: more came within an hour than it delivers")
	}
	b.metrics.Count(office.ResultIgnored)
	w.WriteHeader(http.StatusOK)
}

func (b *Bot) takeForm(w http.ResponseWriter, r *http.Request, body []byte) {
	interaction, command, err := slack.DecodeForm(body)
	switch {
	case err != nil:
		b.malformed(w, err)
	case command != nil:
		b.settle(w, b.receive(r.Context(), b.slash(command)))
	default:
		b.settle(w, b.receive(r.Context(), b.interaction(interaction)))
	}
}

// settle tells Slack whether to forget. An empty answer says nothing to whoever pressed a button.
func (b *Bot) settle(w http.ResponseWriter, err error) {
	if err == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	w.Header().Set("Retry-After", retryAfter)
	httpserver.Error(w, http.StatusServiceUnavailable, "unavailable", "it could not be stored, send it again")
}

// malformed is what Slack has signed and nobody can read.
func (b *Bot) malformed(w http.ResponseWriter, err error) {
	b.metrics.Refuse(refusedMalformed)
	b.log.Error("what Slack has sent cannot be read", zap.Error(err))
	httpserver.Error(w, http.StatusBadRequest, "malformed", "the body is neither an event nor an interaction")
}

func (b *Bot) verified(w http.ResponseWriter, r *http.Request, body []byte) bool {
	err := slack.Verify(b.cfg.SigningSecret, r.Header, body, time.Now())
	switch {
	case err == nil:
		return true
	case errors.Is(err, slack.ErrUnsigned):
		b.metrics.Refuse(refusedUnsigned)
	case errors.Is(err, slack.ErrStale):
		b.metrics.Refuse(refusedStale)
	default:
		b.metrics.Refuse(refusedWrong)
	}
	httpserver.Error(w, http.StatusUnauthorized, "bad_signature", err.Error())
	return false
}

func (b *Bot) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	// A writer without deadlines (in tests) is no reason to refuse.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		b.metrics.Refuse(refusedTooLarge)
		httpserver.Error(w, http.StatusRequestEntityTooLarge, "too_large", "at most 4 MiB are taken")
		return nil, false
	}
	if err != nil {
		b.metrics.Refuse(refusedMalformed)
		httpserver.Error(w, http.StatusBadRequest, "malformed", "the body could not be read")
		return nil, false
	}
	return body, true
}
