package redis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

const (
	dialTimeout = 2 * time.Second
	// ioTimeout bounds one round trip, however long the caller would wait.
	ioTimeout = 3 * time.Second
	// poolTimeout is how long a call waits for one of the pool's connections.
	poolTimeout = 4 * time.Second
	// retries are for a connection that died unnoticed; whoever calls has a better idea of what to do when Redis is away.
	retries     = 2
	dialRetries = 1
)

// Store is a store in Redis. It is safe for concurrent use, by several processes as well.
type Store struct {
	client goredis.UniversalClient
}

var _ store.Store = (*Store)(nil)

// Open makes the store that a URL names. It wraps ErrURL.
func Open(url string) (*Store, error) {
	client, err := Dial(url)
	if err != nil {
		return nil, err
	}
	return &Store{client: client}, nil
}

// Dial makes a client of the Redis that a URL names; it connects when it is first used. The URL is redis://[user:password@]host[:port][/db],
// rediss:// for TLS, unix:///path, or redis://…@host,host,… for a cluster, with the query parameters of go-redis. It
// wraps ErrURL.
func Dial(url string) (goredis.UniversalClient, error) {
	if isCluster(url) {
		options, err := clusterOptions(url)
		if err != nil {
			return nil, err
		}
		return goredis.NewClusterClient(options), nil
	}
	options, err := singleOptions(url)
	if err != nil {
		return nil, err
	}
	return goredis.NewClient(options), nil
}

func singleOptions(url string) (*goredis.Options, error) {
	o, err := goredis.ParseURL(url)
	if err != nil {
		return nil, malformed(url)
	}
	patience{&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout, &o.MaxRetries}.orDefault()
	o.DialerRetries, o.ContextTimeoutEnabled = dialRetries, true
	o.DisableIdentity, o.MaintNotificationsConfig = true, nothingToMaintain
	return o, nil
}

func clusterOptions(url string) (*goredis.ClusterOptions, error) {
	spelled, ok := spellCluster(url)
	if !ok {
		return nil, malformed(url)
	}
	o, err := goredis.ParseClusterURL(spelled)
	if err != nil {
		return nil, malformed(url)
	}
	patience{&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout, &o.MaxRetries}.orDefault()
	o.DialerRetries, o.ContextTimeoutEnabled = dialRetries, true
	o.DisableIdentity, o.MaintNotificationsConfig = true, nothingToMaintain
	return o, nil
}

// nothingToMaintain spares Redis 7.0 a question about a feature of hosted ones.
var nothingToMaintain = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}

// patience is what the options of one Redis and of a cluster have in common without having a type in common.
type patience struct {
	dial, read, write, pool *time.Duration
	retries                 *int
}

// orDefault sets what the URL left open.
func (p patience) orDefault() {
	*p.dial, *p.read, *p.write = cmp.Or(*p.dial, dialTimeout), cmp.Or(*p.read, ioTimeout), cmp.Or(*p.write, ioTimeout)
	*p.pool, *p.retries = cmp.Or(*p.pool, poolTimeout), cmp.Or(*p.retries, retries)
}

// Ping tells whether Redis answers.
func (s *Store) Ping(ctx context.Context) error { return wrap("ping", s.client.Ping(ctx).Err()) }

// Close releases the connections.
func (s *Store) Close() error { return wrap("close", s.client.Close()) }

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// absent turns Redis's word for it into the store's.
func absent(doing string, err error) error {
	if errors.Is(err, goredis.Nil) {
		err = store.ErrNotFound
	}
	return fmt.Errorf("%s: %w", doing, err)
}
