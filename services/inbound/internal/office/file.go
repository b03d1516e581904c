package office

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.uber.org/zap"

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
	for _, f := range g.Files {
		attachment, err := o.keepOne(ctx, g, c, f)
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

func (o *Office) keepOne(ctx context.Context, g Gesture, c *receive.Conversation, f File) (*bellhopv1.Attachment, error) {
	if o.Keep == nil {
		return nil, fmt.Errorf("%w: files are not carried here", ErrNoFile)
	}
	attachment, err := o.Keep(ctx, c.Session, o.Platform, f)
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
