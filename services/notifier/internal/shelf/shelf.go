package shelf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bellhop-chat/bellhop/internal/file"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// linkLives is how long the team can fetch a file by a link that stands in a post.
const linkLives = 30 * 24 * time.Hour

// ErrGone is wrapped by errors of Open where there is no such file, or no longer: trying again is of no use.
var ErrGone = errors.New("the file is not there any more")

// Shelf gives out files. Its zero value has none: then files are only named.
type Shelf struct {
	// Open begins reading the bytes of a file.
	Open func(ctx context.Context, a *bellhopv1.Attachment) (io.ReadCloser, error)
	// Link is where the team can fetch a file; empty for nowhere.
	Link func(a *bellhopv1.Attachment) string
}

// Of is the shelf of a store. public is where people reach a gateway, without a slash at its end; empty for nowhere.
func Of(store *file.Store, public string) Shelf {
	return Shelf{
		Open: func(ctx context.Context, a *bellhopv1.Attachment) (io.ReadCloser, error) {
			r, _, err := store.Open(ctx, a.GetId())
			if errors.Is(err, file.ErrUnknown) {
				return nil, fmt.Errorf("%w: %w", ErrGone, err)
			}
			if err != nil {
				return nil, err
			}
			return r, nil
		},
		Link: func(a *bellhopv1.Attachment) string {
			if public == "" {
				return ""
			}
			return store.Link(public, a, linkLives)
		},
	}
}

// Has tells whether the bytes of a file can be had.
func (s Shelf) Has(a *bellhopv1.Attachment) bool {
	ready := a.GetStatus() == "" || a.GetStatus() == file.StatusReady
	return s.Open != nil && ready && a.GetSize() > 0
}

// Address is where the team can fetch a file: by Link, else where the message itself says; empty for nowhere.
func (s Shelf) Address(a *bellhopv1.Attachment) string {
	if s.Link != nil {
		if link := s.Link(a); link != "" {
			return link
		}
	}
	return a.GetUrl()
}
