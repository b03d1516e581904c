package widget

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"go.uber.org/zap"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/wire"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/session"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/transfer"
)

const (
	// maxAttachments is how many files one message may have: what Discord takes.
	maxAttachments = 10
	// claimPatience is after how long the message that has claimed a file must be on the bus if it ever is: twice the wait for an
	// acknowledgement.
	claimPatience = 10 * time.Second
)

// attach gives a message its files and has it recorded. Each file is one message's: claimed before the message is stored, and
// released when it was not.
func (h *handler) attach(ctx context.Context, e *session.Entry, m *bellhopv1.Message, ids []string, record func() *intake.Refusal) *intake.Refusal {
	if len(ids) > maxAttachments {
		return intake.Invalid("too_many_attachments", "attachmentIds must have at most 10 entries")
	}
	files := make([]file.File, 0, len(ids))
	for i, attachmentID := range ids {
		if slices.Contains(ids[:i], attachmentID) {
			return intake.Invalid("duplicate_attachment", "attachmentIds names a file twice")
		}
		f, refusal := h.free(ctx, e, m.GetId(), attachmentID)
		if refusal != nil {
			return refusal
		}
		files = append(files, f)
	}
	for i, f := range files {
		claimed, err := h.Files.Claim(ctx, f, m.GetId())
		if err != nil {
			h.release(ctx, files[:i])
			return taken(err)
		}
		files[i] = claimed
		m.Attachments = append(m.Attachments, f.Attachment)
	}
	refusal := record()
	if refusal != nil {
		h.release(ctx, files)
	}
	return refusal
}

// free finds a file that a message of this visitor may have: one that is nobody's, or that the same message has claimed, sent before
// under the same key.
func (h *handler) free(ctx context.Context, e *session.Entry, messageID, attachmentID string) (file.File, *intake.Refusal) {
	f, refusal := h.uploaded(ctx, e, attachmentID)
	switch {
	case refusal != nil:
		return f, refusal
	case f.Request != "":
		return f, unknownAttachment()
	case !f.Finished:
		return f, intake.Invalid("attachment_not_ready", "attachmentIds names a file whose upload is not complete")
	case f.Message == "" || f.Message == messageID:
		return f, nil
	case time.Since(f.Claimed) < claimPatience:
		return f, taken(file.ErrTaken)
	}
	// Perhaps the claim was of a message that the bus has never taken.
	records, refusal := h.Intake.Messages(ctx, e, f.Message)
	if refusal == nil && len(records) > 0 {
		refusal = taken(file.ErrTaken)
	}
	return f, refusal
}

// uploaded finds a file that this visitor has stored.
func (h *handler) uploaded(ctx context.Context, e *session.Entry, attachmentID string) (file.File, *intake.Refusal) {
	f, err := h.Files.Info(ctx, attachmentID)
	if errors.Is(err, file.ErrUnknown) || err == nil && (f.Session != e.Session || f.Project != e.Project || f.Attachment.GetUploadedFrom() != fromWidget) {
		return f, unknownAttachment()
	}
	if err != nil {
		h.Log.Warn("file cannot be looked up", zap.Error(err))
		return f, transfer.Refused(err)
	}
	return f, nil
}

func unknownAttachment() *intake.Refusal {
	return intake.Invalid("unknown_attachment", "the session has no file with this attachmentId")
}

func taken(err error) *intake.Refusal {
	if errors.Is(err, file.ErrTaken) {
		return &intake.Refusal{Status: http.StatusConflict, Code: "attachment_used", Text: "attachmentIds names a file that another message has"}
	}
	return transfer.Refused(err)
}

// releaseTimeout bounds the giving back of files, which the visitor does not wait for.
const releaseTimeout = 5 * time.Second

// release gives files back whose message was not stored, as far as is known. What cannot be given back is free after
// claimPatience anyway.
func (h *handler) release(ctx context.Context, files []file.File) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	for _, f := range files {
		if _, err := h.Files.Release(ctx, f); err != nil {
			h.Log.Info("file not given back", zap.Error(err))
			return
		}
	}
}

// dropFiles deletes the files of a message.
func (h *handler) dropFiles(ctx context.Context, m *bellhopv1.Message) *intake.Refusal {
	for _, a := range m.GetAttachments() {
		if err := h.Files.Delete(ctx, a.GetId()); err != nil {
			h.Log.Warn("file not deleted", zap.Error(err))
			return transfer.Refused(err)
		}
	}
	return nil
}

// shown renders files for the visitor. What is on the bus stays without addresses.
func (h *handler) shown(files ...*bellhopv1.Attachment) []wire.Attachment {
	shown := make([]*bellhopv1.Attachment, len(files))
	for i, a := range files {
		shown[i] = proto.CloneOf(a)
	}
	h.Links.Show(shown...)
	return wire.FromAttachments(shown)
}
