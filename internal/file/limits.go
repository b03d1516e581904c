package file

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// Limits are what is taken from visitors.
type Limits struct {
	// MaxBytes is the largest file; 10 MiB unless it is set, the default of PocketPing's SDKs.
	MaxBytes int64 `env:"FILES_MAX_BYTES" default:"10485760" expect:"a number of bytes"`
	// Types are the media types that are taken; * for a whole kind, as in image/*. The default is that of PocketPing's
	// SDKs.
	Types []string `env:"FILES_TYPES" expect:"media types separated by commas, such as image/png,audio/*" default:"image/jpeg,image/png,image/gif,image/webp,application/pdf,text/plain,text/csv,application/zip,application/msword,application/vnd.openxmlformats-officedocument.wordprocessingml.document,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,application/vnd.ms-excel,video/mp4,audio/mpeg"`
}

// Validate names what is malformed.
func (l *Limits) Validate() error {
	if l.MaxBytes < 1 {
		return &config.Error{Variable: "FILES_MAX_BYTES", Found: strconv.FormatInt(l.MaxBytes, 10), Expected: "a number of bytes above 0"}
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
	t = normal(t)
	kind, _, _ := strings.Cut(t, "/")
	return t != "" && slices.ContainsFunc(l.Types, func(allowed string) bool {
		return normal(allowed) == t || allowed == kind+"/*"
	})
}
