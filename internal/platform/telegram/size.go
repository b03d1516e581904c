package telegram

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"

	"github.com/bellhop-chat/bellhop/internal/runner/config"
)

// What the cloud's Bot API takes, in bytes, where the configuration says nothing else.
const (
	// DefaultMaxDownload: https://core.telegram.org/bots/api#getfile
	DefaultMaxDownload = 20 << 20
	// DefaultMaxUpload: https://core.telegram.org/bots/api#senddocument
	DefaultMaxUpload = 50 << 20
	// DefaultMaxPhoto: https://core.telegram.org/bots/api#sendphoto
	DefaultMaxPhoto = 10 << 20
)

// sizes are the limits of files in bytes.
type sizes struct{ download, upload, photo int64 }

func (c Config) sizes() sizes {
	return sizes{
		download: cmp.Or(c.MaxDownload, DefaultMaxDownload),
		upload:   cmp.Or(c.MaxUpload, DefaultMaxUpload),
		photo:    cmp.Or(c.MaxPhoto, DefaultMaxPhoto),
	}
}

func (c *Config) validateSizes() error {
	var problems []error
	for _, limit := range []struct {
		variable string
		bytes    int64
	}{
		{"TELEGRAM_MAX_DOWNLOAD_BYTES", c.MaxDownload},
		{"TELEGRAM_MAX_UPLOAD_BYTES", c.MaxUpload},
		{"TELEGRAM_MAX_PHOTO_BYTES", c.MaxPhoto},
	} {
		if limit.bytes < 0 {
			problems = append(problems, &config.Error{
				Variable: limit.variable, Found: strconv.FormatInt(limit.bytes, 10), Expected: "a number of bytes, such as 20971520",
			})
		}
	}
	return errors.Join(problems...)
}

// sizeError is a file that is larger than a limit. It is found before anything is sent.
type sizeError struct{ size, limit int64 }

func (e *sizeError) Error() string {
	return fmt.Sprintf("the file has %d bytes, and %d are the most", e.size, e.limit)
}
