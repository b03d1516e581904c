package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Store keeps files on the bus. It is safe for concurrent use.
type Store struct {
	objects *bus.Objects
	key     []byte
}

// New opens the store of a bus. It waits until ctx ends for the key that all services sign with.
func New(ctx context.Context, b *bus.Bus) (*Store, error) {
	key, err := sharedKey(ctx, b.Notebook())
	if err != nil {
		return nil, fmt.Errorf("find the key of file links: %w", err)
	}
	return &Store{objects: b.Objects(), key: key}, nil
}

// File is what is known of a stored file.
type File struct {
	// Attachment without an address: that is made for whoever looks, by Link.
	Attachment *bellhopv1.Attachment
	Project    id.Project
	Session    id.Session
	// Request is the screenshot request that it answers; empty for every other file. Silent pictures are for the team only.
	Request string
	Silent  bool
	// Finished tells that whoever stored it has said that it is whole.
	Finished bool
	// Message that has it, since when; empty until one does.
	Message string
	Claimed time.Time

	object bus.Object
}

// What is kept with the bytes.
const (
	metaProject  = "project"
	metaSession  = "session"
	metaFilename = "filename"
	metaType     = "type"
	metaFrom     = "from"
	metaBridge   = "bridge"
	metaRequest  = "request"
	metaSilent   = "silent"
	metaFinished = "finished"
	metaMessage  = "message"
	metaClaimed  = "claimed"
)

// Info tells what is known of a file: ErrUnknown, bus.ErrUnavailable.
func (s *Store) Info(ctx context.Context, attachmentID string) (File, error) {
	if _, err := id.ParseAttachment(attachmentID); err != nil {
		return File{}, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	object, err := s.objects.Info(ctx, attachmentID)
	if err != nil {
		return File{}, fmt.Errorf("find file: %w", told(err))
	}
	return fileOf(object), nil
}

// Open reads a file: ErrUnknown, bus.ErrUnavailable. The reader also seeks, lives as long as ctx and must be closed.
func (s *Store) Open(ctx context.Context, attachmentID string) (io.ReadSeekCloser, *bellhopv1.Attachment, error) {
	if _, err := id.ParseAttachment(attachmentID); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	r, object, err := s.objects.Get(ctx, attachmentID)
	if err != nil {
		return nil, nil, fmt.Errorf("open file: %w", told(err))
	}
	return r, fileOf(object).Attachment, nil
}

// OpenOf is Open for a file that must be a project's: ErrUnknown for another's.
func (s *Store) OpenOf(ctx context.Context, p id.Project, attachmentID string) (io.ReadSeekCloser, *bellhopv1.Attachment, error) {
	f, err := s.Info(ctx, attachmentID)
	if err != nil {
		return nil, nil, err
	}
	if f.Project != p {
		return nil, nil, fmt.Errorf("%w: it is another project's", ErrUnknown)
	}
	return s.Open(ctx, attachmentID)
}

// Finish notes that a file is whole: ErrTaken when it is no longer as it was read.
func (s *Store) Finish(ctx context.Context, f File) (File, error) {
	return s.describe(ctx, f, map[string]string{metaFinished: yes})
}

// Claim makes a file a message's. Of several messages that claim a file at once one gets it; the others are told ErrTaken, as
// is whoever claims from a File that is no longer as it was read.
func (s *Store) Claim(ctx context.Context, f File, messageID string) (File, error) {
	return s.describe(ctx, f, map[string]string{metaMessage: messageID, metaClaimed: time.Now().UTC().Format(time.RFC3339Nano)})
}

// Release notes that the message which has a file may not have come about: Claimed is long ago, and whoever wants the file
// looks whether there is such a message.
func (s *Store) Release(ctx context.Context, f File) (File, error) {
	return s.describe(ctx, f, map[string]string{metaClaimed: ""})
}

func (s *Store) describe(ctx context.Context, f File, changed map[string]string) (File, error) {
	meta := maps.Clone(f.object.Meta)
	maps.Copy(meta, changed)
	object, err := s.objects.Describe(ctx, f.object, meta)
	if err != nil {
		return File{}, fmt.Errorf("describe file: %w", told(err))
	}
	return fileOf(object), nil
}

// Delete removes files for good. Those that are gone already are not an error.
func (s *Store) Delete(ctx context.Context, attachmentIDs ...string) error {
	for _, attachmentID := range attachmentIDs {
		if _, err := id.ParseAttachment(attachmentID); err != nil {
			continue // nothing was ever stored under it
		}
		if err := s.objects.Delete(ctx, attachmentID); err != nil {
			return fmt.Errorf("delete file: %w", err)
		}
	}
	return nil
}

// Erase removes all files of the sessions that of names, whether a message has them or not, and answers how many there were.
func (s *Store) Erase(ctx context.Context, of func(p id.Project, session id.Session) bool) (int, error) {
	var doomed []string
	err := s.objects.Each(ctx, func(o bus.Object) error {
		if f := fileOf(o); of(f.Project, f.Session) {
			doomed = append(doomed, o.Name)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("find files: %w", err)
	}
	for i, name := range doomed {
		if err := s.objects.Delete(ctx, name); err != nil {
			return i, fmt.Errorf("delete file: %w", err)
		}
	}
	return len(doomed), nil
}

func fileOf(o bus.Object) File {
	f := File{
		Project: id.Project(o.Meta[metaProject]), Session: id.Session(o.Meta[metaSession]), Request: o.Meta[metaRequest],
		Silent: o.Meta[metaSilent] == yes, Finished: o.Meta[metaFinished] == yes, Message: o.Meta[metaMessage], object: o,
		Attachment: &bellhopv1.Attachment{
			Id: o.Name, Filename: o.Meta[metaFilename], MimeType: o.Meta[metaType], Size: o.Size, Status: StatusReady, Digest: o.Digest,
			UploadedFrom: o.Meta[metaFrom], BridgeFileId: o.Meta[metaBridge], CreatedAt: timestamppb.New(o.Stored),
		},
	}
	f.Claimed, _ = time.Parse(time.RFC3339Nano, o.Meta[metaClaimed]) // zero while nobody has it
	return f
}

// yes is how metadata, which are texts, say so.
const yes = "yes"

// StatusReady is the status of an attachment whose bytes are stored.
const StatusReady = "ready"

// told says the bus's errors in this package's words.
func told(err error) error {
	for theirs, ours := range map[error]error{
		bus.ErrNoObject: ErrUnknown, bus.ErrObjectChanged: ErrTaken, bus.ErrTooLarge: ErrTooLarge, bus.ErrObjectSize: ErrSize,
		bus.ErrObjectExists: ErrStored,
	} {
		if errors.Is(err, theirs) {
			return fmt.Errorf("%w: %w", ours, err)
		}
	}
	return err
}
