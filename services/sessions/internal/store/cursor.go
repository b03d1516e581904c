package store

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// ErrToken says that a page token was not one that Sessions answered.
var ErrToken = errors.New("malformed page token")

// Cursor is the last session of a page. Sessions are listed by last activity, the latest first; of two with the same
// millisecond the one with the greater id (by bytes) comes first.
type Cursor struct {
	// LastActivity in milliseconds since 1970.
	LastActivity int64
	Session      id.Session
}

// Token writes the cursor as a page token: base64url of "milliseconds:session".
func (c Cursor) Token() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.LastActivity, 10) + ":" + string(c.Session)))
}

// ParseCursor reads what Token wrote; other input wraps ErrToken.
func ParseCursor(token string) (Cursor, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil {
		return Cursor{}, fmt.Errorf("%w: not base64url", ErrToken)
	}
	ms, session, found := strings.Cut(string(raw), ":")
	c := Cursor{Session: id.Session(session)}
	if c.LastActivity, err = strconv.ParseInt(ms, 10, 64); err != nil || !found || session == "" || !utf8.ValidString(session) || c.Token() != token {
		return Cursor{}, fmt.Errorf("%w: not a place in the list", ErrToken)
	}
	return c, nil
}
