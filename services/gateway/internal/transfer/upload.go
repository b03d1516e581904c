package transfer

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
)

// uploadTimeout bounds one upload, however steadily it drips: as long as its address is good.
const uploadTimeout = 15 * time.Minute

// pictures are what a screenshot may be.
var pictures = []string{"image/png", "image/jpeg", "image/webp"}

// upload is PUT on an address that /upload has given out: it takes the bytes, once. That they are here is said on the bus by
// the visitor's /upload/complete, which nobody but he can send.
func (h *handler) upload(w http.ResponseWriter, r *http.Request) {
	u, err := h.Store.Redeem(r.PathValue("ticket"))
	if err != nil || u.Project != h.Intake.Project {
		Refused(file.ErrSignature).Write(w)
		return
	}
	if _, refusal := h.Intake.Speaker(r.Context(), string(u.Session)); refusal != nil {
		refusal.Write(w)
		return
	}
	if u.Size > 0 && r.ContentLength >= 0 && r.ContentLength != u.Size {
		Refused(file.ErrSize).Write(w)
		return
	}
	connection := http.NewResponseController(w)
	u.Reader, u.Max = &patientReader{r.Body, connection, time.Now().Add(uploadTimeout)}, h.Limits.MaxBytes
	u.Allows = h.Limits.Allows
	if u.Request != "" {
		u.Allows = func(mime string) bool { return slices.Contains(pictures, mime) }
	}
	_, err = h.Store.Save(r.Context(), u)
	_ = connection.SetReadDeadline(time.Time{})
	if err != nil {
		refusal := Refused(err)
		if refusal.Status == http.StatusServiceUnavailable {
			h.Log.Warn("file not stored", zap.Error(err))
		}
		refusal.Write(w)
		return
	}
	if _, refusal := h.Intake.Find(r.Context(), string(u.Session)); refusal != nil && refusal.Status == http.StatusNotFound {
		// The session was erased while the bytes came, and nobody would look for them again.
		if err := h.Store.Delete(context.WithoutCancel(r.Context()), string(u.ID)); err != nil {
			h.Log.Warn("file of an erased session is left", zap.Error(err))
		}
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, struct {
		OK bool `json:"ok"`
	}{true})
}

// patientReader gives a client time for each piece, and for all of them together.
type patientReader struct {
	io.Reader
	connection *http.ResponseController
	end        time.Time
}

func (p *patientReader) Read(b []byte) (int, error) {
	next := time.Now().Add(stall)
	if next.After(p.end) {
		next = p.end
	}
	_ = p.connection.SetReadDeadline(next) // not every connection has deadlines: a test's has none
	return p.Reader.Read(b)
}
