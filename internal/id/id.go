package id

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofrs/uuid/v5"
)

// ErrMalformed is wrapped by every parse error of this package.
var ErrMalformed = errors.New("malformed id")

const (
	// maxForeign bounds ids that others choose, in bytes: a NATS subject must stay far below its 4 KiB control line.
	maxForeign = 128
	// maxProject bounds project names: they are typed by people and read in subjects.
	maxProject       = 40
	sessionPrefix    = "ses_"
	attachmentPrefix = "att_"
	// secretDigits is how many base62 digits hold 128 bits: 62^22 > 2^128.
	secretDigits = 22
)

// Project names one site: its visitors, its platforms, its keys. Lower case letters, digits and dashes, at most 40.
type Project string

// Default is the project of an installation that names none.
const Default Project = "default"

// Session is one conversation. Those that Bellhop makes are bearer secrets.
type Session string

// Everyone stands in a subject where a session would, for what goes to all visitors of a project. No session can have this id.
const Everyone Session = "all"

// Message identifies a message within its session.
type Message string

// ParseProject accepts the names that configuration may give a project.
func ParseProject(s string) (Project, error) {
	if s == "" || len(s) > maxProject || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || s[0] == '-' {
		return "", fmt.Errorf("%w: project %q is not 1 to %d lower case letters, digits and dashes", ErrMalformed, clip(s), maxProject)
	}
	return Project(s), nil
}

// NewSession makes a session id nobody can guess: "ses_" and 128 bits from the system's CSPRNG in base62.
func NewSession() Session { return SessionOf(random()) }

// SessionOf writes 128 bits that nobody can guess as a session id.
func SessionOf(secret [16]byte) Session { return Session(sessionPrefix + base62(secret)) }

// Own tells whether an id has the shape of those that NewSession makes: a backend's own ids have another one.
func (s Session) Own() bool {
	digits, ok := strings.CutPrefix(string(s), sessionPrefix)
	return ok && len(digits) == secretDigits && !strings.ContainsFunc(digits, func(r rune) bool { return !alphanumeric(r) })
}

// random is 128 bits from the system's CSPRNG.
func random() (b [16]byte) {
	_, _ = rand.Read(b[:]) // never fails since Go 1.24: it ends the program instead
	return b
}

// base62 writes 128 bits in 22 digits.
func base62(b [16]byte) string {
	digits := new(big.Int).SetBytes(b[:]).Text(62)
	return strings.Repeat("0", secretDigits-len(digits)) + digits
}

// ParseSession accepts any id of 1 to 128 bytes of printable UTF-8 other than "all".
func ParseSession(s string) (Session, error) {
	if err := foreign("session", s); err != nil {
		return "", err
	}
	if Session(s) == Everyone {
		return "", fmt.Errorf("%w: session %q is reserved", ErrMalformed, s)
	}
	return Session(s), nil
}

// Short is what people see of a session: the last six characters, too few to use it.
func (s Session) Short() string {
	if len(s) <= 6 {
		return string(s)
	}
	return string(s[len(s)-6:])
}

// NewMessage makes a message id that sorts by time: a UUIDv7.
func NewMessage() Message {
	u, err := uuid.NewV7()
	if err != nil { // the generator fails only where rand.Read does, and that ends the program
		panic(fmt.Errorf("make message id: %w", err))
	}
	return Message(u.String())
}

// MessageOf is the id of the message that a session calls key: always the same, and no other session's. A UUIDv5, which cannot meet
// one of NewMessage's.
func MessageOf(p Project, s Session, key string) Message {
	return Message(uuid.NewV5(uuid.NewV5(uuid.NamespaceOID, string(p)+"/"+string(s)), key).String())
}

// ParseMessage accepts any id of 1 to 128 bytes of printable UTF-8 without the widget's own placeholder prefix "temp-".
func ParseMessage(s string) (Message, error) {
	if err := foreign("message", s); err != nil {
		return "", err
	}
	if strings.HasPrefix(s, "temp-") {
		return "", fmt.Errorf("%w: message %q is a widget's placeholder", ErrMalformed, clip(s))
	}
	return Message(s), nil
}

func foreign(what, s string) error {
	if s == "" || len(s) > maxForeign || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%w: %s id %q is not 1 to %d bytes of printable text", ErrMalformed, what, clip(s), maxForeign)
	}
	return nil
}

// clip keeps a hostile id from filling a log line.
func clip(s string) string {
	const most = 32
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
