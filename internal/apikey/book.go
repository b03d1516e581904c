package apikey

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
)

// Where the notebook has the keys, and when each was used. These are apart: whoever notes a use can never write a revoked key anew.
const (
	keys = "apikey"
	uses = "apikeyuse"
)

// stored is a key's note.
type stored struct {
	Key
	Digest string `json:"sha256"`
}

// Create makes a key and answers what its holder must keep: it is told this once. Errors: ErrInvalid, those of bus.Notebook.
func Create(ctx context.Context, notes *bus.Notebook, name string, project id.Project, scopes []Scope, now time.Time) (Key, string, error) {
	if err := checkName(name); err != nil {
		return Key{}, "", err
	}
	if len(scopes) == 0 {
		return Key{}, "", fmt.Errorf("%w: no scope", ErrInvalid)
	}
	// A session's id is what this needs: digits that nobody can guess.
	random := func(n int) string { return string(id.NewSession())[len("ses_"):][secretLength-n:] }
	k := Key{ID: random(idLength), Name: name, Project: project, Scopes: scopes, CreatedAt: now.UTC().Truncate(time.Millisecond)}
	secret := token(k.ID, random(secretLength))
	note, err := json.Marshal(stored{k, digest(secret)})
	if err != nil {
		return Key{}, "", fmt.Errorf("encode key: %w", err)
	}
	if _, err := notes.Create(ctx, keys+"/"+k.ID, note); err != nil {
		return Key{}, "", fmt.Errorf("store key: %w", err)
	}
	return k, secret, nil
}

// Find answers the key that a token is. Errors: ErrUnknown, bus.ErrUnavailable.
func Find(ctx context.Context, notes *bus.Notebook, token string) (Key, error) {
	keyID, ok := split(token)
	if !ok {
		return Key{}, ErrUnknown
	}
	note, err := notes.Get(ctx, keys+"/"+keyID)
	if errors.Is(err, bus.ErrNoNote) {
		return Key{}, ErrUnknown
	}
	if err != nil {
		return Key{}, fmt.Errorf("look key up: %w", err)
	}
	var s stored
	if json.Unmarshal(note.Value, &s) != nil || s.ID != keyID || subtle.ConstantTimeCompare([]byte(s.Digest), []byte(digest(token))) != 1 {
		return Key{}, ErrUnknown
	}
	return s.Key, nil
}

// List answers all keys, the oldest first.
func List(ctx context.Context, notes *bus.Notebook) ([]Key, error) {
	all, err := notes.List(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	used, err := notes.List(ctx, uses)
	if err != nil {
		return nil, fmt.Errorf("list uses of keys: %w", err)
	}
	last := map[string]time.Time{}
	for _, note := range used {
		if at, err := time.Parse(time.RFC3339, string(note.Value)); err == nil {
			last[strings.TrimPrefix(note.Key, uses+"/")] = at
		}
	}
	var found []Key
	for _, note := range all {
		var s stored
		if err := json.Unmarshal(note.Value, &s); err != nil {
			return nil, fmt.Errorf("read note %s: %w", note.Key, err)
		}
		s.LastUsed = last[s.ID]
		found = append(found, s.Key)
	}
	slices.SortStableFunc(found, func(a, b Key) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return found, nil
}

// Revoke ends a key. Errors: ErrUnknown, those of bus.Notebook.
func Revoke(ctx context.Context, notes *bus.Notebook, keyID string) error {
	if len(keyID) != idLength || strings.Trim(keyID, alphabet) != "" {
		return ErrUnknown
	}
	switch _, err := notes.Get(ctx, keys+"/"+keyID); {
	case errors.Is(err, bus.ErrNoNote):
		return ErrUnknown
	case err != nil:
		return fmt.Errorf("look key up: %w", err)
	}
	if err := notes.Delete(ctx, keys+"/"+keyID, 0); err != nil {
		return fmt.Errorf("revoke key: %w", err)
	}
	if err := notes.Delete(ctx, uses+"/"+keyID, 0); err != nil {
		return fmt.Errorf("forget the key's use: %w", err)
	}
	return nil
}

// Used notes that a key was used. Of two that do so at once, one is enough.
func Used(ctx context.Context, notes *bus.Notebook, keyID string, at time.Time) error {
	name, value := uses+"/"+keyID, []byte(at.UTC().Format(time.RFC3339))
	if _, err := notes.Get(ctx, keys+"/"+keyID); err != nil {
		if errors.Is(err, bus.ErrNoNote) {
			return nil // revoked meanwhile
		}
		return fmt.Errorf("look key up: %w", err)
	}
	note, err := notes.Get(ctx, name)
	switch {
	case errors.Is(err, bus.ErrNoNote):
		_, err = notes.Create(ctx, name, value)
	case err == nil && string(note.Value) < string(value):
		_, err = notes.Update(ctx, name, value, note.Revision)
	}
	if err != nil && !errors.Is(err, bus.ErrNoteChanged) {
		return fmt.Errorf("note a key's use: %w", err)
	}
	return nil
}
