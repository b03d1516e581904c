package widget

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/wire"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/filter"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

const (
	// uploadTTL is how long an upload address is good, as in PocketPing's SDKs.
	uploadTTL = 15 * time.Minute
	// fromWidget is what a visitor's file says of where it came in.
	fromWidget = "widget"
	// maxGivenName is how long a name a page may give a file, in bytes; what is kept of it is shorter.
	maxGivenName = 4096
)

type uploadRequest struct {
	SessionID string `json:"sessionId"`
	Filename  string `json:"filename"`
	MimeType  string `json:"mimeType"`
	Size      int64  `json:"size"`
}

type uploadResponse struct {
	AttachmentID string    `json:"attachmentId"`
	UploadURL    string    `json:"uploadUrl"`
	ExpiresAt    wire.Time `json:"expiresAt"`
	// StorageKey is what a widget expects of a screenshot's address; it sends it nowhere.
	StorageKey string `json:"storageKey,omitempty"`
}

// upload is POST /upload: it promises to take a file, and gives the address for its bytes. Nothing is kept of the promise: it
// is written in the address, and signed.
func (h *handler) upload(w http.ResponseWriter, r *http.Request) {
	var req uploadRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	if refusal := h.takes(req); refusal != nil {
		refusal.Write(w)
		return
	}
	entry, ok := h.speak(w, r, req.SessionID, "")
	if !ok {
		return
	}
	h.promise(w, r, entry, file.Upload{Filename: req.Filename, MIME: req.MimeType, Size: req.Size})
}

// takes tells whether a file would be taken that is as the page says. What it really is shows when it comes.
func (h *handler) takes(req uploadRequest) *intake.Refusal {
	claimed := strings.TrimSpace(req.MimeType)
	switch {
	case strings.TrimSpace(req.Filename) == "" || len(req.Filename) > maxGivenName:
		return intake.Invalid("invalid_filename", "filename must have 1 to 4096 bytes")
	case req.Size < 1:
		return intake.Invalid("invalid_size", "size must be the number of bytes, above 0")
	case req.Size > h.FileLimits.MaxBytes:
		return transfer.Refused(file.ErrTooLarge)
	case claimed != "" && claimed != "application/octet-stream" && !h.FileLimits.Allows(claimed):
		return transfer.Refused(file.ErrType)
	default:
		return nil
	}
}

// promise answers with the address for a file of a session.
func (h *handler) promise(w http.ResponseWriter, r *http.Request, e *session.Entry, u file.Upload) {
	network := filter.Network(h.Proxies.ClientIP(r))
	if wait := h.Limits.Uploads.Wait(network); wait > 0 {
		filter.TooMany(w, wait)
		return
	}
	if wait := h.Limits.Volume.WaitFor(network, int(u.Size)); wait > 0 {
		filter.TooMany(w, wait)
		return
	}
	if u.ID == "" {
		u.ID = id.NewAttachment()
	}
	u.Project, u.Session, u.From = e.Project, e.Session, fromWidget
	expires := fact.Now().Add(uploadTTL)
	ticket, err := h.Files.Ticket(u, expires)
	if err != nil {
		h.Log.Error("upload address cannot be made", zap.Error(err))
		intake.Unavailable("files cannot be taken now; try again").Write(w)
		return
	}
	res := uploadResponse{AttachmentID: string(u.ID), UploadURL: h.Links.Base() + file.Path + ticket, ExpiresAt: wire.Time(expires)}
	if u.Request != "" {
		res.StorageKey = res.AttachmentID
	}
	httpserver.JSON(w, http.StatusOK, res)
}

type completeRequest struct {
	SessionID    string `json:"sessionId"`
	AttachmentID string `json:"attachmentId"`
}

// uploadComplete is POST /upload/complete: all bytes have been sent. Saying so again changes nothing.
func (h *handler) uploadComplete(w http.ResponseWriter, r *http.Request) {
	var req completeRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	h.complete(w, r, req)
}

// uploadCompleteAlias is POST /upload-complete, what PocketPing's SDKs call, with the attachment's id alone. The id is known to
// nobody but who has uploaded the file, until a message has it: then, or when its address would have ended, the session must
// be named too.
func (h *handler) uploadCompleteAlias(w http.ResponseWriter, r *http.Request) {
	var req completeRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	if req.SessionID == "" {
		f, err := h.Files.Info(r.Context(), req.AttachmentID)
		if err != nil && !errors.Is(err, file.ErrUnknown) {
			transfer.Refused(err).Write(w)
			return
		}
		if err != nil || f.Message != "" || time.Since(f.Attachment.GetCreatedAt().AsTime()) > uploadTTL {
			unknownAttachment().Write(w)
			return
		}
		req.SessionID = string(f.Session)
	}
	h.complete(w, r, req)
}

func (h *handler) complete(w http.ResponseWriter, r *http.Request, req completeRequest) {
	entry, ok := h.speak(w, r, req.SessionID, "")
	if !ok {
		return
	}
	f, refusal := h.uploaded(r.Context(), entry, req.AttachmentID)
	if refusal == nil && f.Request != "" {
		refusal = unknownAttachment()
	}
	if refusal == nil {
		refusal = h.finish(r.Context(), entry, f)
	}
	if refusal != nil {
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, h.shown(f.Attachment)[0])
}

// finish says on the bus that a file is stored, and notes that this has been said.
func (h *handler) finish(ctx context.Context, e *session.Entry, f file.File) *intake.Refusal {
	if f.Finished {
		return nil
	}
	if refusal := h.Intake.Record(ctx, e, fact.Stored(e, f.Attachment, "", false, fact.Now())); refusal != nil {
		return refusal
	}
	if _, err := h.Files.Finish(ctx, f); err != nil && !errors.Is(err, file.ErrTaken) { // taken: by the same request, sent twice
		h.Log.Warn("file not finished", zap.Error(err))
		return transfer.Refused(err)
	}
	return nil
}

// uploadFailed is POST /upload-failed, what PocketPing's SDKs call when the bytes could not be sent. There is nothing to undo:
// no promise was kept, and bytes that came are nobody's until they are complete.
func (h *handler) uploadFailed(w http.ResponseWriter, r *http.Request) {
	var req completeRequest
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return
	}
	if _, err := id.ParseAttachment(req.AttachmentID); err != nil {
		unknownAttachment().Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, ok)
}
