package apikey

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// ErrUnknown says that a key was never made, or was revoked.
var ErrUnknown = errors.New("unknown API key")

// ErrInvalid is wrapped by what is wrong with the description of a new key.
var ErrInvalid = errors.New("invalid API key description")

// Scope is what a key may do.
type Scope string

const (
	// Read looks: sessions, transcripts, statistics, the stream of events.
	Read Scope = "read"
	// Write acts: replies, events, operator status, and everything that a site's backend reports.
	Write Scope = "write"
)

// Key is one key, without its secret.
type Key struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Project is the only one that the key opens; empty for all.
	Project   id.Project `json:"project,omitempty"`
	Scopes    []Scope    `json:"scopes"`
	CreatedAt time.Time  `json:"createdAt"`
	// LastUsed is right to a minute; zero for never. It is not part of the key's own note.
	LastUsed time.Time `json:"-"`
}

// May tells whether the key has a scope.
func (k Key) May(s Scope) bool { return slices.Contains(k.Scopes, s) }

const (
	prefix   = "bhk_"
	idLength = 8
	// secretLength is 22 digits of base62, which hold the 128 bits of an id.Session.
	secretLength = 22
	// maxName is the longest name, in characters.
	maxName = 60
)

// token writes a key as its holder has it: "bhk_", its id, and the secret.
func token(keyID, secret string) string { return prefix + keyID + "_" + secret }

// split reads the id out of a token; false for what cannot be one of ours.
func split(token string) (keyID string, ok bool) {
	rest, ok := strings.CutPrefix(token, prefix)
	if !ok || len(rest) != idLength+1+secretLength || rest[idLength] != '_' || strings.Trim(rest[:idLength]+rest[idLength+1:], alphabet) != "" {
		return "", false
	}
	return rest[:idLength], true
}

// Looks tells whether a token has the shape of a key that Bellhop makes.
func Looks(token string) bool { _, ok := split(token); return ok }

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// digest is what is stored of a token. The secret has 128 random bits, so a slow hash would protect nothing.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Same compares a token with another one in a time that says nothing of either, not even the length.
func Same(token, other string) bool {
	a, b := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(other))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// ParseScopes reads "read", "write" or "read,write"; empty for both.
func ParseScopes(text string) ([]Scope, error) {
	if strings.TrimSpace(text) == "" {
		return []Scope{Read, Write}, nil
	}
	var scopes []Scope
	for word := range strings.SplitSeq(text, ",") {
		switch scope := Scope(strings.TrimSpace(word)); scope {
		case Read, Write:
			scopes = append(scopes, scope)
		default:
			return nil, fmt.Errorf("%w: scope %q is neither read nor write", ErrInvalid, word)
		}
	}
	slices.Sort(scopes)
	return slices.Compact(scopes), nil
}

func checkName(name string) error {
	unprintable := strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	if n := utf8.RuneCountInString(name); n == 0 || n > maxName || strings.TrimSpace(name) != name || unprintable {
		return fmt.Errorf("%w: a name has 1 to %d printable characters", ErrInvalid, maxName)
	}
	return nil
}
