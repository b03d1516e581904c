package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// signatureHeader and timestampHeader are on everything that Slack posts. https://docs.slack.dev/authentication/verifying-requests-from-slack
	signatureHeader = "X-Slack-Signature"
	timestampHeader = "X-Slack-Request-Timestamp"
	// signatureVersion is the only one there is.
	signatureVersion = "v0="
	// SignatureWindow is how old a request may be, and how far ahead its clock: what is older may be somebody's recording.
	SignatureWindow = 5 * time.Minute
)

// Why a request is not Slack's, or not to be trusted any more.
var (
	ErrUnsigned     = errors.New("the signature is missing")
	ErrStale        = errors.New("the request is too old, or the clocks differ")
	ErrBadSignature = errors.New("the signature is wrong")
)

// Verify tells whether Slack has signed a request: its headers, and its body as it arrived. now is the present. A nil error
// says so; the secret must not be empty. The signature is compared in constant time. Whether it comes a second time is for
// the caller to notice.
func Verify(secret string, header http.Header, body []byte, now time.Time) error {
	signature, timestamp := header.Values(signatureHeader), header.Values(timestampHeader)
	if secret == "" || len(signature) != 1 || len(timestamp) != 1 || signature[0] == "" || timestamp[0] == "" {
		return ErrUnsigned
	}
	signedAt, err := strconv.ParseInt(timestamp[0], 10, 64)
	if err != nil || strconv.FormatInt(signedAt, 10) != timestamp[0] {
		return ErrBadSignature
	}
	// As numbers: a time.Duration can't hold what a hostile timestamp is away.
	window := int64(SignatureWindow / time.Second)
	if signedAt < now.Unix()-window || signedAt > now.Unix()+window {
		return ErrStale
	}
	given, ok := strings.CutPrefix(signature[0], signatureVersion)
	mac, err := hex.DecodeString(given)
	if !ok || err != nil || len(mac) != sha256.Size {
		return ErrBadSignature
	}
	if !hmac.Equal(mac, sign(secret, timestamp[0], body)) {
		return ErrBadSignature
	}
	return nil
}

func sign(secret, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return mac.Sum(nil)
}
