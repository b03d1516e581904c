package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// Headers of an atomic batch, as NATS specifies them in ADR-50.
const (
	batchID     = "Nats-Batch-Id"
	batchSeq    = "Nats-Batch-Sequence"
	batchCommit = "Nats-Batch-Commit"
)

const (
	// minBatch events are worth a batch: the server stages one in files of its own, which takes it as long as a dozen synced events.
	minBatch = 16
	// maxAlone are published alone at a time; what comes more is gathering.
	maxAlone = 8
	// maxBatch events are stored at once. The server takes 1000; a smaller batch is acknowledged sooner.
	maxBatch = 256
	// maxBatchBytes bounds what a batch makes the server hold in memory.
	maxBatchBytes = 4 << 20
)

// batches stores what many callers publish at the same time as atomic batches: a server that syncs its disk before it acknowledges
// then syncs once for all of them. A few at a time are published alone, which is sooner done; and while one batch is on its way the
// next one gathers, so nobody waits for company.
//
// What a batch is refused for is one event's fault, mostly one that was stored before: nothing of it is stored then, and each
// publication is stored alone.
type batches struct {
	bus *Bus

	mu      sync.Mutex
	waiting []*publication
	alone   int
	storing bool
}

// publication is what one caller publishes. It is in one batch as a whole, in its order.
type publication struct {
	ctx  context.Context
	msgs []*nats.Msg
	size int
	done chan published
}

// store stores messages in their order.
func (s *batches) store(ctx context.Context, msgs []*nats.Msg) published {
	p := &publication{ctx: ctx, msgs: msgs, done: make(chan published, 1)}
	for _, msg := range msgs {
		p.size += len(msg.Subject) + len(msg.Data)
	}
	s.mu.Lock()
	s.waiting = append(s.waiting, p)
	s.begin()
	s.mu.Unlock()
	select {
	case result := <-p.done:
		return result
	case <-ctx.Done():
		return published{err: ctx.Err()}
	}
}

// begin begins with what waits, as far as now is its time. The caller holds mu.
func (s *batches) begin() {
	if s.storing {
		return
	}
	if count(s.waiting) >= minBatch {
		if s.alone == 0 { // or soon: whoever is answered meanwhile comes along
			s.storing = true
			go s.storeGroup(s.take())
		}
		return
	}
	for len(s.waiting) > 0 && s.alone < maxAlone {
		p := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.alone++
		go s.storeOne(p)
	}
}

func (s *batches) storeOne(p *publication) {
	p.done <- s.bus.storeAlone(p.ctx, p.msgs)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alone--
	s.begin()
}

func (s *batches) storeGroup(group []*publication) {
	s.bus.storeAll(group)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.storing = false
	s.begin()
}

// take is the next batch: whatever waits, as far as one batch may go. The caller holds mu.
func (s *batches) take() (group []*publication) {
	var n, size int
	for len(s.waiting) > 0 {
		p := s.waiting[0]
		if len(group) > 0 && (n+len(p.msgs) > maxBatch || size+p.size > maxBatchBytes) {
			break
		}
		s.waiting = s.waiting[1:]
		group, n, size = append(group, p), n+len(p.msgs), size+p.size
	}
	return group
}

// storeAll stores a group at once if it can, else each of it alone.
func (b *Bus) storeAll(group []*publication) {
	switch last, err := b.storeBatch(group); {
	case err == nil:
		tellStored(group, last)
		return
	case !errors.Is(err, errBatchRefused):
		for _, p := range group {
			p.done <- published{err: err}
		}
		return
	}
	var alone sync.WaitGroup
	for _, p := range group {
		alone.Go(func() { p.done <- b.storeAlone(p.ctx, p.msgs) })
	}
	alone.Wait()
}

func count(group []*publication) (n int) {
	for _, p := range group {
		n += len(p.msgs)
	}
	return n
}

// tellStored gives each publication of a batch its sequence: those of a batch follow one another.
func tellStored(group []*publication, last uint64) {
	for i := len(group) - 1; i >= 0; i-- {
		group[i].done <- published{seq: last}
		last -= uint64(len(group[i].msgs))
	}
}

// errBatchRefused says that nothing of a batch was stored.
var errBatchRefused = errors.New("the batch was refused")

// storeBatch stores all messages of a group or none, and answers the sequence of the last.
func (b *Bus) storeBatch(group []*publication) (last uint64, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), b.cfg.PublishTimeout) // it is several callers'
	defer cancel()
	name, n, total := nuid.Next(), 0, count(group)
	for _, p := range group {
		for _, msg := range p.msgs {
			n++
			part := nats.Msg{Subject: msg.Subject, Data: msg.Data, Header: nats.Header{}}
			for k, v := range msg.Header {
				part.Header[k] = v
			}
			part.Header[batchID], part.Header[batchSeq] = []string{name}, []string{strconv.Itoa(n)}
			if n == total {
				part.Header[batchCommit] = []string{"1"}
				return b.commitBatch(ctx, &part, total)
			}
			if err := b.nc.PublishMsg(&part); err != nil {
				return 0, fmt.Errorf("%w: %w", errBatchRefused, err)
			}
		}
	}
	return 0, errBatchRefused
}

// commitBatch sends a batch's last message, which has the others stored.
func (b *Bus) commitBatch(ctx context.Context, msg *nats.Msg, n int) (last uint64, err error) {
	reply, err := b.nc.RequestMsgWithContext(ctx, msg)
	switch {
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, nats.ErrMaxPayload):
		return 0, fmt.Errorf("%w: %w", errBatchRefused, err) // nobody has heard of it
	case err != nil:
		return 0, err
	}
	var ack struct {
		Error    *jetstream.APIError `json:"error"`
		Sequence uint64              `json:"seq"`
		Count    int                 `json:"count"`
	}
	switch err := json.Unmarshal(reply.Data, &ack); {
	case err != nil:
		return 0, fmt.Errorf("read acknowledgement: %w", err)
	case ack.Error != nil:
		return 0, fmt.Errorf("%w: %w", errBatchRefused, ack.Error)
	case ack.Count != n:
		return 0, fmt.Errorf("%d events were sent and %d acknowledged", n, ack.Count)
	}
	return ack.Sequence, nil
}
