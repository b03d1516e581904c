package bus

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Get opens an object. Errors: ErrNoObject, ErrUnavailable. The reader lives as long as ctx.
func (o *Objects) Get(ctx context.Context, name string) (*ObjectReader, Object, error) {
	object, err := o.Info(ctx, name)
	if err != nil {
		return nil, Object{}, err
	}
	r := &ObjectReader{ctx: ctx, objects: o, object: object}
	r.rewind()
	return r, object, nil
}

// ObjectReader reads an object, chunk by chunk as it is read from: it holds one. At the end it checks
// the digest, and ErrObjectBroken keeps back the last chunk of what is not as it was stored. Seeking reads over what is before
// the place. Not for concurrent use.
type ObjectReader struct {
	ctx     context.Context // an io.Reader has no other way to be told that nobody reads any more
	objects *Objects
	object  Object

	want int64     // where the next Read is to begin
	at   int64     // where chunk begins
	rest []byte    // what is left of the chunk that was read last
	seq  uint64    // stream sequence of that chunk
	sum  hash.Hash // of everything up to the end of that chunk
	err  error     // that no second try can mend
}

func (r *ObjectReader) rewind() {
	r.at, r.rest, r.seq, r.sum = 0, nil, 0, sha256.New()
}

// Read implements io.Reader.
func (r *ObjectReader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.want >= r.object.Size {
		return 0, io.EOF
	}
	if r.want < r.at {
		r.rewind()
	}
	for r.want >= r.at+int64(len(r.rest)) {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest[r.want-r.at:])
	r.want += int64(n)
	return n, nil
}

// next takes the chunk after the one that is here.
func (r *ObjectReader) next() error {
	msg, err := r.fetch()
	if err != nil {
		return err
	}
	r.at += int64(len(r.rest))
	r.rest, r.seq = msg.Data, msg.Sequence
	_, _ = r.sum.Write(msg.Data) // a hash takes everything
	end := r.at + int64(len(r.rest))
	if len(r.rest) == 0 || end > r.object.Size || end == r.object.Size && digest(r.sum) != r.object.info.Digest {
		r.err = fmt.Errorf("%w: %s", ErrObjectBroken, r.object.Name)
	}
	return r.err
}

// lagPause is between two tries to get a chunk from a replica that does not have it yet.
const lagPause = 20 * time.Millisecond

// fetch gets the next chunk. A replica may not have it yet, for requestTimeout at most; or it was deleted, or its time is over.
func (r *ObjectReader) fetch() (*jetstream.RawStreamMsg, error) {
	stream, err := r.objects.open(r.ctx)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(requestTimeout); ; {
		msg, err := asked(r.ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
			return stream.GetMsg(ctx, r.seq+1, jetstream.WithGetMsgSubject(chunkPrefix+r.object.info.NUID))
		})
		if err == nil {
			return msg, nil
		}
		if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil, r.objects.failed("read a chunk", err)
		}
		if _, err := r.objects.Info(r.ctx, r.object.Name); err != nil {
			return nil, err
		}
		if time.Now().After(deadline) || !sleep(r.ctx, lagPause) {
			return nil, errors.Join(fmt.Errorf("%w: %s", ErrNoObject, r.object.Name), r.ctx.Err())
		}
	}
}

// Seek implements io.Seeker.
func (r *ObjectReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.want
	case io.SeekEnd:
		offset += r.object.Size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	r.want = offset
	return offset, nil
}

// Close implements io.Closer.
func (r *ObjectReader) Close() error {
	r.rest = nil
	r.want = r.object.Size
	return nil
}
