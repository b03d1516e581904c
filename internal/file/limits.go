package file

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// DefaultMaxBytes is the largest file that is taken unless the configuration says otherwise: the default of PocketPing's SDKs.
const DefaultMaxBytes = 10 << 20

// DefaultHourlyBytes is what one address may send in an hour unless the configuration says otherwise: fifty of the largest files.
const DefaultHourlyBytes = 50 * DefaultMaxBytes

// DefaultTypes are the media types that are taken unless the configuration says otherwise: the defaults of PocketPing's SDKs.
func DefaultTypes() []string {
	const office = "application/vnd.openxmlformats-officedocument."
	return []string{
		"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain", "text/csv", "application/zip",
		"application/msword", office + "wordprocessingml.document", office + "spreadsheetml.sheet", "application/vnd.ms-excel",
		"video/mp4", "audio/mpeg",
	}
}

// Limits are what is taken from visitors. The zero value of each field is its default.
type Limits struct {
	// MaxBytes is the largest file; DefaultMaxBytes.
	MaxBytes int64 `env:"FILES_MAX_BYTES" expect:"a number of bytes, such as 10485760"`
	// HourlyBytes is what may come from one address in an hour, in all its files; DefaultHourlyBytes, or fifty of the largest files.
	// An address stands for its network, which may be an office.
	HourlyBytes int64 `env:"FILES_HOURLY_BYTES" expect:"a number of bytes, such as 524288000"`
	// Types are the media types that are taken, or whole kinds of them, as in image/*; DefaultTypes.
	Types []string `env:"FILES_TYPES" expect:"media types separated by commas, such as image/png,audio/*"`
}

// WithDefaults fills in what is not set.
func (l Limits) WithDefaults() Limits {
	if l.MaxBytes == 0 {
		l.MaxBytes = DefaultMaxBytes
	}
	if l.HourlyBytes == 0 {
		l.HourlyBytes = max(DefaultHourlyBytes, 50*l.MaxBytes)
	}
	if len(l.Types) == 0 {
		l.Types = DefaultTypes()
	}
	return l
}

// Validate names what is malformed.
func (l *Limits) Validate() error {
	if l.MaxBytes < 0 {
		return &config.Error{Variable: "FILES_MAX_BYTES", Found: strconv.FormatInt(l.MaxBytes, 10), Expected: "a number of bytes above 0"}
	}
	if l.HourlyBytes < 0 || l.HourlyBytes > 0 && l.HourlyBytes < l.WithDefaults().MaxBytes {
		return &config.Error{Variable: "FILES_HOURLY_BYTES", Found: strconv.FormatInt(l.HourlyBytes, 10), Expected: "a number of bytes not below FILES_MAX_BYTES"}
	}
	for _, t := range l.Types {
		kind, form, ok := strings.Cut(t, "/")
		if !ok || kind == "" || form == "" || form != "*" && normal(t) == "" {
			return &config.Error{Variable: "FILES_TYPES", Found: strconv.Quote(t), Expected: "media types such as image/png or audio/*"}
		}
	}
	return nil
}

// Allows tells whether files of a type are taken.
func (l Limits) Allows(t string) bool {
	t = canonical(t)
	kind, _, _ := strings.Cut(t, "/")
	return t != "" && slices.ContainsFunc(l.Types, func(allowed string) bool {
		return canonical(allowed) == t || allowed == kind+"/*"
	})
}

// canonical is a type by its own name: browsers know some by others, "application/x-zip-compressed".
func canonical(t string) string {
	t = normal(t)
	if known := mimetype.Lookup(t); known != nil {
		return normal(known.String())
	}
	return t
}
