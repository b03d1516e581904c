package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Headers of a posted interaction. https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint
const (
	headerSignature = "X-Signature-Ed25519"
	headerTimestamp = "X-Signature-Timestamp"
)

// signedWithin is how far a timestamp may be from our clock, either way. Discord names no window; without one whatever was
// signed once could be sent again for ever.
const signedWithin = 5 * time.Minute

// Why an interaction is not believed. Discord posts wrong signatures on purpose and wants 401 for them.
var (
	ErrUnsigned  = errors.New("the signature or its timestamp is missing")
	ErrSignature = errors.New("the signature is wrong")
	ErrStale     = errors.New("the signature is too old or from the future")
)

// Verifier tells interactions that Discord posted from those that somebody else did.
type Verifier struct{ key ed25519.PublicKey }

// NewVerifier takes the application's public key in hexadecimal digits.
func NewVerifier(publicKey string) (*Verifier, error) {
	key, err := hex.DecodeString(publicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("read public key: not 64 hexadecimal digits")
	}
	return &Verifier{key: key}, nil
}

// Verify checks a request's headers against its body, byte by byte as it came.
func (v *Verifier) Verify(h http.Header, body []byte, now time.Time) error {
	signatures, timestamps := h.Values(headerSignature), h.Values(headerTimestamp)
	if len(signatures) != 1 || len(timestamps) != 1 {
		return ErrUnsigned
	}
	signature, err := hex.DecodeString(signatures[0])
	if err != nil || len(signature) != ed25519.SignatureSize {
		return fmt.Errorf("%w: not 128 hexadecimal digits", ErrSignature)
	}
	signed := append([]byte(timestamps[0]), body...)
	if !ed25519.Verify(v.key, signed, signature) {
		return ErrSignature
	}
	at, err := strconv.ParseInt(timestamps[0], 10, 64)
	if err != nil {
		return ErrStale
	}
	if age := now.Sub(time.Unix(at, 0)); age > signedWithin || age < -signedWithin {
		return ErrStale
	}
	return nil
}
