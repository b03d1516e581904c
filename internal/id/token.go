package id

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

const hexDigits = "0123456789ABCDEF"

// Token writes any string as one NATS subject token: letters, digits, "_" and "-" stay, every other byte becomes "=XX",
// the empty string "=". Decode is its inverse.
func Token(s string) string {
	if s == "" {
		return "="
	}
	i := strings.IndexFunc(s, func(r rune) bool { return !plain(r) })
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:i])
	for _, c := range []byte(s[i:]) {
		if plain(rune(c)) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('=')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}

// Decode reads what Token wrote; anything that Token would not have written is refused, so that an id has one spelling.
func Decode(token string) (string, error) {
	if token == "=" {
		return "", nil
	}
	if !strings.Contains(token, "=") {
		if Token(token) != token {
			return "", fmt.Errorf("%w: token %q", ErrMalformed, clip(token))
		}
		return token, nil
	}
	var b strings.Builder
	for i := 0; i < len(token); i++ {
		if token[i] != '=' {
			b.WriteByte(token[i])
			continue
		}
		if i+2 >= len(token) {
			return "", fmt.Errorf("%w: token %q ends within an escape", ErrMalformed, clip(token))
		}
		c, err := strconv.ParseUint(token[i+1:i+3], 16, 8)
		if err != nil {
			return "", fmt.Errorf("%w: token %q holds no hex digits after =", ErrMalformed, clip(token))
		}
		b.WriteByte(byte(c))
		i += 2
	}
	if Token(b.String()) != token {
		return "", fmt.Errorf("%w: token %q is not in its one spelling", ErrMalformed, clip(token))
	}
	return b.String(), nil
}

func plain(r rune) bool {
	return r == '_' || r == '-' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}

// Parts is how many ordered parts the bus has. It is part of the published subjects and cannot change.
const Parts = 16

// Part is one of the ordered parts of the bus.
type Part uint8

// Part of a session: FNV-1a of the id, modulo 16. All facts of one session share a part, so they share an order.
func (s Session) Part() Part {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return Part(h.Sum32() % Parts)
}

// String is the part's subject token, two digits.
func (p Part) String() string {
	if p < 10 {
		return "0" + strconv.Itoa(int(p))
	}
	return strconv.Itoa(int(p))
}
