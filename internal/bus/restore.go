package bus

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// restoredKey is where a stream's metadata say when it was made from a backup, in nanoseconds.
const restoredKey = "bellhop_restored"

// epochOf is a stream's: when it was made. One that was restored is another one than that from which the backup was taken, also where a
// server restores when that was made: it gives the numbers of what came after the backup to other events.
func epochOf(info *jetstream.StreamInfo) string {
	made := info.Created.UnixNano()
	if restored, err := strconv.ParseInt(info.Config.Metadata[restoredKey], 10, 64); err == nil {
		made = max(made, restored)
	}
	return strconv.FormatInt(made, 36)
}

// ErrStreamExists says that a stream cannot be restored where there is one of its name.
var ErrStreamExists = errors.New("stream exists")

// Restore makes a stream from what Snapshot has told and written, with its consumers where they stood, and tells what is in it; what is
// older than the stream keeps anything is left out. ErrStreamExists. After another error part of it may be there.
func (b *Bus) Restore(ctx context.Context, s Snapshot, from io.Reader) (Extent, error) {
	if !slices.Contains(snapshotted, s.Stream) {
		return Extent{}, fmt.Errorf("stream %q is none of Bellhop's", s.Stream)
	}
	config, err := b.restored(s.Config)
	if err != nil {
		return Extent{}, fmt.Errorf("read configuration of stream %s: %w", s.Stream, err)
	}
	var answer struct {
		Error *jetstream.APIError `json:"error"`
		To    string              `json:"deliver_subject"`
	}
	question := map[string]json.RawMessage{"config": config, "state": s.State}
	if err := b.demand(ctx, request(restoreOf, s.Stream), question, &answer); err != nil {
		return Extent{}, fmt.Errorf("%w: make stream %s: %w", ErrUnavailable, s.Stream, err)
	}
	switch {
	case answer.Error != nil && answer.Error.ErrorCode == streamExists:
		return Extent{}, fmt.Errorf("%w: %s", ErrStreamExists, s.Stream)
	case answer.Error != nil:
		return Extent{}, fmt.Errorf("make stream %s: %w", s.Stream, answer.Error)
	}
	made, err := b.send(ctx, answer.To, from)
	if err != nil {
		return Extent{}, fmt.Errorf("fill stream %s: %w", s.Stream, err)
	}
	return made, s.like(made)
}

// streamExists is how a server refuses to restore a stream that it has.
const streamExists jetstream.ErrorCode = 10130

// restored is the configuration of a stream that is made here: with as many replicas as this bus has, and with an epoch of its own.
func (b *Bus) restored(config json.RawMessage) (json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(config, &all); err != nil {
		return nil, err
	}
	metadata := map[string]string{}
	if all["metadata"] != nil {
		if err := json.Unmarshal(all["metadata"], &metadata); err != nil {
			return nil, err
		}
	}
	metadata[restoredKey] = strconv.FormatInt(time.Now().UnixNano(), 10)
	var err error
	if all["metadata"], err = json.Marshal(metadata); err != nil {
		return nil, err
	}
	all["num_replicas"] = json.RawMessage(strconv.Itoa(b.replicas()))
	return json.Marshal(all)
}

// restoredBytes is how a snapshot is cut on its way back. A server that syncs each message to a slow disk takes a while for what is in
// one piece, and gives up after five seconds without the next.
const restoredBytes = 16 << 10

// send sends the pieces, each when the one before was taken, and waits until the stream is there.
func (b *Bus) send(ctx context.Context, subject string, from io.Reader) (Extent, error) {
	piece := make([]byte, restoredBytes)
	for {
		n, err := io.ReadFull(from, piece)
		if n > 0 {
			if _, err := b.piece(ctx, subject, piece[:n]); err != nil {
				return Extent{}, err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			made, err := b.piece(ctx, subject, nil)
			return made.State, err
		case err != nil:
			return Extent{}, fmt.Errorf("read: %w", err)
		}
	}
}

// made is how a server answers the end of a restore.
type made struct {
	Error *jetstream.APIError `json:"error"`
	State Extent              `json:"state"`
}

// heardWithin is how long it may take until all nodes of a cluster know who listens for pieces, and how long a server listens in vain.
const heardWithin = 5 * time.Second

// ask sends a piece. In a cluster the node that is asked may not know yet who listens: a piece that nobody heard is sent again.
func (b *Bus) ask(ctx context.Context, subject string, data []byte) (reply *nats.Msg, err error) {
	unheard, cancel := context.WithTimeout(ctx, heardWithin)
	defer cancel()
	var failed error
	_ = retry(unheard, func() error { // ends with what failed, or with nobody who listens
		if reply, failed = within(ctx, stallTimeout, func(ctx context.Context) (*nats.Msg, error) {
			return b.nc.RequestWithContext(ctx, subject, data)
		}); errors.Is(failed, nats.ErrNoResponders) {
			return failed
		}
		return nil
	})
	return reply, failed
}

func (b *Bus) piece(ctx context.Context, subject string, data []byte) (answer made, err error) {
	reply, err := b.ask(ctx, subject, data)
	if err != nil {
		return answer, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if len(bytes.TrimSpace(reply.Data)) == 0 {
		return answer, nil
	}
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return answer, fmt.Errorf("read answer: %w", err)
	}
	if answer.Error != nil {
		return answer, answer.Error
	}
	return answer, nil
}

// like tells whether a stream ends where the one did from which it was made.
func (s Snapshot) like(made Extent) error {
	want, err := s.Extent()
	if err == nil && (made.Last != want.Last || made.Messages > want.Messages) {
		err = fmt.Errorf("stream %s ends at %d with %d messages, and was to at %d with %d", s.Stream, made.Last, made.Messages, want.Last, want.Messages)
	}
	return err
}
