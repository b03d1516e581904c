package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	cacheName = "BELLHOP_CACHE"
	// cacheAge is how long a channel's last event is kept at most: Pusher's 30 minutes.
	cacheAge = 30 * time.Minute
	// republishTarget is where the events of cache channels are heard: where those of all others are, with their sequence.
	republishTarget = "bellhop.channel.v1.{{wildcard(1)}}.{{wildcard(2)}}"
)

// ToChannel publishes what the sockets of a channel are to be told. It is not stored, and may be lost with the link to the bus; while that
// is known to be down, ErrUnavailable. ErrTooLarge.
func (b *Bus) ToChannel(c Channel, payload []byte) error {
	if !b.nc.IsConnected() {
		return fmt.Errorf("%w: publish to a channel: the link is down", ErrUnavailable)
	}
	if err := b.nc.Publish(c.under(channelPrefix), payload); err != nil {
		return channelError("publish to a channel", err)
	}
	return nil
}

func channelError(doing string, err error) error {
	if errors.Is(err, nats.ErrMaxPayload) {
		return fmt.Errorf("%w: %s: %w", ErrTooLarge, doing, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrUnavailable, doing, err)
}

// Cache keeps the last event of each cache channel, in a stream of its own beside the facts. What it stores, it republishes to where
// OnChannels hears it.
type Cache struct {
	bus    *Bus
	stream jetstream.Stream
}

// OpenCache finds the stream, or makes it. Errors: ErrUnavailable.
func (b *Bus) OpenCache(ctx context.Context) (*Cache, error) {
	c := &Cache{bus: b}
	err := retry(ctx, func() (err error) {
		c.stream, err = b.ensureStream(ctx, jetstream.StreamConfig{
			Name: cacheName, Subjects: []string{channelsOf(cachePrefix, "")}, Storage: jetstream.FileStorage, Replicas: b.replicas(),
			MaxAge: cacheAge, MaxMsgsPerSubject: 1, Duplicates: time.Second,
			RePublish: &jetstream.RePublish{Source: channelsOf(cachePrefix, ""), Destination: republishTarget},
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: open the cache: %w", ErrUnavailable, err)
	}
	return c, nil
}

// Put publishes to a cache channel. When it returns without an error, the event is the channel's last. Errors: ErrTooLarge, ErrUnavailable.
func (c *Cache) Put(ctx context.Context, channel Channel, payload []byte) error {
	ctx, cancel := context.WithTimeout(ctx, c.bus.cfg.PublishTimeout)
	defer cancel()
	if _, err := c.bus.js.Publish(ctx, channel.under(cachePrefix), payload, jetstream.WithExpectStream(cacheName)); err != nil {
		return channelError("publish to a cache channel", err)
	}
	return nil
}

// Cached is the last event of a cache channel.
type Cached struct {
	Payload []byte
	Seq     uint64
	At      time.Time
}

// Last reads the last event of a cache channel; a Seq of 0 when there is none. Errors: ErrUnavailable.
func (c *Cache) Last(ctx context.Context, channel Channel) (Cached, error) {
	msg, err := asked(ctx, func(ctx context.Context) (*jetstream.RawStreamMsg, error) {
		return c.stream.GetLastMsgForSubject(ctx, channel.under(cachePrefix))
	})
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return Cached{}, nil
	case err != nil:
		return Cached{}, fmt.Errorf("%w: read the cache: %w", ErrUnavailable, err)
	}
	return Cached{Payload: msg.Data, Seq: msg.Sequence, At: msg.Time}, nil
}

// ChannelHandler gets what is published to a channel. The sequence is that of LastCached, 0 for what is not cached.
type ChannelHandler func(c Channel, payload []byte, seq uint64)

// OnChannels calls fn for all that is published to the channels of an app, one after another, until the returned function is called. What
// is published after it has returned is heard.
func (b *Bus) OnChannels(app string, fn ChannelHandler) (stop func(), err error) {
	return b.hearChannels(channelPrefix, app, fn)
}

// Announce tells all gateways what changed in a channel. It may be lost.
func (b *Bus) Announce(c Channel, roster []byte) error {
	if err := b.nc.Publish(c.under(rosterPrefix), roster); err != nil {
		return fmt.Errorf("%w: announce: %w", ErrUnavailable, err)
	}
	return nil
}

// OnRosters calls fn for every announcement about the channels of an app, as OnChannels does.
func (b *Bus) OnRosters(app string, fn func(c Channel, roster []byte)) (stop func(), err error) {
	return b.hearChannels(rosterPrefix, app, func(c Channel, payload []byte, _ uint64) { fn(c, payload) })
}

func (b *Bus) hearChannels(prefix, app string, fn ChannelHandler) (stop func(), err error) {
	sub, err := b.nc.Subscribe(channelsOf(prefix, app), func(msg *nats.Msg) {
		if c, err := parseChannel(prefix, msg.Subject); err == nil { // anything else is by somebody who does not know the subjects
			fn(c, msg.Data, sequenceIn(msg.Header))
		}
	})
	if err != nil {
		return nil, fmt.Errorf("%w: hear channels: %w", ErrUnavailable, err)
	}
	// A gateway hears all channels of an app over one subscription: what it is behind with is worth more than what is usual.
	if err := sub.SetPendingLimits(channelsPending, channelsPendingBytes); err != nil {
		return nil, fmt.Errorf("hear channels: %w", err)
	}
	b.settleIn()
	return func() { _ = sub.Unsubscribe() }, nil // fails only when the connection is closed already
}

// channelsPending is how many messages, and bytes of them, may wait to be handed to the sockets.
const (
	channelsPending      = 1 << 20
	channelsPendingBytes = 256 << 20
)

func sequenceIn(header nats.Header) uint64 {
	if header.Get(jetstream.StreamHeader) != cacheName {
		return 0
	}
	seq, err := strconv.ParseUint(header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil {
		return 0
	}
	return seq
}
