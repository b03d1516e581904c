package pusher

import (
	"context"
	"fmt"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// maxBatch is how many events a batch may have. It is Pusher's.
const maxBatch = 10

// batch publishes events one after another: all of them, or none.
func (s *Server) batch(c call) (any, *intake.Refusal) {
	var b struct {
		Batch []triggered `json:"batch"`
	}
	if f := c.parse(&b); f != nil {
		return nil, f
	}
	if n := len(b.Batch); n == 0 || n > maxBatch {
		return nil, invalid(fmt.Sprintf("the batch has %d events, and must have 1 to %d", n, maxBatch))
	}
	asked := false
	for i := range b.Batch {
		t := &b.Batch[i]
		if t.Channel == nil {
			return nil, invalid(fmt.Sprintf("batch[%d]: missing parameter channel", i))
		}
		t.Channels = []string{*t.Channel}
		if f := s.check(c.r.Context(), *t, 1); f != nil {
			f.Text = fmt.Sprintf("batch[%d]: %s", i, f.Text)
			return nil, f
		}
		asked = asked || t.Info != nil
	}
	var answer any = empty{}
	if asked {
		var f *intake.Refusal
		if answer, f = s.batchInfo(c.r.Context(), b.Batch); f != nil {
			return nil, f
		}
	}
	for _, t := range b.Batch {
		if f := s.publish(c.r.Context(), t); f != nil {
			return nil, f
		}
	}
	return answer, nil
}

func (s *Server) batchInfo(ctx context.Context, batch []triggered) (any, *intake.Refusal) {
	answer := struct {
		Batch []attributes `json:"batch"`
	}{make([]attributes, len(batch))}
	for i, t := range batch {
		if t.Info == nil {
			continue
		}
		about, f := s.attributes(ctx, t.Channels, attributesOf(*t.Info))
		if f != nil {
			return nil, f
		}
		answer.Batch[i] = about[t.Channels[0]]
	}
	return answer, nil
}
