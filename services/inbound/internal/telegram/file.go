package telegram

import (
	"context"
	"fmt"
	"io"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

// carried are files as the office copies them: by asking Telegram where each is, and streaming it from there.
func (b *Bot) carried(files []telegram.FileDescriptor) []office.File {
	var all []office.File
	for _, f := range files {
		all = append(all, office.File{ID: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size, Open: func(ctx context.Context) (io.ReadCloser, error) {
			return b.fetch(ctx, f.ID)
		}})
	}
	return all
}

func (b *Bot) fetch(ctx context.Context, fileID string) (io.ReadCloser, error) {
	info, err := b.client.GetFile(ctx, fileID)
	if err != nil {
		return nil, b.noFile(err)
	}
	body, err := b.client.Download(ctx, info)
	if err != nil {
		return nil, b.noFile(err)
	}
	return body, nil
}

// noFile says of what will never work why.
func (b *Bot) noFile(err error) error {
	const mega = 1 << 20
	switch telegram.KindOf(err) {
	case telegram.KindFileTooBig:
		return fmt.Errorf("%w: Telegram hands out files of up to %d MB to bots, and this one is larger", office.ErrNoFile, b.client.MaxDownload()/mega)
	case telegram.KindFileGone, telegram.KindBadRequest:
		return fmt.Errorf("%w: Telegram does not have it any more", office.ErrNoFile)
	}
	return err
}

// uncarried is what is no file and can't be shown to a visitor.
func uncarried(m *telegram.Message) office.File {
	name := "This"
	for _, kind := range []struct {
		is   bool
		name string
	}{
		{bool(m.Location), "The location"}, {bool(m.Contact), "The contact"}, {bool(m.Poll), "The poll"}, {bool(m.Dice), "The dice"},
		{bool(m.Story), "The story"}, {bool(m.PaidMedia), "The paid file"}, {bool(m.Checklist), "The list"},
	} {
		if kind.is {
			name = kind.name
		}
	}
	return office.File{Name: name, Open: func(context.Context) (io.ReadCloser, error) {
		return nil, fmt.Errorf("%w: visitors can't be shown it", office.ErrNoFile)
	}}
}
