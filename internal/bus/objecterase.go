package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Delete removes an object, its bytes and what was known of it, and the server overwrites them on its disk; only the name stays
// taken. One that is not there, or no longer, is not an error. After ErrUnavailable it may be half gone: deleting it again
// finishes that.
func (o *Objects) Delete(ctx context.Context, name string) error {
	object, err := o.read(ctx, name)
	if errors.Is(err, ErrNoObject) {
		return nil
	}
	if err != nil {
		return err
	}
	revision := object.Revision
	if info := object.info; !info.Deleted {
		info.Deleted, info.Size, info.Chunks, info.Digest, info.Metadata, info.Headers = true, 0, 0, "", nil, nil
		if revision, err = o.commit(ctx, info, nil); err != nil {
			return err
		}
	}
	if err := o.erase(ctx, chunkPrefix+object.info.NUID, 0); err != nil {
		return err
	}
	return o.erase(ctx, metaSubject(name), revision)
}

// erase overwrites what the store holds of a subject, but for one sequence.
func (o *Objects) erase(ctx context.Context, subject string, keep uint64) error {
	stream, err := o.open(ctx)
	if err != nil {
		return err
	}
	last, err := o.last(ctx, subject)
	if err != nil || last == 0 {
		return err
	}
	var doomed []uint64
	reading := scan{stream: stream, subject: subject, next: 1, last: last, bare: true, fn: func(msg *jetstream.RawStreamMsg) error {
		if msg.Sequence != keep {
			doomed = append(doomed, msg.Sequence)
		}
		return nil
	}}
	if err := reading.run(ctx); err != nil {
		return err
	}
	_, err = overwrite(ctx, stream, doomed)
	return err
}

// last is the sequence of the newest message of a subject, 0 for none.
func (o *Objects) last(ctx context.Context, subject string) (uint64, error) {
	msg, err := asked(ctx, func(ctx context.Context) (*leaderMsg, error) { return o.bus.leaderLast(ctx, objectStream, subject) })
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return 0, nil
	case err != nil:
		return 0, o.failed("look at the files", err)
	default:
		return msg.Seq, nil
	}
}

// Each calls fn with every object that there is, in no particular order; of one whose metadata were changed meanwhile perhaps
// twice. An error of fn ends it and is returned.
func (o *Objects) Each(ctx context.Context, fn func(Object) error) error {
	stream, err := o.open(ctx)
	if err != nil {
		return err
	}
	last, err := o.last(ctx, metaPrefix+">")
	if err != nil || last == 0 {
		return err
	}
	// Of one object there may be several; the newest counts, and comes last.
	found := map[string]Object{}
	reading := scan{stream: stream, subject: metaPrefix + ">", next: 1, last: last, fn: func(msg *jetstream.RawStreamMsg) error {
		var info jetstream.ObjectInfo
		if !strings.HasPrefix(msg.Subject, metaPrefix) || json.Unmarshal(msg.Data, &info) != nil {
			return nil // written by somebody who does not know what stands here
		}
		if info.Deleted {
			delete(found, info.Name)
			return nil
		}
		found[info.Name] = objectOf(info, msg.Sequence)
		return nil
	}}
	if err := reading.run(ctx); err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	for _, object := range found {
		if err := fn(object); err != nil {
			return err
		}
	}
	return nil
}
