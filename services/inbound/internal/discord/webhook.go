package discord

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

const (
	// WebhookPath is where Discord posts interactions, if the application has this as its Interactions Endpoint URL.
	WebhookPath = "/webhooks/discord"
	// maxInteraction bounds one: the largest real ones have a few dozen KiB.
	maxInteraction = 1 << 20
	// readTimeout bounds how long a body may take.
	readTimeout = 3 * time.Second
)

// Why a request was refused.
const (
	refusedUnset     = "key_unset"
	refusedUnsigned  = "signature_missing"
	refusedWrong     = "signature_wrong"
	refusedStale     = "signature_stale"
	refusedMalformed = "malformed"
	refusedTooLarge  = "too_large"
)

// NotConfigured is the webhook where there is no bot: 404.
func NotConfigured(w http.ResponseWriter, _ *http.Request) {
	httpserver.Error(w, http.StatusNotFound, "not_configured", "Discord is not configured here")
}

// Webhook answers what Discord posts: 200 with the answer that is shown, and 401 for whoever is not Discord, which Discord tries
// from time to time.
func (b *Bot) Webhook(w http.ResponseWriter, r *http.Request) {
	if b.verifier == nil {
		b.metrics.Refuse(refusedUnset)
		httpserver.Error(w, http.StatusServiceUnavailable, "public_key_missing", "DISCORD_PUBLIC_KEY is not set")
		return
	}
	body, ok := b.body(w, r)
	if !ok {
		return
	}
	if err := b.verifier.Verify(r.Header, body, time.Now()); err != nil {
		b.metrics.Refuse(refusal(err))
		httpserver.Error(w, http.StatusUnauthorized, "bad_signature", err.Error())
		return
	}
	i, err := api.DecodeInteraction(body)
	if err != nil {
		b.metrics.Refuse(refusedMalformed)
		httpserver.Error(w, http.StatusBadRequest, "malformed", "the body is not an interaction")
		return
	}
	b.posted(w, r, i)
}

// posted answers an interaction.
func (b *Bot) posted(w http.ResponseWriter, r *http.Request, i *api.Interaction) {
	switch i.Type {
	case api.InteractionPing:
		b.reply(w, api.Answer{Type: api.AnswerPong})
		return
	case api.InteractionCommand, api.InteractionComponent:
	default:
		b.reply(w, api.Whisper(sayElsewhere))
		return
	}
	// What was begun is finished even if Discord has hung up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), interacting)
	first, later := b.answerTo(ctx, i)
	b.reply(w, first)
	if later == nil {
		cancel()
		return
	}
	b.work.Go(func() {
		defer cancel()
		b.follow(ctx, i, later)
	})
}

func (b *Bot) reply(w http.ResponseWriter, a api.Answer) {
	body, err := a.JSON()
	if err != nil {
		b.log.Error("an answer cannot be written", zap.Error(err))
		httpserver.Error(w, http.StatusInternalServerError, "internal", "the answer cannot be written")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // whoever asked has gone
}

func refusal(err error) string {
	switch {
	case errors.Is(err, api.ErrUnsigned):
		return refusedUnsigned
	case errors.Is(err, api.ErrStale):
		return refusedStale
	}
	return refusedWrong
}

func (b *Bot) body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	// A writer without deadlines (in tests) is no reason to refuse.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxInteraction))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		b.metrics.Refuse(refusedTooLarge)
		httpserver.Error(w, http.StatusRequestEntityTooLarge, "too_large", "an interaction has at most 1 MiB")
		return nil, false
	}
	if err != nil {
		b.metrics.Refuse(refusedMalformed)
		httpserver.Error(w, http.StatusBadRequest, "malformed", "the body could not be read")
		return nil, false
	}
	return body, true
}
