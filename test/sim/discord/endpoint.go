package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// endpointTimeout bounds one request to the endpoint on the machine's clock, beside the 3 s on the simulator's.
const endpointTimeout = 30 * time.Second

func newEndpointClient() *http.Client {
	return &http.Client{
		Timeout:       endpointTimeout,
		Transport:     &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// SetInteractionsEndpoint sets where interactions go, "" for the gateway. As the portal does, it first sends a PING and a
// badly signed one; the address is refused unless both are answered rightly.
func (s *Server) SetInteractionsEndpoint(ctx context.Context, address string) error {
	if address != "" {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%w: %q is no http address", ErrEndpoint, address)
		}
		if !isLoopback(u.Hostname()) {
			return ErrNotLoopback
		}
		if err := s.verifyEndpoint(ctx, address); err != nil {
			return err
		}
	}
	s.mu.Lock()
	s.world.App.Endpoint = address
	s.mu.Unlock()
	s.watch.Touch()
	return nil
}

func (s *Server) verifyEndpoint(ctx context.Context, address string) error {
	s.mu.Lock()
	ping := raw(map[string]any{
		"id": s.world.newID(s.clock.Now()), "application_id": s.world.App.ID, "type": InteractionPing, "token": s.secret(120), "version": 1,
	})
	s.mu.Unlock()
	d, answer := s.ask(ctx, address, ping, "")
	d.Kind = "ping"
	var pong struct{ Type int }
	if json.Unmarshal(answer, &pong) != nil || pong.Type != callbackPong {
		d.Good = false
	}
	forged, _ := s.ask(ctx, address, ping, ForgeWrong)
	forged.Kind = "ping"
	s.note(d, forged)
	switch {
	case !d.Good:
		return fmt.Errorf("%w: a PING was answered %d", ErrEndpoint, d.Status)
	case !forged.Good:
		return fmt.Errorf("%w: a badly signed PING was answered %d, want 401", ErrEndpoint, forged.Status)
	}
	return nil
}

// note logs deliveries. The caller does not hold mu.
func (s *Server) note(deliveries ...Delivery) {
	s.mu.Lock()
	for _, d := range deliveries {
		s.posts.add(d)
	}
	s.mu.Unlock()
	s.watch.Touch()
}

// ask posts a signed payload and judges the answer. The 3 s run on the simulator's clock.
func (s *Server) ask(ctx context.Context, address string, payload []byte, forge string) (Delivery, []byte) {
	d := Delivery{At: s.clock.Now(), Forged: forge}
	began := time.Now()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(s.ctx, cancel)
	defer stop()
	timer := s.clock.NewTimer(answerWithin)
	defer timer.Stop()
	late := make(chan struct{})
	go func() {
		select {
		case <-timer.C:
			close(late)
			cancel()
		case <-ctx.Done():
		}
	}()
	answer := s.exchangeWith(ctx, address, payload, &d)
	select {
	case <-late:
		d.Late, d.Status = true, 0
	default:
	}
	d.Latency, d.Answer = time.Since(began), clip(string(answer), maxLogged)
	d.Good = d.Status >= 200 && d.Status < 300
	if forge != "" && forge != ForgeCase {
		d.Good = d.Status == http.StatusUnauthorized
	}
	return d, answer
}

func (s *Server) exchangeWith(ctx context.Context, address string, payload []byte, d *Delivery) []byte {
	body, header := s.sign(payload, d.Forged)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		d.Error = err.Error()
		return nil
	}
	req.Header = header
	resp, err := s.client.Do(req)
	if err != nil {
		d.Error = err.Error()
		return nil
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		d.Error = err.Error()
		return nil
	}
	d.Status = resp.StatusCode
	return answer
}
