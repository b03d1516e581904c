package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The requests by which a stream is read as a whole and made from that again, and where the pieces of both are settled.
const (
	snapshotOf    = "STREAM.SNAPSHOT."
	restoreOf     = "STREAM.RESTORE."
	snapshotAcks  = "$JS.SNAPSHOT.ACK."
	restorePieces = "$JS.SNAPSHOT.RESTORE."
)

const (
	// pieceBytes is how a snapshot is cut: the size that the servers choose themselves.
	pieceBytes = 128 << 10
	// stallTimeout is how long no piece may come, or be taken. A cluster that restores a stream brings its replicas up meanwhile.
	stallTimeout = time.Minute
)

// snapshotted are the streams that hold all that is true, in the order in which they are to be read while services go on. The files come
// after the events that name them, as each was stored before its event: so no event names one that is missing. So do the dead letters:
// of an event that is given up in between, the consumer's position still says that it is to be delivered. The notes come first: of what was
// received from a platform they may say too little, and it is fetched again, but never that an event was received that is not there.
var snapshotted = []string{notesStream, streamName, deadName, objectStream}

// Facts is the stream of events.
const Facts = streamName

// Snapshot tells of a stream that was read as a whole, and is what it takes, besides the bytes, to make it again.
type Snapshot struct {
	Stream string `json:"stream"`
	// Config and State are the server's, in its own words.
	Config json.RawMessage `json:"config"`
	State  json.RawMessage `json:"state"`
}

// Extent is how much a stream held, or holds.
type Extent struct {
	Messages  uint64 `json:"messages"`
	First     uint64 `json:"first_seq"`
	Last      uint64 `json:"last_seq"`
	Consumers int    `json:"consumer_count"`
}

// Extent of the stream when it was read.
func (s Snapshot) Extent() (e Extent, err error) {
	if err := json.Unmarshal(s.State, &e); err != nil {
		return e, fmt.Errorf("read state of stream %s: %w", s.Stream, err)
	}
	return e, nil
}

// Snapshotted are the names of the streams that are on this bus and belong to a backup, in the order in which they are to be read.
func (b *Bus) Snapshotted(ctx context.Context) (names []string, err error) {
	for _, name := range snapshotted {
		_, err := asked(ctx, func(ctx context.Context) (jetstream.Stream, error) { return b.js.Stream(ctx, name) })
		switch {
		case errors.Is(err, jetstream.ErrStreamNotFound): // made when it is first needed
		case err != nil:
			return nil, fmt.Errorf("%w: look at stream %s: %w", ErrUnavailable, name, err)
		default:
			names = append(names, name)
		}
	}
	return names, nil
}

// Snapshot writes a stream as it is at this moment, with its consumers and where each of them stands. Whoever publishes goes on. The bytes
// are checked on the server's disk, and their pieces counted here: after an error they are worth nothing.
func (b *Bus) Snapshot(ctx context.Context, stream string, to io.Writer) (Snapshot, error) {
	inbox := b.nc.NewInbox()
	pieces, err := b.nc.SubscribeSync(inbox)
	if err != nil {
		return Snapshot{}, fmt.Errorf("%w: read stream %s: %w", ErrUnavailable, stream, err)
	}
	defer func() { _ = pieces.Unsubscribe() }()
	_ = pieces.SetPendingLimits(-1, -1) // the server sends 8 MiB ahead and no more
	var answer struct {
		Error  *jetstream.APIError `json:"error"`
		Config json.RawMessage     `json:"config"`
		State  json.RawMessage     `json:"state"`
	}
	question := map[string]any{"deliver_subject": inbox, "chunk_size": pieceBytes, "jsck": true}
	if err := b.demand(ctx, request(snapshotOf, stream), question, &answer); err != nil {
		return Snapshot{}, fmt.Errorf("%w: read stream %s: %w", ErrUnavailable, stream, err)
	}
	if answer.Error != nil {
		return Snapshot{}, fmt.Errorf("read stream %s: %w", stream, answer.Error)
	}
	if err := receive(ctx, pieces, to); err != nil {
		return Snapshot{}, fmt.Errorf("read stream %s: %w", stream, err)
	}
	return Snapshot{Stream: stream, Config: answer.Config, State: answer.State}, nil
}

// demand asks a question, and reads the answer.
func (b *Bus) demand(ctx context.Context, subject string, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, stallTimeout)
	defer cancel()
	reply, err := b.nc.RequestWithContext(ctx, subject, body)
	if err != nil {
		return err
	}
	return json.Unmarshal(reply.Data, answer)
}

// receive writes pieces until the one that says that it was the last, or why there are no more.
func receive(ctx context.Context, pieces *nats.Subscription, to io.Writer) error {
	for index := uint64(1); ; index++ {
		piece, err := within(ctx, stallTimeout, pieces.NextMsgWithContext)
		if err != nil {
			return fmt.Errorf("%w: wait for piece %d: %w", ErrUnavailable, index, err)
		}
		if len(piece.Data) == 0 {
			return ended(piece)
		}
		// The very last piece asks for no answer, and has no number.
		if piece.Reply != "" && numberOf(piece) != index {
			return fmt.Errorf("%w: piece %d did not come", ErrUnavailable, index)
		}
		if _, err := to.Write(piece.Data); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if piece.Reply == "" {
			continue
		}
		if err := piece.Respond(nil); err != nil {
			return fmt.Errorf("%w: ask for more: %w", ErrUnavailable, err)
		}
	}
}

// numberOf is which piece this is, by where it is settled: …<bytes>.<number>.
func numberOf(piece *nats.Msg) uint64 {
	n, err := strconv.ParseUint(piece.Reply[strings.LastIndexByte(piece.Reply, '.')+1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// ended tells what the message without bytes at the end says.
func ended(last *nats.Msg) error {
	status := last.Header.Get("Status")
	if status == "" || status == "204" {
		return nil
	}
	return fmt.Errorf("%w: the server has stopped: %s %s", ErrUnavailable, status, last.Header.Get("Description"))
}
