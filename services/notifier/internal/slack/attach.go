package slack

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/label"
	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

const (
	// maxUpload is the largest file that is sent on, in bytes: Slack takes a gigabyte, but a call has ten seconds.
	maxUpload = 20 << 20
	// firstFile is the part of a post that is its first file. Words have the parts before.
	firstFile = 1000
	// shareTries and sharePause bound the waiting for the message that Slack makes of a file. Without its name the file is deleted all the
	// same, and a reaction to it is not understood.
	shareTries = 6
	sharePause = 250 * time.Millisecond
)

// files are what a post brings along; only one that stands alone has any.
func files(post deliver.Post) []*bellhopv1.Attachment {
	switch {
	case len(post.Messages) == 1:
		return post.Messages[0].GetMessage().GetAttachments()
	case len(post.Notices) == 1:
		return post.Notices[0].GetAttachments()
	}
	return nil
}

// sent are the files of a post that are sent on. The others are named with a link.
func (s *Sender) sent(post deliver.Post) []*bellhopv1.Attachment {
	var sent []*bellhopv1.Attachment
	for _, a := range files(post) {
		if s.sendable(a) {
			sent = append(sent, a)
		}
	}
	return sent
}

func (s *Sender) sendable(a *bellhopv1.Attachment) bool {
	return s.files.Has(a) && a.GetSize() <= maxUpload
}

// link is the address of a file that is not sent on.
func (s *Sender) link(a *bellhopv1.Attachment) string {
	if s.sendable(a) {
		return ""
	}
	return reachable(s.files.Address(a))
}

// reachable is an address that can be clicked and is not too long for a message; empty otherwise.
func reachable(address string) string {
	const most = 1000
	if len(address) > most || !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return ""
	}
	return address
}

// sendFile uploads a file into a thread. Its ids are the file's, and the message's if Slack tells it in time.
func (s *Sender) sendFile(ctx context.Context, at deliver.Place, post deliver.Post, n int) ([]string, error) {
	all := s.sent(post)
	if n >= len(all) {
		return nil, nil // it was deleted since
	}
	a := all[n]
	key := at.Chat + " " + at.Thread + " " + a.GetId()
	if ids := s.uploaded(ctx, at, key); ids != nil {
		return ids, nil
	}
	body, err := s.files.Open(ctx, a)
	if errors.Is(err, shelf.ErrGone) {
		return s.apologise(ctx, at, a)
	}
	if err != nil {
		return nil, &deliver.Failure{Kind: deliver.Unknown, Err: err}
	}
	defer func() { _ = body.Close() }()
	name := label.Line(a.GetFilename(), maxFileName)
	if name == "" {
		name = "file"
	}
	fileID, err := s.api.Upload(ctx, webapi.Upload{
		Place: webapi.Place{Channel: at.Chat, Thread: at.Thread}, Name: name, Title: name, Size: a.GetSize(), Bytes: body,
	})
	switch webapi.KindOf(err) {
	case webapi.KindNone:
		s.status.ended(at)
		return s.shared(ctx, at, fileID), nil
	case webapi.KindFileRefused, webapi.KindNoRights:
		s.log.Warn("Slack does not take a file", zap.Error(err))
		return s.apologise(ctx, at, a)
	case webapi.KindUnknown:
		s.doubts.upload(key, fileID)
	}
	return nil, failure(err)
}

const maxFileName = 200

// uploaded are the ids of a file whose sharing had no answer, if it was shared.
func (s *Sender) uploaded(ctx context.Context, at deliver.Place, key string) []string {
	fileID := s.doubts.uploaded(key)
	if fileID == "" {
		return nil
	}
	if ids := s.shared(ctx, at, fileID); len(ids) > 1 {
		return ids
	}
	return nil
}

// shared waits a moment for the message that Slack makes of a file.
func (s *Sender) shared(ctx context.Context, at deliver.Place, fileID string) []string {
	for range shareTries {
		info, err := s.api.FileInfo(ctx, fileID)
		if ts := info.SharedIn(at.Chat); err == nil && ts != "" {
			return []string{fileID, ts}
		}
		if kind := webapi.KindOf(err); err != nil && kind != webapi.KindUnknown {
			break
		}
		pause := time.NewTimer(sharePause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return []string{fileID}
		}
	}
	return []string{fileID}
}

// apologise says that a file is not shown here, and where it is.
func (s *Sender) apologise(ctx context.Context, at deliver.Place, a *bellhopv1.Attachment) ([]string, error) {
	t := new(webapi.Text).Plain("📎 " + brief.File(a) + " could not be shown here.")
	if address := reachable(s.files.Address(a)); address != "" {
		t.Plain("\n").Verbatim(address)
	}
	mark := webapi.Mark{ID: "file-" + a.GetId(), Version: "1"}
	ts, err := s.once(ctx, webapi.Outgoing{Place: webapi.Place{Channel: at.Chat, Thread: at.Thread}, Content: t.Content(), Mark: mark}, time.Now())
	if err != nil {
		return nil, err
	}
	return []string{ts}, nil
}

// isFile tells a file's id from a message's.
func isFile(id string) bool { return len(id) > 0 && id[0] == 'F' }

// textsOf are the messages among the ids of a post that are words: a file's id is followed by its message's.
func textsOf(shown []string) []string {
	var texts []string
	for i, id := range shown {
		if !isFile(id) && (i == 0 || !isFile(shown[i-1])) {
			texts = append(texts, id)
		}
	}
	return texts
}
