package discord

import (
	"context"
	"errors"
	"slices"

	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// Stands is nothing: a thread is deleted with all its messages.
func (b *Bot) Stands(context.Context, deliver.Place, []string) ([]string, int, error) {
	return nil, 0, nil
}

// Remove deletes a thread. In a text channel its first message stands outside of it, and goes too.
func (b *Bot) Remove(ctx context.Context, at deliver.Place) error {
	if err := b.gate.pass(ctx); err != nil {
		return err
	}
	err := lenient(b.client.DeleteChannel(ctx, at.Thread, "a conversation was erased"))
	failed, _ := errors.AsType[*deliver.Failure](err)
	if failed != nil && failed.Kind != deliver.ThreadGone {
		return err
	}
	home, homeErr := b.home.get(ctx)
	if homeErr != nil {
		return homeless(homeErr)
	}
	if home.Type.IsForum() {
		return err
	}
	return lenient(b.client.DeleteMessage(ctx, at.Chat, at.Thread))
}

// errNoThreads says why a webhook leaves a thread behind.
var errNoThreads = errors.New("discord: a webhook can delete what it has posted, and no thread")

// Stands are the messages that are known: a webhook sees no other.
func (h *Webhook) Stands(_ context.Context, _ deliver.Place, known []string) ([]string, int, error) {
	return slices.Clone(known), 0, nil
}

// Remove can't be done by a webhook.
func (h *Webhook) Remove(context.Context, deliver.Place) error {
	return &deliver.Failure{Kind: deliver.Refused, Err: errNoThreads}
}
