package slack

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/label"
	"github.com/bellhop-chat/bellhop/internal/platform/slack"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

// nameTimeout bounds the asking for a name: a message without one is better than none.
const nameTimeout = time.Second

// complete makes words, names and files of what Slack has sent.
func (b *Bot) complete(ctx context.Context, in intent, me slack.Identity) office.Gesture {
	g := in.gesture
	g.By = b.operator(ctx, in.userID)
	g.Content = slack.Decode(in.raw, slack.Names{User: func(id string) string {
		if id == me.UserID {
			return me.User // as commands are addressed
		}
		return b.nameOf(ctx, id)
	}})
	for _, f := range in.files {
		g.Files = append(g.Files, b.file(f))
	}
	return g
}

// nameOf is what somebody is called; empty where Slack does not tell in time.
func (b *Bot) nameOf(ctx context.Context, userID string) string {
	ctx, cancel := context.WithTimeout(ctx, nameTimeout)
	defer cancel()
	user, err := b.people.Find(ctx, userID)
	if err != nil {
		b.log.Warn("Slack does not tell a name", zap.Error(err))
	}
	if user.Name == userID {
		return ""
	}
	return label.Clean(user.Name)
}

// file is a file of Slack's, to be fetched when it is wanted.
func (b *Bot) file(f slack.File) office.File {
	return office.File{ID: f.ID, Name: f.Name, MIME: f.MimeType, Size: f.Size, Open: func(ctx context.Context) (io.ReadCloser, error) {
		return b.open(ctx, f)
	}}
}

// checkFileInfo says that the rest of a file is to be asked for: it comes from another organisation.
const checkFileInfo = "check_file_info"

func (b *Bot) open(ctx context.Context, f slack.File) (io.ReadCloser, error) {
	if f.Access == checkFileInfo || f.URL == "" {
		var err error
		if f, err = b.client.FileInfo(ctx, f.ID); err != nil {
			return nil, noFile(err)
		}
	}
	if f.External {
		return nil, fmt.Errorf("%w: it is not kept by Slack", office.ErrNoFile)
	}
	got, err := b.client.Download(ctx, f)
	if err != nil {
		return nil, noFile(err)
	}
	return got.Body, nil
}

// noFile tells what will not change from what may.
func noFile(err error) error {
	switch slack.KindOf(err) {
	case slack.KindFileRefused:
		return fmt.Errorf("%w: Slack does not have it any more", office.ErrNoFile)
	case slack.KindNoRights:
		return fmt.Errorf("%w: the app needs the scope files:read", office.ErrNoFile)
	case slack.KindBadRequest, slack.KindGone:
		return fmt.Errorf("%w: Slack does not hand it out", office.ErrNoFile)
	}
	return err
}
