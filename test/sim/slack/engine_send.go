package slack

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
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

// Redirects that Slack follows; one more fails.
const maxRedirects = 2

var errRedirects = errors.New("too many redirects")

func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{Proxy: nil, DialContext: dialLoopback, MaxIdleConnsPerHost: 100, IdleConnTimeout: time.Minute},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return errRedirects
			}
			return nil
		},
	}
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
	defer stop()
	began := time.Now()
	resp, body, err := s.post1(ctx, p)
	d.Latency, d.Late = time.Since(began), late()
	out := outcome{answer: body, reason: "http_error"}
	switch {
	case err != nil && d.Late:
		out.reason, d.Error = "http_timeout", "http_timeout"
	case err != nil:
		out.reason = failure(err)
		d.Error = out.reason
	default:
		d.Status, d.Answer = resp.StatusCode, clip(string(body))
		d.Accepted = d.Status >= 200 && d.Status < 300
		out.noRetry = resp.Header.Get("X-Slack-No-Retry") == "1"
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

func (s *Server) post1(ctx context.Context, p *parcel) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("build request: %w", err)
	}
	s.mu.Lock()
	s.address(req, p)
	s.mu.Unlock()
	resp, err := s.engine.client.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("deliver: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, nil, fmt.Errorf("read answer: %w", err)
	}
	return resp, body, nil
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

// failure names a transport error as X-Slack-Retry-Reason does.
func failure(err error) string {
	var record tls.RecordHeaderError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errRedirects):
		return "too_many_redirects"
	case errors.As(err, &record), errors.As(err, &certificate):
		return "ssl_error"
	}
	return "connection_failed"
}

// dialLoopback keeps the simulator from reaching anything but this machine.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("split address: %w", err)
	}
	if !isLoopback(host) {
		return nil, fmt.Errorf("dial the app: %w", ErrNotLoopback)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
