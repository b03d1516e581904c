package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

// fetching bounds the download of one file.
const fetching = 2 * time.Minute

// files are those of a message, and of one that it forwards.
func (b *Bot) files(m *api.Message) []office.File {
	attachments := m.Attachments
	for _, forwarded := range m.Forwarded {
		attachments = append(attachments, forwarded.Message.Attachments...)
	}
	files := make([]office.File, 0, len(attachments))
	for _, a := range attachments {
		files = append(files, office.File{
			ID: a.ID, Name: a.Filename, MIME: a.ContentType, Size: a.Size,
			Open: func(ctx context.Context) (io.ReadCloser, error) { return b.open(ctx, m.ChannelID, m.ID, a) },
		})
	}
	return files
}

// open begins to fetch an attachment. Its link may have ended: then the message has a fresh one.
func (b *Bot) open(ctx context.Context, channel, message string, a api.Attachment) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, fetching)
	body, err := b.download(ctx, a)
	if api.KindOf(err) == api.KindMessageGone {
		var m api.Message
		if m, err = b.client.GetMessage(ctx, channel, message); err == nil {
			body, err = b.download(ctx, named(m, a))
		}
	}
	if err != nil {
		cancel()
		return nil, final(err)
	}
	return closing{ReadCloser: body, cancel: cancel}, nil
}

// named is the attachment with the same id as it is now.
func named(m api.Message, a api.Attachment) api.Attachment {
	for _, now := range m.Attachments {
		if now.ID == a.ID {
			return now
		}
	}
	return a
}

func (b *Bot) download(ctx context.Context, a api.Attachment) (io.ReadCloser, error) {
	most := b.maxFile
	if most <= 0 {
		most = math.MaxInt64 - 1
	}
	d, err := b.client.Download(ctx, a.URL, most)
	if err != nil {
		return nil, err
	}
	return d.Body, nil
}

// final marks errors that will not go away.
func final(err error) error {
	switch api.KindOf(err) {
	case api.KindMessageGone, api.KindThreadGone:
		return fmt.Errorf("%w: it was deleted", office.ErrNoFile)
	case api.KindNoRights, api.KindGone, api.KindBadRequest:
		return fmt.Errorf("%w: Discord does not hand it out", office.ErrNoFile)
	}
	if errors.Is(err, api.ErrTooLarge) {
		return fmt.Errorf("%w: it is too large", office.ErrNoFile)
	}
	return err
}

// closing ends the time of a download with it.
type closing struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (c closing) Close() error {
	defer c.cancel()
	return c.ReadCloser.Close()
}
