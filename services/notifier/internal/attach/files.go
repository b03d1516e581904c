package attach

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/file"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// linkTTL is how long operators can follow a link: a conversation is read again within a week.
const linkTTL = 7 * 24 * time.Hour

// Files opens the files of messages. Its zero value has none, and makes no links.
type Files struct {
	Store *file.Store
	// Base is where the internet reaches a gateway, without a slash at its end; empty for nowhere.
	Base string
}

// Open reads a file: file.ErrUnknown, bus.ErrUnavailable. The reader seeks, lives as long as ctx and must be closed.
func (f Files) Open(ctx context.Context, a *bellhopv1.Attachment) (io.ReadSeekCloser, error) {
	if f.Store == nil {
		return nil, file.ErrUnknown
	}
	r, _, err := f.Store.Open(ctx, a.GetId())
	return r, err
}

// Link is a signed address of a file for operators; empty where there is none.
func (f Files) Link(a *bellhopv1.Attachment) string {
	if f.Store == nil || f.Base == "" || a.GetId() == "" {
		return ""
	}
	return f.Store.Link(strings.TrimRight(f.Base, "/"), a, linkTTL)
}
