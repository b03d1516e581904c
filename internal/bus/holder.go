package bus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"github.com/bellhop-chat/bellhop/internal/id"
)

// Holder is the process that has a lease.
type Holder struct {
	// Owner is what it called itself when it asked for the lease.
	Owner string
	// Host and PID are where it runs: in Kubernetes the host is the pod's name. They are empty and 0 where a version wrote the
	// lease that did not say so.
	Host string
	PID  int
	// Renewed is when the bus last heard of it. A lease that is not renewed for 3 s is nobody's.
	Renewed time.Time
}

// Holders are the processes that have leases now, by the leases' names. A lease that nobody has is not among them. It is for
// people and tests: by the time it answers, another may have taken over. Errors: ErrUnavailable.
func (b *Bus) Holders(ctx context.Context) (map[string]Holder, error) {
	holders, err := within(ctx, requestTimeout, b.holders)
	if err != nil {
		return nil, fmt.Errorf("%w: read leases: %w", ErrUnavailable, err)
	}
	return holders, nil
}

func (b *Bus) holders(ctx context.Context) (map[string]Holder, error) {
	kv, err := b.js.KeyValue(ctx, leaseBucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) { // nobody has ever asked for one
		return map[string]Holder{}, nil
	}
	if err != nil {
		return nil, err
	}
	stream, err := b.js.Stream(ctx, leaseStream)
	if err != nil {
		return nil, err
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(leaseSubject+">"))
	if err != nil {
		return nil, err
	}
	holders := map[string]Holder{}
	for subject := range info.State.Subjects {
		key := strings.TrimPrefix(subject, leaseSubject)
		name, err := id.Decode(key)
		if err != nil {
			continue // written by somebody who does not know the keys
		}
		switch entry, err := kv.Get(ctx, key); {
		case errors.Is(err, jetstream.ErrKeyNotFound): // given back, or run out since
		case err != nil:
			return nil, err
		default:
			holder := holderOf(string(entry.Value()))
			holder.Renewed = entry.Created()
			holders[name] = holder
		}
	}
	return holders, nil
}

// inscribe is what stands in a lease: who has it, where that is, and which term it is. Every term is another one, or a holder could
// take an older term for its own.
func inscribe(owner string) string {
	host, _ := os.Hostname() // a machine without a name has none here
	return strings.Join([]string{id.Token(owner), nuid.Next(), id.Token(host), strconv.Itoa(os.Getpid())}, " ")
}

// holderOf reads what inscribe wrote. Fields that a later version adds are ignored.
func holderOf(value string) (h Holder) {
	fields := strings.Split(value, " ")
	for i, field := range fields {
		switch i {
		case 0:
			h.Owner, _ = id.Decode(field) // empty for what nobody has encoded
		case 2:
			h.Host, _ = id.Decode(field)
		case 3:
			h.PID, _ = strconv.Atoi(field)
		}
	}
	return h
}
