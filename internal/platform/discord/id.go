package discord

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strconv"
	"time"
)

// epoch is the first millisecond of Discord's ids. https://discord.com/developers/docs/reference#snowflakes
const epoch = 1420070400000

// IsID tells whether s has the form of an id: 17 to 20 decimal digits. Ids are strings everywhere: JavaScript can't count so far.
func IsID(s string) bool { return idForm.MatchString(s) }

// IDTime is when what has this id was made, to the millisecond; zero for what is no id.
func IDTime(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + epoch).UTC()
}

// IDAt is the smallest id of a moment: History after it begins there.
func IDAt(at time.Time) string {
	return strconv.FormatInt(max(0, at.UnixMilli()-epoch)<<22, 10)
}

// OlderID tells whether a was made before b; ids of different lengths compare by number.
func OlderID(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// maxNonce is how long a nonce may be. https://discord.com/developers/docs/resources/message#create-message
const maxNonce = 25

// Nonce is a digest of what makes a message this one and no other: the thread that it goes to, our own message's id, the
// number of the part. Sent twice within a few minutes, it is posted once. 25 characters, which is fewer than a UUID has.
func Nonce(of ...string) string {
	h := sha256.New()
	for _, part := range of {
		_ = binary.Write(h, binary.BigEndian, uint64(len(part))) // or "a","bc" would be "ab","c"
		_, _ = h.Write([]byte(part))
	}
	return base32.HexEncoding.EncodeToString(h.Sum(nil))[:maxNonce]
}
