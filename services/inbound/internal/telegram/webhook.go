package telegram

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

const (
	// WebhookPath is where Telegram posts updates.
	WebhookPath = "/webhooks/telegram"
	// secretHeader carries what setWebhook was given. https://core.telegram.org/bots/api#setwebhook
	secretHeader = "X-Telegram-Bot-Api-Secret-Token"
	// maxUpdate bounds an update: the largest real ones have a few dozen KiB.
	maxUpdate = 1 << 20
	// readTimeout bounds how long a body may take.
	readTimeout = 10 * time.Second
	// retryAfter is when Telegram shall post again what could not be stored, in seconds.
	retryAfter = "5"
)

// NotConfigured is the webhook where there is no bot: 404.
func NotConfigured(w http.ResponseWriter, _ *http.Request) {
	httpserver.Error(w, http.StatusNotFound, "not_configured", "Telegram is not configured here")
}

// Webhook answers 200 {"ok":true} once everything that an update says is stored, or nothing of it ever will be. 503 asks
// Telegram for it again; 401 is for whoever doesn't know the secret.
func (b *Bot) Webhook(w http.ResponseWriter, r *http.Request) {
	if !b.verified(w, r) {
		return
	}
	body, ok := b.body(w, r)
	if !ok {
		return
	}
	update, err := telegram.DecodeUpdate(body)
	switch {
	case err != nil && readID(body) <= 0:
		b.metrics.Refuse(refusedMalformed)
		httpserver.Error(w, http.StatusBadRequest, "malformed", "the body is not an update: JSON with an update_id")
		return
	case err != nil:
		b.poison(err)
	default:
		err = b.handle(r.Context(), update)
		if err != nil {
			w.Header().Set("Retry-After", retryAfter)
			httpserver.Error(w, http.StatusServiceUnavailable, "unavailable", "the update could not be stored, send it again")
			return
		}
	}
	httpserver.JSON(w, http.StatusOK, map[string]bool{"ok": true})
}

// verified compares digests, which have one length, in constant time.
func (b *Bot) verified(w http.ResponseWriter, r *http.Request) bool {
	if b.cfg.WebhookSecret == "" {
		b.metrics.Refuse(refusedUnset)
		httpserver.Error(w, http.StatusServiceUnavailable, "webhook_secret_missing", "TELEGRAM_WEBHOOK_SECRET is not set")
		return false
	}
	given := r.Header.Values(secretHeader)
	if len(given) != 1 {
		b.metrics.Refuse(refusedMissing)
		httpserver.Error(w, http.StatusUnauthorized, "bad_secret", "the secret is missing")
		return false
	}
	got, want := sha256.Sum256([]byte(given[0])), sha256.Sum256([]byte(b.cfg.WebhookSecret))
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		b.metrics.Refuse(refusedWrong)
		httpserver.Error(w, http.StatusUnauthorized, "bad_secret", "the secret is wrong")
		return false
	}
	return true
}

func (b *Bot) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	// A writer without deadlines (in tests) is no reason to refuse.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		b.metrics.Refuse(refusedTooLarge)
		httpserver.Error(w, http.StatusRequestEntityTooLarge, "too_large", "an update has at most 1 MiB")
		return nil, false
	}
	if err != nil {
		b.metrics.Refuse(refusedMalformed)
		httpserver.Error(w, http.StatusBadRequest, "malformed", "the body could not be read")
		return nil, false
	}
	return body, true
}

// readID is the id of an update in a form that nobody knows, which would come again for a day if it were refused; 0 for what is no update.
func readID(body []byte) int64 {
	var u struct {
		ID int64 `json:"update_id"`
	}
	if json.Unmarshal(body, &u) != nil {
		return 0
	}
	return u.ID
}

func (b *Bot) poison(err error) {
	b.metrics.Count(office.ResultPoison)
	b.log.Error("update cannot be read and is skipped", zap.Error(err))
}
