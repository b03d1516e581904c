package bus

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	objectBucket = "BELLHOP_FILES"
	objectStream = "OBJ_" + objectBucket
	// chunkPrefix and metaPrefix are the subjects of a NATS object store: `nats object` reads what is stored here.
	chunkPrefix = "$O." + objectBucket + ".C."
	metaPrefix  = "$O." + objectBucket + ".M."
	// chunkBytes is how an object is cut: the chunk size of NATS's own clients.
	chunkBytes = 128 << 10
	// digestPrefix is how an object store writes a digest: the rest is base64.
	digestPrefix = "SHA-256="
)

// Object is what is known of stored bytes.
type Object struct {
	Name string
	// Size in bytes.
	Size int64
	// Digest is the SHA-256 of the bytes in lower case hex.
	Digest string
	// Meta is what was given with them.
	Meta map[string]string
	// Stored is when.
	Stored time.Time
	// Revision changes with every change of Meta.
	Revision uint64

	info jetstream.ObjectInfo
}

// Objects are the files of the bus: bytes under a name, with metadata, kept as long as facts are. A name is used once: what
// stands under it never changes, and after it was deleted the name stays taken as long as facts are kept. Bytes go through in
// chunks of 128 KiB and are never whole in memory.
type Objects struct {
	bus    *Bus
	mu     sync.Mutex
	stream jetstream.Stream
}

// Objects are the files of this bus.
func (b *Bus) Objects() *Objects { return &b.objects }

// Info tells what is known of an object. Errors: ErrNoObject, ErrUnavailable.
func (o *Objects) Info(ctx context.Context, name string) (Object, error) {
	object, err := o.read(ctx, name)
	if err == nil && object.info.Deleted {
		return Object{}, fmt.Errorf("%w: %s", ErrNoObject, name)
	}
	return object, err
}

// Describe replaces the metadata of an object if its revision is still the one that was read. Errors: ErrObjectChanged,
// ErrUnavailable.
func (o *Objects) Describe(ctx context.Context, object Object, meta map[string]string) (Object, error) {
	info := object.info
	info.Metadata = maps.Clone(meta)
	seq, err := o.commit(ctx, info, &object.Revision)
	if err != nil {
		return Object{}, err
	}
	return objectOf(info, seq), nil
}

// read finds an object, deleted or not.
func (o *Objects) read(ctx context.Context, name string) (Object, error) {
	if _, err := o.open(ctx); err != nil {
		return Object{}, err
	}
	msg, err := asked(ctx, func(ctx context.Context) (*leaderMsg, error) {
		return o.bus.leaderLast(ctx, objectStream, metaSubject(name))
	})
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return Object{}, fmt.Errorf("%w: %s", ErrNoObject, name)
	case err != nil:
		return Object{}, o.failed("read object", err)
	}
	var info jetstream.ObjectInfo
	if err := json.Unmarshal(msg.Data, &info); err != nil {
		return Object{}, fmt.Errorf("read object %s: %w", name, err)
	}
	if info.ModTime.IsZero() { // NATS's own clients leave it out
		info.ModTime = msg.Time
	}
	return objectOf(info, msg.Seq), nil
}

func objectOf(info jetstream.ObjectInfo, revision uint64) Object {
	object := Object{
		Name: info.Name, Size: int64(info.Size), Meta: maps.Clone(info.Metadata), Stored: info.ModTime, Revision: revision, info: info,
	}
	if raw, err := base64.URLEncoding.DecodeString(strings.TrimPrefix(info.Digest, digestPrefix)); err == nil {
		object.Digest = hex.EncodeToString(raw)
	}
	return object
}

// open finds the store or makes it.
func (o *Objects) open(ctx context.Context) (jetstream.Stream, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stream != nil {
		return o.stream, nil
	}
	stream, err := o.bus.place(ctx, jetstream.StreamConfig{
		Name: objectStream, Subjects: []string{chunkPrefix + ">", metaPrefix + ">"}, Storage: jetstream.FileStorage,
		Discard: jetstream.DiscardNew, AllowRollup: true, MaxAge: o.bus.cfg.Retention, MaxMsgSize: -1,
		// Chunks come from any replica as they are; from the leader they would come wrapped in JSON, at twice the cost.
		AllowDirect: true,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: open the files: %w", ErrUnavailable, err)
	}
	o.stream = stream
	return stream, nil
}

// failed tells that the bus did not answer, and opens the store anew next time: it may have been deleted.
func (o *Objects) failed(what string, err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stream = nil
	return fmt.Errorf("%w: %s: %w", ErrUnavailable, what, err)
}

func metaSubject(name string) string {
	return metaPrefix + base64.URLEncoding.EncodeToString([]byte(name))
}

var _ io.ReadSeekCloser = (*ObjectReader)(nil)
