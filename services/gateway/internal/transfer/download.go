package transfer

import (
	"mime"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/file"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// download is GET on a signed link.
func (h *handler) download(w http.ResponseWriter, r *http.Request) {
	query, attachmentID := r.URL.Query(), r.PathValue("id")
	if err := h.Store.Verify(attachmentID, query.Get("expires"), query.Get("signature")); err != nil {
		Refused(err).Write(w)
		return
	}
	body, a, err := h.Store.OpenOf(r.Context(), h.Intake.Project, attachmentID)
	if err != nil {
		refusal := Refused(err)
		if refusal.Status == http.StatusServiceUnavailable {
			h.Log.Warn("file cannot be read", zap.Error(err))
		}
		refusal.Write(w)
		return
	}
	defer body.Close()
	describe(w.Header(), a)
	// Players ask for pieces. The store reads a file from its beginning, so several at once would be much work for few bytes.
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range")
	}
	connection := http.NewResponseController(w)
	defer func() { _ = connection.SetWriteDeadline(time.Time{}) }()
	http.ServeContent(&patientWriter{w, connection}, r, "", a.GetCreatedAt().AsTime(), body)
}

// describe tells a browser what it gets and keeps it from seeing anything else in it.
func describe(header http.Header, a *bellhopv1.Attachment) {
	contentType, inline := file.Served(a.GetMimeType())
	disposition := "attachment"
	if inline {
		disposition = "inline"
	}
	header.Set("Content-Type", contentType)
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": a.GetFilename()}))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin") // the chat's page is on another site
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Robots-Tag", "noindex")
	header.Set("Cache-Control", "private, max-age=86400, immutable")
	header.Set("ETag", `"`+a.GetDigest()+`"`)
}

// patientWriter gives a client time for each piece.
type patientWriter struct {
	http.ResponseWriter
	connection *http.ResponseController
}

func (p *patientWriter) Write(b []byte) (int, error) {
	_ = p.connection.SetWriteDeadline(time.Now().Add(stall)) // not every connection has deadlines: a test's has none
	return p.ResponseWriter.Write(b)
}
