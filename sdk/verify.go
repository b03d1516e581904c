package bellhop

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The headers of Standard Webhooks 1.0, https://www.standardwebhooks.com, and of PocketPing.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
	headerPocket    = "X-PocketPing-Signature"
)

// Why a webhook was not believed.
var (
	errUnsigned  = errors.New("bellhop: the webhook has no signature")
	errSignature = errors.New("bellhop: the webhook's signature is not one of ours")
	errTimestamp = errors.New("bellhop: the webhook's timestamp is too far off")
)

// secret is what webhooks are signed with: the text as it is set, and the key that it stands for.
type secret struct{ text, key []byte }

// minSecret is the shortest key that is accepted, in bytes; Standard Webhooks asks for 24, what people type is often shorter.
const minSecret = 8

func parseSecret(text string) (secret, error) {
	s := secret{[]byte(text), []byte(text)}
	if encoded, ok := strings.CutPrefix(text, "whsec_"); ok {
		key, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return s, errors.New("bellhop: a webhook secret begins with whsec_, and what follows is not base64")
		}
		s.key = key
	}
	if len(s.key) < minSecret {
		return s, errors.New("bellhop: a webhook secret is shorter than 8 bytes")
	}
	return s, nil
}

// maxSignatures bounds how many signatures of one webhook are looked at.
const maxSignatures = 16

// verifyStandard believes a webhook that any of the secrets has signed, and recently.
func verifyStandard(h http.Header, body []byte, secrets []secret, now time.Time, tolerance time.Duration) error {
	name, at, signatures := h.Get(headerID), h.Get(headerTimestamp), strings.Fields(h.Get(headerSignature))
	if name == "" || at == "" || len(signatures) == 0 {
		return errUnsigned
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return errTimestamp
	}
	signed := append([]byte(name+"."+at+"."), body...)
	for _, s := range secrets {
		want := digest(s.key, signed)
		for _, text := range signatures[:min(len(signatures), maxSignatures)] {
			encoded, ok := strings.CutPrefix(text, "v1,")
			if got, err := base64.StdEncoding.DecodeString(encoded); ok && err == nil && hmac.Equal(got, want) {
				return nil
			}
		}
	}
	return errSignature
}

// verifyPocket believes a webhook whose body any of the secrets has signed, whenever that was.
func verifyPocket(h http.Header, body []byte, secrets []secret) error {
	encoded, ok := strings.CutPrefix(h.Get(headerPocket), "sha256=")
	if !ok {
		return errUnsigned
	}
	got, err := hex.DecodeString(encoded)
	if err != nil {
		return errSignature
	}
	for _, s := range secrets {
		if hmac.Equal(got, digest(s.text, body)) {
			return nil
		}
	}
	return errSignature
}

// verifyBearer believes who knows one of the keys.
func verifyBearer(h http.Header, keys []string) error {
	token, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
	if !ok {
		return errUnsigned
	}
	got := sha256.Sum256([]byte(token)) // so that their lengths don't show
	for _, key := range keys {
		want := sha256.Sum256([]byte(key))
		if subtle.ConstantTimeCompare(got[:], want[:]) == 1 {
			return nil
		}
	}
	return errSignature
}

func digest(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(text)
	return h.Sum(nil)
}

// fingerprint stands for a body among the ids of webhooks.
func fingerprint(body []byte) string {
	sum := sha256.Sum256(bytes.TrimSpace(body))
	return "sha256:" + hex.EncodeToString(sum[:])
}
