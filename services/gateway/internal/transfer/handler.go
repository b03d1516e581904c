package transfer

import (
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// Options are what the routes work with.
type Options struct {
	Intake *intake.Intake
	Store  *file.Store
	// Limits are what is taken.
	Limits  file.Limits
	Origins filter.Origins
	Proxies filter.Proxies
	// Address counts every call of one client address; nil for no limit.
	Address *filter.Limiter
	Log     *zap.Logger
}

const (
	// maxUploads and maxDownloads bound how many files are on their way at once: each holds one chunk of 128 KiB, a download twice
	// for a moment. More are told to come again.
	maxUploads   = 256
	maxDownloads = 512
	// stall is how long a client may take for the next piece of a file.
	stall = 30 * time.Second
)

type handler struct {
	Options
	uploads, downloads chan struct{}
}

// Handler serves everything below file.Path.
func Handler(o Options) http.Handler {
	h := &handler{Options: o, uploads: make(chan struct{}, maxUploads), downloads: make(chan struct{}, maxDownloads)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+file.Path+"{id}/{name}", bounded(h.downloads, h.download))
	mux.HandleFunc("PUT "+file.Path+"{ticket}", bounded(h.uploads, h.upload))
	mux.HandleFunc(file.Path+"{id}/{name}", allows("GET, HEAD"))
	mux.HandleFunc(file.Path+"{ticket}", allows("PUT"))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		httpserver.Error(w, http.StatusNotFound, "not_found", "there is nothing at this address")
	})
	return o.Origins.CORS(filter.Limited(o.Proxies, func(*http.Request) *filter.Limiter { return o.Address }, mux))
}

func allows(methods string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", methods)
		httpserver.Error(w, http.StatusMethodNotAllowed, "method_not_allowed", "this address wants "+methods)
	}
}

// bounded lets so many in at once.
func bounded(places chan struct{}, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			next(w, r)
		default:
			intake.Unavailable("too many files are on their way; try again").Write(w)
		}
	}
}

// Refused says why a file was not stored, found or given.
func Refused(err error) *intake.Refusal {
	refusal := func(status int, code, text string) *intake.Refusal {
		return &intake.Refusal{Status: status, Code: code, Text: text}
	}
	switch {
	case errors.Is(err, file.ErrUnknown):
		return refusal(http.StatusNotFound, "unknown_file", "there is no such file, or no longer")
	case errors.Is(err, file.ErrSignature):
		return refusal(http.StatusForbidden, "invalid_link", "this address is wrong or its time is over")
	case errors.Is(err, file.ErrStored):
		return refusal(http.StatusConflict, "already_uploaded", "this address was used already")
	case errors.Is(err, file.ErrType):
		return refusal(http.StatusUnsupportedMediaType, "type_not_allowed", "files of this type are not taken")
	case errors.Is(err, file.ErrTooLarge):
		return refusal(http.StatusRequestEntityTooLarge, "file_too_large", "this file is too large")
	case errors.Is(err, file.ErrSize):
		return intake.Invalid("size_mismatch", "the file does not have the size that was announced")
	case errors.Is(err, file.ErrEmpty):
		return intake.Invalid("empty_file", "the file is empty")
	case errors.Is(err, bus.ErrUnavailable):
		return intake.Unavailable("files cannot be reached now; try again")
	default:
		return intake.Invalid("incomplete_body", "the file did not arrive whole")
	}
}
