package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// upload opens a part's files and sends it. Files that are gone, or that Discord takes for too large, are listed instead.
func (o Options) upload(ctx context.Context, l look, p part, send func(part, []api.File) (api.Message, error)) (api.Message, error) {
	if len(p.files) == 0 {
		return send(p, nil)
	}
	files, done, err := o.opened(ctx, p)
	defer done()
	switch {
	case errors.Is(err, shelf.ErrGone):
		o.Log.Warn("a file is not there and is only named", zap.Error(err))
		return send(l.withoutFiles(p, noFile), nil)
	case err != nil:
		return api.Message{}, err
	}
	sent, err := send(p, files)
	switch api.KindOf(err) {
	case api.KindTooLarge:
		return send(l.withoutFiles(p, tooLarge), nil)
	case api.KindNoRights: // perhaps for files only
		return send(l.withoutFiles(p, noRight), nil)
	}
	return sent, err
}

// opened opens all files of a part; done closes those that were.
func (o Options) opened(ctx context.Context, p part) (files []api.File, done func(), err error) {
	var open []io.Closer
	done = func() {
		for _, c := range open {
			_ = c.Close()
		}
	}
	for _, a := range p.files {
		body, err := o.Files.Open(ctx, a)
		if err != nil {
			return nil, done, fmt.Errorf("open a file: %w", err)
		}
		open = append(open, body)
		files = append(files, api.File{Name: brief.Filename(a), Type: a.GetMimeType(), Size: a.GetSize(), Body: body})
	}
	return files, done, nil
}

// nonce is a digest of a part: of where it goes, of which messages it shows, and of what it shows. A message that changed before
// it was sent a second time is another part; two messages that say the same are two.
func nonce(at deliver.Place, post deliver.Post, p part, n int) string {
	shown, err := json.Marshal(p.embeds)
	if err != nil {
		return "" // embeds are texts and numbers: it can't happen, and costs a duplicate at worst
	}
	of := []string{at.Thread, strconv.Itoa(n), string(shown), strconv.FormatBool(post.Card)}
	for _, m := range post.Messages {
		of = append(of, m.GetMessage().GetId())
	}
	for _, notice := range post.Notices {
		of = append(of, strconv.FormatUint(notice.GetSeq(), 10))
	}
	for _, a := range p.files {
		of = append(of, a.GetId())
	}
	return api.Nonce(of...)
}

// textual says of a text that Discord's filters refused that it may be tried without addresses.
func textual(err error, post deliver.Post) error {
	failed, ok := errors.AsType[*deliver.Failure](err)
	if ok && failed.Kind == deliver.TextRefused && post.Plain {
		return &deliver.Failure{Kind: deliver.Refused, Err: failed.Err}
	}
	return err
}
