package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// maxToken is the longest token, in bytes: it travels with every page view.
	maxToken = 8 << 10
	// alphabet is what a token is written in. A decoder of base64 skips line breaks.
	alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
	// maxInstant is the last second of the year 9999. Beyond are only mistakes: milliseconds, for one.
	maxInstant = 253402300799
)

func (v *Verifier) token(id, token string) error {
	if len(token) > maxToken || strings.Trim(token, alphabet) != "" {
		return ErrMalformed
	}
	claims := jwt.MapClaims{}
	parsed, err := v.parser.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return v.keys, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return ErrMalformed
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenUnverifiable):
		return ErrWrong
	}
	// From here on the site has signed it.
	switch {
	case !plain(token) || !instants(claims) || parsed.Header["crit"] != nil:
		return ErrMalformed
	case errors.Is(err, jwt.ErrTokenExpired):
		return ErrExpired
	case errors.Is(err, jwt.ErrTokenNotValidYet), errors.Is(err, jwt.ErrTokenUsedBeforeIssued):
		return ErrEarly
	case err != nil:
		return ErrMalformed
	}
	if sub, isText := claims["sub"].(string); !isText || sub == "" {
		return ErrMalformed
	} else if sub != id {
		return ErrOther
	}
	return nil
}

// instants tells whether every time of a token is one, in seconds; one that is 0 would count as absent.
func instants(claims jwt.MapClaims) bool {
	for _, name := range []string{"exp", "nbf", "iat"} {
		if value, given := claims[name]; given {
			if n, ok := value.(float64); !ok || n < 1 || n > maxInstant {
				return false
			}
		}
	}
	return true
}

// plain tells whether header and claims are objects in which no key stands twice: of two values readers choose differently.
func plain(token string) bool {
	parts := strings.Split(token, ".")
	for _, part := range parts[:2] {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || !unique(raw) {
			return false
		}
	}
	return true
}

func unique(object []byte) bool {
	d := json.NewDecoder(bytes.NewReader(object))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	known := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		name, _ := key.(string)
		if err != nil || known[name] {
			return false
		}
		known[name] = true
		if d.Decode(new(json.RawMessage)) != nil {
			return false
		}
	}
	return true
}
