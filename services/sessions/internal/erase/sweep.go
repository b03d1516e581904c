package erase

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// scrubPatience is how long after an erasure the store's disk may refuse to be written anew before that is reported.
const scrubPatience = 40 * time.Second

// sweep removes everything that Bellhop holds of sessions, and reports those for which that was the last time.
func (e *Eraser) sweep(ctx context.Context, due []tomb) error {
	begun := time.Now()
	all := map[store.Key]bool{}
	for _, t := range due {
		all[t.key] = true
		n, err := e.Bus.Erase(ctx, t.key.Project, t.key.Session, t.keeps)
		if e.found[t.key] += n; err != nil {
			return fmt.Errorf("erase from the stream: %w", err)
		}
		if _, err := e.Bus.EraseHooks(ctx, t.key.Project, t.key.Session); err != nil {
			return fmt.Errorf("erase what webhooks are told: %w", err)
		}
		if err := e.files.Delete(ctx, t.erasure().GetFiles()...); err != nil {
			return fmt.Errorf("erase files: %w", err)
		}
		if err := e.Store.Sweep(ctx, t.key); err != nil {
			return fmt.Errorf("erase from the store: %w", err)
		}
	}
	of := func(p id.Project, s id.Session) bool { return all[store.Key{Project: p, Session: s}] }
	if _, err := e.Bus.EraseLetters(ctx, of); err != nil {
		return fmt.Errorf("erase dead letters: %w", err)
	}
	if _, err := e.files.Erase(ctx, of); err != nil {
		return fmt.Errorf("erase files: %w", err)
	}
	scrubbed := e.Store.Scrub(ctx)
	if scrubbed != nil {
		e.Log.Warn("the store's disk is not scrubbed", zap.Error(scrubbed))
	}
	return e.conclude(ctx, due, begun, scrubbed)
}

// conclude reports what was swept for the last time, and says when the rest is.
func (e *Eraser) conclude(ctx context.Context, due []tomb, begun time.Time, scrubbed error) error {
	for _, t := range due {
		switch late := begun.After(t.settled()); {
		case !late:
			e.next[t.key] = t.settled()
			continue
		case scrubbed != nil && begun.Before(t.settled().Add(scrubPatience-settle)):
			continue // it is tried again in the next round
		}
		report := t.report(dataPart, done, e.found[t.key], 0, "")
		if scrubbed != nil {
			report = t.report(dataPart, refused, e.found[t.key], 1,
				"the store's files could not be written anew and may hold what was removed: "+scrubbed.Error())
		}
		if err := e.publish(ctx, t.key, report); err != nil {
			return fmt.Errorf("report an erasure: %w", err)
		}
		delete(e.next, t.key)
		delete(e.found, t.key)
		e.Log.Info("session erased", zap.String("session", t.key.Session.Short()), zap.Strings("waits_for", t.platforms()))
	}
	return nil
}

// publish stores a fact and waits until it is applied: or it would be published again.
func (e *Eraser) publish(ctx context.Context, key store.Key, fact bus.Event) error {
	seq, err := e.Bus.Publish(ctx, fact)
	if err != nil {
		return err
	}
	return e.Projector.Wait(ctx, key.Session.Part(), seq)
}
