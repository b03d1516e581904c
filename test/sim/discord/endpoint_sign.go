package discord

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"time"
)

// sign builds the body and the headers of a request to the endpoint: Ed25519 over the timestamp and the raw body.
func (s *Server) sign(payload []byte, forge string) ([]byte, http.Header) {
	now := s.clock.Now()
	if forge == ForgeStale {
		now = now.Add(-time.Hour)
	}
	stamp := itoa(now.Unix())
	key := s.key
	if forge == ForgeWrong {
		seed := sha256.Sum256(s.key.Seed())
		key = ed25519.NewKeyFromSeed(seed[:])
	}
	signature := hex.EncodeToString(ed25519.Sign(key, append([]byte(stamp), payload...)))
	body := payload
	header := http.Header{
		"Content-Type":          {"application/json"},
		"User-Agent":            {"Discord-Interactions/1.0 (+https://discord.com)"},
		"X-Signature-Ed25519":   {signature},
		"X-Signature-Timestamp": {stamp},
	}
	switch forge {
	case ForgeMissing:
		header.Del("X-Signature-Ed25519")
		header.Del("X-Signature-Timestamp")
	case ForgeMalformed:
		header.Set("X-Signature-Ed25519", "not hex at all")
	case ForgeAltered: // a space at the end keeps the JSON readable
		body = append(slices.Clone(payload), ' ')
	case ForgeCase:
		delete(header, "X-Signature-Ed25519")
		delete(header, "X-Signature-Timestamp")
		header["x-sIGNATURE-eD25519"] = []string{signature}
		header["x-sIGNATURE-tIMESTAMP"] = []string{stamp}
	}
	return body, header
}
