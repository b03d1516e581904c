package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"
)

// Headers of https://docs.slack.dev/authentication/verifying-requests-from-slack.
const (
	signatureHeader = "X-Slack-Signature"
	timestampHeader = "X-Slack-Request-Timestamp"
)

// Sign returns the two headers of a request: v0=<hex HMAC-SHA256 of "v0:<timestamp>:<body>">, and the timestamp.
func Sign(secret string, at time.Time, body []byte) (signature, timestamp string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil)), timestamp
}

// Forgery is a way in which a request is not what it pretends to be.
type Forgery string

// The forgeries that Forge and DeliveryFault.Forge know. A receiver must refuse all of them but the last two: a replay inside of
// five minutes is genuine and must only have no effect, and header names have no case.
const (
	ForgeMissing  Forgery = "missing"  // no signature
	ForgeWrong    Forgery = "wrong"    // signed with another secret
	ForgeStale    Forgery = "stale"    // signed rightly, ten minutes ago
	ForgeAltered  Forgery = "altered"  // one byte of the body was changed
	ForgeReplayed Forgery = "replayed" // the latest genuine request once more, byte for byte
	ForgeCase     Forgery = "case"     // genuine, header names in lower case
)

// mustRefuse says whether a 2xx to it is a fault of the receiver.
func (f Forgery) mustRefuse() bool {
	return f == ForgeMissing || f == ForgeWrong || f == ForgeStale || f == ForgeAltered
}

// staleBy is beyond the five minutes that receivers allow.
const staleBy = 10 * time.Minute

// sign puts the headers on a request and returns the body to send with them.
func sign(h http.Header, secret string, at time.Time, body []byte, forgery Forgery) []byte {
	switch forgery {
	case ForgeMissing:
		h.Set(timestampHeader, strconv.FormatInt(at.Unix(), 10))
		return body
	case ForgeWrong:
		secret = "forged-" + secret
	case ForgeStale:
		at = at.Add(-staleBy)
	}
	signature, timestamp := Sign(secret, at, body)
	if forgery == ForgeCase {
		h["x-slack-signature"], h["x-slack-request-timestamp"] = []string{signature}, []string{timestamp}
		return body
	}
	h.Set(signatureHeader, signature)
	h.Set(timestampHeader, timestamp)
	if forgery == ForgeAltered {
		return altered(body)
	}
	return body
}

// altered changes the last letter or digit, so that a JSON or a form stays one.
func altered(body []byte) []byte {
	out := append([]byte(nil), body...)
	for i := len(out) - 1; i >= 0; i-- {
		switch c := out[i]; {
		case c >= '0' && c <= '8', c >= 'A' && c <= 'Y', c >= 'a' && c <= 'y':
			out[i]++
			return out
		}
	}
	return append(out, ' ')
}
