package id

import (
	"fmt"
	"strings"
)

// Attachment identifies a stored file. Nobody can guess one.
type Attachment string

// NewAttachment makes an attachment id: "att_" and 128 bits from the system's CSPRNG in base62.
func NewAttachment() Attachment { return AttachmentOf(random()) }

// AttachmentOf writes 128 bits that nobody can guess as an attachment id.
func AttachmentOf(secret [16]byte) Attachment { return Attachment(attachmentPrefix + base62(secret)) }

// ParseAttachment accepts what NewAttachment makes and nothing else.
func ParseAttachment(s string) (Attachment, error) {
	digits, ok := strings.CutPrefix(s, attachmentPrefix)
	if !ok || len(digits) != secretDigits || strings.ContainsFunc(digits, func(r rune) bool { return !alphanumeric(r) }) {
		return "", fmt.Errorf("%w: attachment %q", ErrMalformed, clip(s))
	}
	return Attachment(s), nil
}

func alphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
