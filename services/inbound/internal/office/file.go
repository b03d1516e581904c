package office

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/label"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

// maxFetches is how often a file is fetched before it is given up: a platform whose files are out of reach must not hold back for
// ever what operators write after it.
const maxFetches = 5

// keep copies the files of a gesture into the store: a platform's links hold tokens, or end, and never reach a browser. lost says
// for the operator which files could not be taken, and why; empty for none. An error asks for the gesture again.
func (o *Office) keep(ctx context.Context, g Gesture, c *receive.Conversation) (kept []*bellhopv1.Attachment, lost string, err error) {
	var sorry []string
	for i, f := range g.Files {
		attachment, err := o.keepOne(ctx, g, c, i)
		switch {
		case err == nil:
			kept = append(kept, attachment)
		case errors.Is(err, ErrNoFile):
			sorry = append(sorry, fmt.Sprintf("%s was not sent: %s.", shown(f), reason(err)))
		default:
			return nil, "", err
		}
	}
	return kept, strings.Join(sorry, " "), nil
}

func (o *Office) keepOne(ctx context.Context, g Gesture, c *receive.Conversation, n int) (*bellhopv1.Attachment, error) {
	if o.Files == nil {
		return nil, fmt.Errorf("%w: files are not carried here", ErrNoFile)
	}
	attachment, err := o.fetch(ctx, g, c, n)
	if err == nil || errors.Is(err, ErrNoFile) || ctx.Err() != nil {
		return attachment, err
	}
	tries, _ := o.fetches.Get(g.EventID)
	o.fetches.Add(g.EventID, tries+1)
	o.Log.Warn("file could not be copied", zap.String("event", g.EventID), zap.Int("try", tries+1), zap.Error(err))
	if tries+1 >= maxFetches {
		return nil, fmt.Errorf("%w: it could not be fetched", ErrNoFile)
	}
	return nil, fmt.Errorf("copy a file: %w: %w", receive.ErrUnavailable, err)
}

// fetch streams the nth file of a gesture into the store. The same file of the same gesture is stored once.
func (o *Office) fetch(ctx context.Context, g Gesture, c *receive.Conversation, n int) (*bellhopv1.Attachment, error) {
	f := g.Files[n]
	if o.MaxFile > 0 && f.Size > o.MaxFile {
		return nil, o.tooLarge()
	}
	body, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	attachment, err := o.Files.Save(ctx, file.Upload{
		Once: g.EventID + ":" + strconv.Itoa(n), Project: o.Project, Session: c.Session, Filename: f.Name, MIME: f.MIME, From: o.Platform,
		BridgeFileID: f.ID, Reader: body, Max: o.MaxFile,
	})
	switch {
	case errors.Is(err, file.ErrTooLarge):
		return nil, o.tooLarge()
	case errors.Is(err, file.ErrEmpty):
		return nil, fmt.Errorf("%w: it is empty", ErrNoFile)
	}
	return attachment, err
}

func (o *Office) tooLarge() error {
	const mega = 1 << 20
	return fmt.Errorf("%w: it is larger than %d MB", ErrNoFile, o.MaxFile/mega)
}

func shown(f File) string {
	const most = 60
	if name := label.Line(f.Name, most); name != "" {
		return name
	}
	return "The file"
}

// reason is what ErrNoFile is wrapped with.
func reason(err error) string {
	_, why, found := strings.Cut(err.Error(), ErrNoFile.Error()+": ")
	if !found {
		return ErrNoFile.Error()
	}
	return strings.TrimRight(why, ".")
}

// drop deletes the files of a message.
func (o *Office) drop(ctx context.Context, files []*bellhopv1.Attachment) error {
	if o.Files == nil {
		return nil
	}
	for _, a := range files {
		if err := o.Files.Delete(ctx, a.GetId()); err != nil {
			return fmt.Errorf("delete a file: %w: %w", receive.ErrUnavailable, err)
		}
	}
	return nil
}
