package bus

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// ObjectSpec says how bytes are to be stored.
type ObjectSpec struct {
	// Meta is kept with them; a few short values.
	Meta map[string]string
	// Max is how many bytes there may be; 0 for any number.
	Max int64
	// Size is how many there must be; 0 when that is not known before.
	Size int64
}

// purgeTimeout bounds the tidying after a put that failed: its own context may have ended.
const purgeTimeout = 5 * time.Second

// Put stores what r gives under a new name and answers when the bus has acknowledged all of it. Until then nobody sees any of
// it, and after an error nobody ever will, but for ErrUnavailable: then the object may have been stored.
//
// Errors: ErrObjectExists when the name is taken, or was before it was deleted; of several puts at once one wins. ErrTooLarge
// for more than Max, ErrObjectSize for other than Size, ErrUnavailable; and the reader's own errors, wrapped.
func (o *Objects) Put(ctx context.Context, name string, r io.Reader, spec ObjectSpec) (Object, error) {
	_, err := o.read(ctx, name)
	if err == nil {
		return Object{}, fmt.Errorf("%w: %s", ErrObjectExists, name)
	}
	if !errors.Is(err, ErrNoObject) {
		return Object{}, err
	}
	info := jetstream.ObjectInfo{
		ObjectMeta: jetstream.ObjectMeta{Name: name, Metadata: maps.Clone(spec.Meta), Opts: &jetstream.ObjectMetaOptions{ChunkSize: chunkBytes}},
		Bucket:     objectBucket, NUID: nuid.Next(),
	}
	if err := o.fill(ctx, &info, r, spec); err != nil {
		o.tidy(ctx, info)
		return Object{}, err
	}
	info.ModTime = time.Now().UTC()
	seq, err := o.commit(ctx, info, new(uint64))
	switch {
	case err == nil:
		return objectOf(info, seq), nil
	case errors.Is(err, ErrObjectChanged):
		o.tidy(ctx, info)
		return Object{}, fmt.Errorf("%w: %s", ErrObjectExists, name)
	}
	// The answer was lost. The chunks stay: the object may be stored.
	if object, lost := o.read(ctx, name); lost == nil && object.info.NUID == info.NUID {
		return object, nil
	}
	return Object{}, err
}

func (o *Objects) tidy(ctx context.Context, info jetstream.ObjectInfo) {
	if info.Chunks == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), purgeTimeout)
	defer cancel()
	_ = o.erase(ctx, chunkPrefix+info.NUID, 0) // else the chunks go with their age
}

// fill stores the chunks, each after the one before: in the stream they stand in the order of the file.
func (o *Objects) fill(ctx context.Context, info *jetstream.ObjectInfo, r io.Reader, spec ObjectSpec) error {
	subject, sum, chunk := chunkPrefix+info.NUID, sha256.New(), make([]byte, chunkBytes)
	for {
		n, err := io.ReadFull(r, chunk)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("read what is to be stored: %w", err)
		}
		info.Size += uint64(n)
		if err := checkSize(int64(info.Size), spec, last); err != nil {
			return err
		}
		if n > 0 {
			_, _ = sum.Write(chunk[:n]) // a hash takes everything
			info.Chunks++
			if _, err := o.bus.publish(ctx, &nats.Msg{Subject: subject, Data: chunk[:n]}); err != nil {
				return o.failed("store a chunk", err)
			}
		}
		if last {
			info.Digest = digest(sum)
			return nil
		}
	}
}

func checkSize(size int64, spec ObjectSpec, last bool) error {
	switch {
	case spec.Max > 0 && size > spec.Max:
		return fmt.Errorf("%w: more than %d bytes", ErrTooLarge, spec.Max)
	case spec.Size > 0 && (size > spec.Size || last && size != spec.Size):
		return fmt.Errorf("%w: %d were announced", ErrObjectSize, spec.Size)
	default:
		return nil
	}
}

func digest(sum hash.Hash) string {
	return digestPrefix + base64.URLEncoding.EncodeToString(sum.Sum(nil))
}

// commit writes what is known of an object: if what stands there has the given revision, 0 for nothing, nil for anything. It
// answers the new revision.
func (o *Objects) commit(ctx context.Context, info jetstream.ObjectInfo, revision *uint64) (uint64, error) {
	if _, err := o.open(ctx); err != nil {
		return 0, err
	}
	body, err := json.Marshal(info)
	if err != nil {
		return 0, fmt.Errorf("encode object %s: %w", info.Name, err)
	}
	// What stood there before stays until it is too old or erased. A rollup would only mark it as removed, and its bytes could not
	// be overwritten any more.
	msg := &nats.Msg{Subject: metaSubject(info.Name), Data: body}
	var opts []jetstream.PublishOpt
	if revision != nil {
		opts = append(opts, jetstream.WithExpectLastSequencePerSubject(*revision))
	}
	ctx, cancel := context.WithTimeout(ctx, o.bus.cfg.PublishTimeout)
	defer cancel()
	ack, err := o.bus.js.PublishMsg(ctx, msg, opts...)
	switch {
	case err == nil:
		return ack.Sequence, nil
	case wrongRevision(err):
		return 0, fmt.Errorf("%w: %s", ErrObjectChanged, info.Name)
	default:
		return 0, o.failed("store object", err)
	}
}

// wrongRevision tells that a compare-and-set found something else: a single server and a replicated stream say it differently.
func wrongRevision(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}
