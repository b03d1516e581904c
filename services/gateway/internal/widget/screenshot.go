package widget

import (
	"context"
	"errors"
	"net/http"

	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/internal/wire"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/fact"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

// screenshotRequests is GET /screenshot/requests: a page that polls asks every two seconds, on a site that takes none too.
func (h *handler) screenshotRequests(w http.ResponseWriter, r *http.Request) {
	entry, refusal := h.Intake.Visitor(r.Context(), r.URL.Query().Get("sessionId"))
	if refusal != nil {
		refusal.Write(w)
		return
	}
	requests := []wire.ScreenshotRequest{}
	if h.Screenshots != nil {
		for _, asked := range h.Screenshots.HandOut(entry.Key) {
			requests = append(requests, wire.FromScreenshot(asked))
		}
	}
	httpserver.JSON(w, http.StatusOK, map[string][]wire.ScreenshotRequest{"requests": requests})
}

type screenshotRequest struct {
	SessionID    string `json:"sessionId"`
	RequestID    string `json:"requestId"`
	AttachmentID string `json:"attachmentId"` // only when it is complete
	Size         int64  `json:"size"`
}

// screenshotUpload is POST /screenshot/upload: it gives the address for the picture that somebody of the team asked for. Without
// such a question there is none.
func (h *handler) screenshotUpload(w http.ResponseWriter, r *http.Request) {
	_, entry, asked, ok := h.screenshotAsked(w, r)
	if !ok {
		return
	}
	h.promise(w, r, entry, file.Upload{
		ID: h.Files.IDOf(entry.Project, entry.Session, "screenshot/"+asked.GetRequestId()), Filename: "screenshot.png", MIME: "image/png",
		Request: asked.GetRequestId(), Silent: asked.GetSilent(),
	})
}

// screenshotComplete is POST /screenshot/upload/complete: the picture is said to be stored, which shows it to the team, and unless
// it was asked for silently it also becomes a message of the visitor.
func (h *handler) screenshotComplete(w http.ResponseWriter, r *http.Request) {
	req, entry, asked, ok := h.screenshotAsked(w, r)
	if !ok {
		return
	}
	f, refusal := h.uploaded(r.Context(), entry, req.AttachmentID)
	switch {
	case refusal != nil:
	case f.Request != asked.GetRequestId():
		refusal = unknownAttachment()
	case req.Size != 0 && req.Size != f.Attachment.GetSize():
		refusal = transfer.Refused(file.ErrSize)
	case !f.Finished:
		refusal = h.show(r.Context(), entry, f)
	}
	if refusal != nil {
		refusal.Write(w)
		return
	}
	httpserver.JSON(w, http.StatusOK, h.shown(f.Attachment)[0])
}

// screenshotAsked reads a request about a picture, and finds who asked for it.
func (h *handler) screenshotAsked(w http.ResponseWriter, r *http.Request) (req screenshotRequest, e *session.Entry, asked *eventv1.Screenshot, ok bool) {
	if refusal := intake.Body(w, r, &req, false); refusal != nil {
		refusal.Write(w)
		return req, nil, nil, false
	}
	if h.Screenshots == nil {
		httpserver.Error(w, http.StatusForbidden, "screenshots_off", "this site takes no screenshots; see SCREENSHOTS")
		return req, nil, nil, false
	}
	e, ok = h.speak(w, r, req.SessionID, "")
	if !ok {
		return req, nil, nil, false
	}
	asked, err := h.Screenshots.Find(r.Context(), e.Key, req.RequestID)
	switch {
	case err != nil:
		h.Log.Warn("screenshot request cannot be looked up", zap.Error(err))
		intake.Unavailable("the request cannot be looked up now; try again").Write(w)
	case asked == nil || req.RequestID == "":
		httpserver.Error(w, http.StatusNotFound, "unknown_request", "nobody has asked this session for requestId")
	default:
		return req, e, asked, true
	}
	return req, nil, nil, false
}

// show says that a picture is stored. The message that it becomes has one id, however often the page says that it is complete: it
// is noted with the file before the bus is told.
func (h *handler) show(ctx context.Context, e *session.Entry, f file.File) *intake.Refusal {
	var facts []bus.Event
	now := fact.Now()
	facts = append(facts, fact.Stored(e, f.Attachment, f.Request, f.Silent, now))
	if !f.Silent {
		if f.Message == "" {
			var err error
			if f, err = h.Files.Claim(ctx, f, string(id.NewMessage())); err != nil {
				return taken(err)
			}
		}
		m := &bellhopv1.Message{
			Id: f.Message, Sender: "visitor", Timestamp: timestamppb.New(now), Attachments: []*bellhopv1.Attachment{f.Attachment},
		}
		facts = append(facts, fact.Created(e, m, "widget"))
	}
	if refusal := h.Intake.Record(ctx, e, facts...); refusal != nil {
		return refusal
	}
	if _, err := h.Files.Finish(ctx, f); err != nil && !errors.Is(err, file.ErrTaken) { // taken: by the same request, sent twice
		h.Log.Warn("file not finished", zap.Error(err))
		return transfer.Refused(err)
	}
	return nil
}
