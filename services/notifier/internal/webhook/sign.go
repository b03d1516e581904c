package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"
)

// The headers of Standard Webhooks 1.0, https://www.standardwebhooks.com, and of PocketPing.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
	headerEvent     = "X-PocketPing-Event"
	headerPocket    = "X-PocketPing-Signature"
)

// safeID is an event's id as a header can carry it: itself when it is plain, else a digest of it, the same every time.
func safeID(eventID string) string {
	for _, c := range []byte(eventID) {
		if c <= ' ' || c > '~' {
			sum := sha256.Sum256([]byte(eventID))
			return "evt_" + hex.EncodeToString(sum[:16])
		}
	}
	return eventID
}

// name says which event this is and when it is sent. Only these two tell a receiver a repetition from an answer played back.
func name(h http.Header, eventID string, at time.Time) {
	h.Set(headerID, safeID(eventID))
	h.Set(headerTimestamp, strconv.FormatInt(at.Unix(), 10))
}

// sign adds both signatures of a body to headers that are named already.
func sign(h http.Header, secret string, key, body []byte) {
	h.Set(headerPocket, "sha256="+hex.EncodeToString(digest([]byte(secret), body)))
	signed := append([]byte(h.Get(headerID)+"."+h.Get(headerTimestamp)+"."), body...)
	h.Set(headerSignature, "v1,"+base64.StdEncoding.EncodeToString(digest(key, signed)))
}

func digest(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(text)
	return h.Sum(nil)
}
