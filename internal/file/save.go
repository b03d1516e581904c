package file

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Upload is a file to be stored.
type Upload struct {
	// ID under which it is stored; a new one unless it is set.
	ID id.Attachment
	// Once makes an upload that may be repeated one file: all with the same words are stored once, and the others get what is
	// stored. For example the platform, its message's id and the file's number in it.
	Once string

	Project id.Project
	Session id.Session
	// Filename and MIME are what the sender claims.
	Filename string
	MIME     string
	// From is where it comes in: widget, telegram, discord, slack or api.
	From string
	// BridgeFileID is what that platform calls it.
	BridgeFileID string
	// Request is the screenshot request that it answers; Silent, that the picture is for the team only.
	Request string
	Silent  bool

	// Reader gives the bytes; Save does not close it.
	Reader io.Reader
	// Size is how many there must be; 0 when that is not known before.
	Size int64
	// Max is how many there may be; 0 for any number.
	Max int64
	// Allows tells what types are taken; nil for all.
	Allows func(mime string) bool
}

// Save streams a file into the store and answers when the bus has all of it. The attachment has no address: Link makes one.
//
// Errors: ErrEmpty, ErrTooLarge, ErrSize, ErrType; ErrStored when the given ID is used already; bus.ErrUnavailable when it may
// or may not be stored; and the reader's own.
func (s *Store) Save(ctx context.Context, u Upload) (*bellhopv1.Attachment, error) {
	switch {
	case u.Once != "":
		u.ID = s.IDOf(u.Project, u.Session, u.Once)
		if f, err := s.Info(ctx, string(u.ID)); err == nil {
			return f.Attachment, nil
		}
	case u.ID == "":
		u.ID = id.NewAttachment()
	}
	body := bufio.NewReaderSize(u.Reader, sniffed)
	head, err := body.Peek(sniffed)
	if len(head) == 0 && errors.Is(err, io.EOF) {
		return nil, ErrEmpty
	}
	mime := Type(u.MIME, head)
	if u.Allows != nil && !u.Allows(mime) {
		return nil, fmt.Errorf("%w: %s", ErrType, mime)
	}
	object, err := s.objects.Put(ctx, string(u.ID), body, bus.ObjectSpec{Meta: u.meta(mime), Max: u.Max, Size: u.Size})
	if u.Once != "" && errors.Is(err, bus.ErrObjectExists) { // another process was faster
		f, err := s.Info(ctx, string(u.ID))
		return f.Attachment, err
	}
	if err != nil {
		return nil, fmt.Errorf("save file: %w", told(err))
	}
	return fileOf(object).Attachment, nil
}

func (u Upload) meta(mime string) map[string]string {
	meta := map[string]string{
		metaProject: string(u.Project), metaSession: string(u.Session), metaFilename: CleanName(u.Filename, mime), metaType: mime,
		metaFrom: u.From,
	}
	if u.Silent {
		meta[metaSilent] = yes
	}
	for key, value := range map[string]string{metaBridge: u.BridgeFileID, metaRequest: u.Request} {
		if value != "" {
			meta[key] = value
		}
	}
	return meta
}

// IDOf is the id of the upload that is stored once by these words. Nobody can guess it who knows them.
func (s *Store) IDOf(p id.Project, session id.Session, once string) id.Attachment {
	sum := s.sign("id", string(p), string(session), once)
	return id.AttachmentOf([16]byte(sum[:16]))
}
