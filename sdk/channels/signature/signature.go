package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Digest signs a string: 64 lower-case hex digits.
func Digest(secret, signed string) string { return digest(secret, []byte(signed)) }

// Subscription signs that a socket may join a private or presence channel. See [SubscriptionString] for what its parts are.
func Subscription(secret, socketID, channel, channelData string, hasData bool) string {
	return Digest(secret, SubscriptionString(socketID, channel, channelData, hasData))
}

// SubscriptionString is "socket:channel", and with hasData "socket:channel:data". The data enter as the text that travels,
// never encoded again. They count on every kind of channel as soon as they are there, even when they are empty.
func SubscriptionString(socketID, channel, channelData string, hasData bool) string {
	if !hasData {
		return socketID + ":" + channel
	}
	return socketID + ":" + channel + ":" + channelData
}

// User signs that a socket belongs to a user. See [UserString].
func User(secret, socketID, userData string) string {
	return Digest(secret, UserString(socketID, userData))
}

// UserString is "socket::user::data". The data enter as the text that travels, never encoded again.
func UserString(socketID, userData string) string { return socketID + "::user::" + userData }

// Webhook signs a webhook. What is signed is the body, byte by byte as it travels.
func Webhook(secret string, body []byte) string { return digest(secret, body) }

// Auth is what a client hands to the server: "key:digest".
func Auth(key, digest string) string { return key + ":" + digest }

// Equal compares signatures in constant time, upper-case hex being none. Only their lengths show.
func Equal(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

func digest(secret string, signed []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(signed)
	return hex.EncodeToString(h.Sum(nil))
}
