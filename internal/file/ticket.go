package file

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// ticket is what an upload address carries, so that no gateway need remember what it promised.
type ticket struct {
	ID       id.Attachment `json:"id"`
	Project  id.Project    `json:"p"`
	Session  id.Session    `json:"s"`
	Filename string        `json:"n"`
	MIME     string        `json:"t,omitempty"`
	From     string        `json:"f"`
	Request  string        `json:"r,omitempty"`
	Silent   bool          `json:"q,omitempty"`
	Size     int64         `json:"z,omitempty"`
	Expires  int64         `json:"e"`
}

// Ticket is the right to store one file: bound to its id, session and size, good until an instant. It is safe in a path.
func (s *Store) Ticket(u Upload, expires time.Time) (string, error) {
	body, err := json.Marshal(ticket{
		ID: u.ID, Project: u.Project, Session: u.Session, Filename: CleanName(u.Filename, normal(u.MIME)), MIME: normal(u.MIME),
		From: u.From, Request: u.Request, Silent: u.Silent, Size: u.Size, Expires: expires.Unix(),
	})
	if err != nil {
		return "", fmt.Errorf("write ticket: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	return text + "." + base64.RawURLEncoding.EncodeToString(s.sign("ticket", text)), nil
}

// Redeem reads a ticket: ErrSignature. Saving the upload uses it up.
func (s *Store) Redeem(raw string) (Upload, error) {
	text, mac, ok := strings.Cut(raw, ".")
	if !ok || !hmac.Equal([]byte(base64.RawURLEncoding.EncodeToString(s.sign("ticket", text))), []byte(mac)) {
		return Upload{}, ErrSignature
	}
	var t ticket
	body, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(body, &t)
	}
	if err != nil {
		return Upload{}, fmt.Errorf("read ticket: %w", err)
	}
	if time.Now().Unix() >= t.Expires {
		return Upload{}, fmt.Errorf("%w: it has ended", ErrSignature)
	}
	return Upload{
		ID: t.ID, Project: t.Project, Session: t.Session, Filename: t.Filename, MIME: t.MIME, From: t.From, Request: t.Request,
		Silent: t.Silent, Size: t.Size,
	}, nil
}
