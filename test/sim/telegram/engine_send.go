package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
)

// secretHeader carries setWebhook's secret_token.
const secretHeader = "X-Telegram-Bot-Api-Secret-Token"

// outcome is a delivery and what its answer asks for.
type outcome struct {
	Delivery
	reply      []byte
	retryAfter time.Duration
}

// send makes one POST. forged is "", "missing" or "wrong".
func (s *Server) send(h *hook, target hookState, u *pendingUpdate, attempt int, forged string) outcome {
	out := outcome{Delivery: Delivery{
		At: s.clock.Now(), UpdateID: u.ID, Kind: u.Kind, Attempt: attempt, Forged: forged != "",
	}}
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, target.URL, bytes.NewReader(u.Body))
	if err != nil {
		out.Error = err.Error()
		return out
	}
	req.Header.Set("Content-Type", "application/json")
	switch {
	case forged == "wrong":
		req.Header.Set(secretHeader, "forged-"+target.Secret)
	case forged == "" && target.Secret != "":
		req.Header.Set(secretHeader, target.Secret)
	}
	began := time.Now()
	resp, err := s.engine.client.Do(req)
	out.Latency = time.Since(began)
	if err != nil {
		out.Error = unreachable(err)
		return out
	}
	defer func() { _ = resp.Body.Close() }()
	out.reply, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		out.Error = unreachable(err)
		return out
	}
	out.Status, out.Answer = resp.StatusCode, clip(string(out.reply))
	out.Accepted = out.Status >= 200 && out.Status < 300
	if after, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && after > 0 {
		out.retryAfter = time.Duration(after) * time.Second
	}
	return out
}

// unreachable names a transport error as getWebhookInfo does.
func unreachable(err error) string {
	text := err.Error()
	switch {
	case strings.Contains(text, "connection refused"):
		return "Connection refused"
	case strings.Contains(text, "Client.Timeout"), strings.Contains(text, "deadline exceeded"):
		return "Read timeout expired"
	}
	return "Connection closed"
}

// execute runs the method that a webhook's answer names, if it does; its result is lost, as in the real one.
func (s *Server) execute(reply []byte) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(reply, &fields) != nil || fields["method"] == nil {
		return
	}
	p := &params{values: map[string]string{}, files: map[string]upload{}}
	if err := p.addJSON(reply); err != nil {
		return
	}
	m, ok := s.methods[strings.ToLower(p.values["method"])]
	delete(p.values, "method")
	if !ok || !m.forAnswers {
		return
	}
	p.checkNames(m)
	entry := &Request{
		At: s.clock.Now(), Method: m.name, HTTPMethod: "webhook answer", Params: p.values, Body: clip(string(reply)),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{s: s, p: p, now: s.clock.Now(), arrived: time.Now()}
	result, err := m.run(c)
	a := encode(result, err, c.note)
	entry.Status, entry.Answer, entry.Denied, entry.Violation = a.status, clip(string(a.body)), c.denied, c.broke
	entry.Warnings = p.warnings
	s.reqs.add(entry)
	s.strange.add(m.name, p.warnings)
	s.touch()
}

// dialLoopback keeps the simulator from reaching anything but this machine.
func dialLoopback(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("split address: %w", err)
	}
	if !isLoopback(host) {
		return nil, fmt.Errorf("dial webhook: %w", ErrNotLoopback)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func hookHost(raw string) (*url.URL, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		s := "https://" + raw // the real server adds the scheme itself
		if u, err = url.Parse(s); err != nil || u.Host == "" {
			return nil, false
		}
	}
	return u, true
}

// logHook notes a change of the webhook without its path, which may hold a secret.
func (s *Server) logHook(u *url.URL) { s.log.Info("webhook set", zap.String("host", u.Host)) }

func statusLine(code int) string { return strconv.Itoa(code) + " " + http.StatusText(code) }
