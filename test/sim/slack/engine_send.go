package slack

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// outcome is how an attempt ended.
type outcome struct {
	ok      bool
	noRetry bool
	reason  string // X-Slack-Retry-Reason of the next attempt
	answer  []byte
}

// parcel is one request to the app.
type parcel struct {
	to, url, kind, id string
	contentType       string
	body              []byte
	attempt           int
	reason            string // of the retry
	forgery           Forgery

	header http.Header // as it was sent
}

// attempt brings an event to the app once, by the way that is set up.
func (s *Server) attempt(era context.Context, e *outgoing, n int, reason string) outcome {
	s.mu.Lock()
	url := s.world.Hooks.Events
	disturbances := s.faults.MatchDelivery(e.Kind, atTheDoor)
	s.mu.Unlock()
	p := &parcel{
		to: "events", url: url, kind: e.Kind, id: e.ID, contentType: "application/json", body: e.Body, attempt: n, reason: reason,
	}
	var out outcome
	if url == "" {
		out = s.push(era, p, "events_api", e.Body, dropped(disturbances))
	} else {
		for _, f := range disturbances {
			if f.Forge != "" {
				forged := *p
				forged.forgery = Forgery(f.Forge)
				s.send(era, &forged, false)
			}
		}
		out = s.send(era, p, dropped(disturbances))
	}
	s.noteHealth(out.ok)
	return out
}

func dropped(disturbances []DeliveryFault) bool {
	for _, f := range disturbances {
		if f.DropAck {
			return true
		}
	}
	return false
}

// noteHealth disables the subscription when hardly anything succeeds.
func (s *Server) noteHealth(ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	s.engine.all.Take(now, 1)
	if ok {
		s.engine.good.Take(now, 1)
	}
	all := s.engine.all.Used(now)
	if all >= healthEvents && float64(s.engine.good.Used(now)) < healthShare*float64(all) {
		s.world.EventsOff = true
	}
}

// send makes one POST and records it. dropAck treats a yes as lost.
func (s *Server) send(era context.Context, p *parcel, dropAck bool) outcome {
	d := Delivery{
		At: s.clock.Now(), ID: p.id, Kind: p.kind, Via: "http", To: p.to, Attempt: p.attempt, RetryReason: p.reason, Forged: p.forgery,
	}
	ctx, late, stop := s.deadline(era)
	began := time.Now()
	status, header, body, err := s.exchange(ctx, p)
	stop() // before it is recorded: whoever sees the record finds no timer of it
	d.Latency, d.Late = time.Since(began), late()
	out := outcome{answer: body, reason: "http_error"}
	switch {
	case err != nil && d.Late:
		out.reason, d.Error = "http_timeout", "http_timeout"
	case err != nil:
		out.reason = failure(err)
		d.Error = out.reason
	default:
		d.Status, d.Answer = status, clip(string(body))
		d.Accepted = status >= 200 && status < 300
		out.noRetry = header.Get("X-Slack-No-Retry") == "1"
	}
	d.Fooled = d.Accepted && p.forgery.mustRefuse()
	d.Dropped = d.Accepted && dropAck
	if d.Dropped {
		out.reason = "http_timeout"
	}
	out.ok = d.Accepted && !d.Dropped
	if era.Err() == nil {
		s.record(d)
	}
	return out
}

// exchange makes the request and reads the answer.
func (s *Server) exchange(ctx context.Context, p *parcel) (status int, header http.Header, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, nil)
	if err != nil {
		return 0, nil, nil, fmt.Errorf("build request: %w", err)
	}
	s.mu.Lock()
	s.address(req, p)
	s.mu.Unlock()
	resp, err := s.engine.client.Do(req)
	if err != nil {
		return 0, nil, nil, fmt.Errorf("deliver: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("read answer: %w", err)
	}
	return resp.StatusCode, resp.Header, body, nil
}

// address signs the request and remembers it if it is genuine. The caller holds mu.
func (s *Server) address(req *http.Request, p *parcel) {
	body := p.body
	if latest := s.engine.latest[p.to]; p.forgery == ForgeReplayed && latest != nil {
		req.Header, body = latest.header.Clone(), latest.body
	} else {
		req.Header.Set("Content-Type", p.contentType)
		req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
		if p.attempt > 1 {
			req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(p.attempt-1))
			req.Header.Set("X-Slack-Retry-Reason", p.reason)
		}
		body = sign(req.Header, s.world.Secret, s.clock.Now().Add(s.engine.skew), body, p.forgery)
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.ContentLength = int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	if p.forgery == "" {
		p.header = req.Header.Clone()
		s.engine.latest[p.to] = p
	}
}

// deadline ends a request after Slack's 3 s on the simulator's clock; late says whether it did.
func (s *Server) deadline(era context.Context) (ctx context.Context, late func() bool, stop func()) {
	ctx, cancel := context.WithCancel(era)
	var passed atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		if s.clock.Sleep(ctx, Deadline) == nil {
			passed.Store(true)
			cancel()
		}
	}()
	return ctx, passed.Load, func() { cancel(); <-done }
}
