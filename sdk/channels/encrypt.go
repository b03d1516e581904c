package channels

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/nacl/secretbox"
)

// sealed are encrypted data as they travel; the bytes are base64 there.
type sealed struct {
	Nonce      []byte `json:"nonce"`
	Ciphertext []byte `json:"ciphertext"`
}

const nonceSize = 24

// errSealed does not say what is wrong: neither can be told from the other.
var errSealed = errors.New("channels: data of an encrypted channel cannot be opened: another master key, or not encrypted")

// channelKey is what those who may join an encrypted channel are told: SHA-256 of its name and the master key.
func (c *Client) channelKey(channel string) (*[32]byte, error) {
	if len(c.master) == 0 {
		return nil, fmt.Errorf("channels: %w: %s", ErrNoMasterKey, quoted(channel))
	}
	key := sha256.Sum256(append([]byte(channel), c.master...))
	return &key, nil
}

// seal encrypts data for a channel. A nonce is random: of 2^96 events to one channel two would have the same.
func (c *Client) seal(channel, data string) (string, error) {
	key, err := c.channelKey(channel)
	if err != nil {
		return "", err
	}
	var nonce [nonceSize]byte
	_, _ = rand.Read(nonce[:]) // never fails
	encoded, err := encode(sealed{nonce[:], secretbox.Seal(nil, []byte(data), &nonce, key)})
	return string(encoded), err
}

// open decrypts what seal, or pusher-js, has made.
func (c *Client) open(channel, data string) (string, error) {
	key, err := c.channelKey(channel)
	if err != nil {
		return "", err
	}
	var s sealed
	if json.Unmarshal([]byte(data), &s) != nil || len(s.Nonce) != nonceSize {
		return "", errSealed
	}
	opened, ok := secretbox.Open(nil, s.Ciphertext, (*[nonceSize]byte)(s.Nonce), key)
	if !ok {
		return "", errSealed
	}
	return string(opened), nil
}
