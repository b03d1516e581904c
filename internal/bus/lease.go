package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"

	"github.com/bellhop-chat/bellhop/internal/id"
)

const (
	leaseBucket  = "BELLHOP_LEASES"
	leaseStream  = "KV_" + leaseBucket
	leaseSubject = "$KV." + leaseBucket + "."
	// leaseTTL is how long a holder that was killed still counts as one.
	leaseTTL = 3 * time.Second
	// leaseRenewal leaves more than one try before the lease is given up.
	leaseRenewal = time.Second
	// leaseMargin is how long before the server's end of a lease its holder stops: for clocks that drift and for hold to end.
	leaseMargin = 500 * time.Millisecond
	// leaseOpen bounds the asking for a free lease. A cluster may leave one of several who make the bucket at once unanswered.
	leaseOpen = time.Second
	// leasePoll is how often a lease that another has is asked for.
	leasePoll = 500 * time.Millisecond
	// leaseTry bounds one renewal, and leaseRetry is the pause before the next when it failed.
	leaseTry   = 600 * time.Millisecond
	leaseRetry = 200 * time.Millisecond
)

// Hold runs hold whenever this process has the lease of a name, and waits for it otherwise, until ctx ends. hold's context
// ends when the lease is lost, half a second before anybody else can have it; hold must then return at once. A holder that
// stops in order hands over at once, one that is killed within leaseTTL and a second. An error of hold ends Hold, unless the
// lease was lost or ctx has ended: then it is only logged.
func (b *Bus) Hold(ctx context.Context, name, owner string, log *zap.Logger, hold func(ctx context.Context) error) error {
	if log == nil {
		log = zap.NewNop()
	}
	l := &lease{bus: b, key: id.Token(name), log: log.With(zap.String("lease", name))}
	for ctx.Err() == nil {
		l.value = inscribe(owner)
		term, err := l.acquire(ctx)
		if err == nil {
			l.log.Info("lease taken")
			err = l.held(ctx, term, hold)
			if err != nil {
				return err
			}
		} else if ctx.Err() == nil && !taken(err) {
			l.log.Warn("lease cannot be asked for", zap.Error(err))
		}
		sleep(ctx, leasePoll) // after a term too: the others get their turn
	}
	return nil
}

type lease struct {
	bus   *Bus
	key   string
	value string
	log   *zap.Logger
	kv    jetstream.KeyValue
}

// term is one lease that was taken.
type term struct {
	rev uint64
	// since is when the last renewal that worked was asked for: the server's end of the lease is at least leaseTTL later.
	since time.Time
}

func (t term) end() time.Time { return t.since.Add(leaseTTL - leaseMargin) }

func (l *lease) acquire(ctx context.Context) (term, error) {
	ctx, cancel := context.WithTimeout(ctx, leaseOpen)
	defer cancel()
	if l.kv == nil {
		if err := l.open(ctx); err != nil {
			return term{}, fmt.Errorf("open leases: %w", err)
		}
	}
	since := time.Now()
	rev, err := l.kv.Create(ctx, l.key, []byte(l.value))
	if err != nil {
		if !taken(err) {
			l.kv = nil // it may have been deleted
		}
		return term{}, fmt.Errorf("take lease: %w", err)
	}
	return term{rev: rev, since: since}, nil
}

// taken tells that another has the lease, or was faster to take it.
func taken(err error) bool {
	return errors.Is(err, jetstream.ErrKeyExists) || errors.Is(err, jetstream.ErrKeyRevisionMismatch)
}

// open finds the bucket of all leases or makes it: on disk, so that no restart of the bus frees a lease whose holder is
// still alive.
func (l *lease) open(ctx context.Context) (err error) {
	l.kv, err = l.bus.js.KeyValue(ctx, leaseBucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		l.kv, err = l.bus.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: leaseBucket, TTL: leaseTTL, Storage: jetstream.FileStorage,
			Replicas: l.bus.stream.CachedInfo().Config.Replicas,
		})
	}
	if err != nil {
		l.kv = nil
	}
	return err
}

// held runs hold beside the renewal, which ends hold's context before another can have the lease.
func (l *lease) held(ctx context.Context, t term, hold func(ctx context.Context) error) error {
	holding, end := context.WithCancel(ctx)
	defer end()
	renewed := make(chan term, 1)
	go func() {
		defer end()
		renewed <- l.renew(holding, t)
	}()
	err := hold(holding)
	lost := holding.Err() != nil && ctx.Err() == nil
	end()
	t = <-renewed
	if lost {
		l.log.Warn("lease lost", zap.NamedError("held", err))
		return nil
	}
	l.release(t)
	if err != nil && ctx.Err() != nil {
		l.log.Info("holder ended", zap.Error(err))
		return nil
	}
	return err
}

// renew keeps the lease until ctx ends or the term is over.
func (l *lease) renew(ctx context.Context, t term) term {
	// What was asked for is waited for even when ctx ends: release needs the revision.
	asking := context.WithoutCancel(ctx)
	wait := leaseRenewal
	for sleep(ctx, min(wait, time.Until(t.end()))) && time.Now().Before(t.end()) {
		next, err := l.renewOnce(asking, t)
		switch {
		case err == nil:
			t, wait = next, leaseRenewal
		case errors.Is(err, errLeaseTaken):
			return t
		default:
			l.log.Info("lease could not be renewed", zap.Error(err))
			wait = leaseRetry
		}
	}
	return t
}

// errLeaseTaken says that the key is no longer this holder's.
var errLeaseTaken = errors.New("lease is another's or has run out")

func (l *lease) renewOnce(ctx context.Context, t term) (term, error) {
	since := time.Now()
	ctx, cancel := context.WithTimeout(ctx, min(leaseTry, time.Until(t.end())))
	defer cancel()
	rev, err := l.kv.Update(ctx, l.key, []byte(l.value), t.rev)
	if err == nil {
		return term{rev: rev, since: since}, nil
	}
	if !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return t, fmt.Errorf("renew lease: %w", err)
	}
	// Perhaps by ourselves: an update whose answer was lost.
	entry, err := l.kv.Get(ctx, l.key)
	if err != nil || string(entry.Value()) != l.value {
		return t, errors.Join(errLeaseTaken, err)
	}
	return term{rev: entry.Revision(), since: t.since}, nil
}

func (l *lease) release(t term) {
	ctx, cancel := context.WithTimeout(context.Background(), leaseTTL)
	defer cancel()
	if err := l.kv.Delete(ctx, l.key, jetstream.LastRevision(t.rev)); err != nil {
		l.log.Info("lease runs out by itself", zap.Error(err))
	}
}
