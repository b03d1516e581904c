package slack

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/quota"
)

// exchange is one HTTP request, from arrival to answer.
type exchange struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	arrived time.Time
	log     *Request
	p       *params
	told    *quota.Freeze // the Retry-After that the answer speaks of
	codes   []string      // warnings of the answer
	token   string        // kept out of the log
}

// receive notes the arrival of a request.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, name string) *exchange {
	x := &exchange{s: s, w: w, r: r, arrived: time.Now(), p: &params{}}
	x.log = &Request{
		At: s.clock.Now(), Method: name, HTTPMethod: r.Method, ContentType: r.Header.Get("Content-Type"),
	}
	return x
}

// enter puts the request into the log.
func (x *exchange) enter() {
	x.s.mu.Lock()
	x.s.reqs.add(x.log)
	x.s.mu.Unlock()
	x.s.touch()
}

func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request) {
	x := s.receive(w, r, r.PathValue("method"))
	err := x.read()
	x.enter()
	m, known := s.methods[x.log.Method]
	if err == nil && !known {
		x.p.warn("unknown method")
		err = &apiError{Code: "unknown_method", Method: x.log.Method}
	}
	if err != nil {
		x.finish(x.scoped(m, refusal(err, nil)))
		return
	}
	m.check(x.p)
	x.finish(x.scoped(m, x.perform(func() fault.Answer { return x.effect(m) }, x.p.places()...)))
}

// read takes in the request before the state is locked.
func (x *exchange) read() *apiError {
	body, err := readBody(x.r, maxBody)
	if err != nil {
		return err
	}
	x.p, err = decodeParams(x.r, body)
	x.log.Params, x.log.Bearer, x.token = x.p.values, x.p.bearer, x.p.token
	x.codes = x.p.codes
	return err
}

// places are what a request is about: a channel, and a thread or message of it.
func (p *params) places() []string {
	out := []string{}
	for _, name := range []string{"channel", "channel_id", "thread_ts", "ts", "timestamp"} {
		if p.values[name] != "" {
			out = append(out, p.values[name])
		}
	}
	return out
}

// perform applies faults around an effect.
func (x *exchange) perform(effect func() fault.Answer, places ...string) fault.Answer {
	strike := x.s.faults.Match(x.log.Method, places...)
	if strike == nil {
		return effect()
	}
	x.s.mu.Lock()
	x.log.Faults = append(x.log.Faults, strike.Fault.ID)
	x.s.mu.Unlock()
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	defer context.AfterFunc(x.s.ctx, cancel)()
	return strike.Around(ctx, x.injected, effect)
}

// injected is the answer of a fault with a status. A 429 freezes like a real one.
func (x *exchange) injected(f fault.Fault) fault.Answer {
	if f.Status == http.StatusTooManyRequests {
		return x.injected429(f)
	}
	code := f.Code
	if code == "" {
		code = f.Description
	}
	if code == "" {
		code = "fatal_error"
	}
	return refusal(&apiError{Code: code, Status: f.Status}, nil)
}

// effect runs the method under the lock and builds its answer.
func (x *exchange) effect(m method) fault.Answer {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	c := &call{s: x.s, p: x.p, m: m, now: x.s.clock.Now(), arrived: x.arrived}
	result, err := c.run()
	x.log.Denied, x.log.Violation = c.denied, c.broke
	x.told = c.told
	return encode(result, err, append(x.codes, c.codes...))
}

// scoped adds the headers that tell of scopes.
func (x *exchange) scoped(m method, a fault.Answer) fault.Answer {
	if a.Header == nil || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		return a
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if granted, ok := x.s.granted(x.p.token); ok {
		a.Header.Set("X-OAuth-Scopes", granted)
	}
	if len(m.scopes) > 0 {
		a.Header.Set("X-Accepted-OAuth-Scopes", strings.Join(m.scopes, ","))
	}
	return a
}

// finish completes the log entry and writes the answer.
func (x *exchange) finish(a fault.Answer) {
	x.s.mu.Lock()
	if !a.Reset {
		x.log.Status, x.log.Error = a.Status, errorOf(a)
		x.log.Answer = clip(string(a.Body))
	}
	x.log.Latency = time.Since(x.arrived)
	x.log.Warnings = append(x.log.Warnings, x.p.warnings...)
	x.s.strange.add(x.log.Method, x.log.Warnings)
	x.s.mu.Unlock()
	x.s.touch()
	a.Write(x.w)
	x.announce()
}

// announce notes from when on the client knows of its Retry-After.
func (x *exchange) announce() {
	if x.told == nil {
		return
	}
	if flusher, ok := x.w.(http.Flusher); ok {
		flusher.Flush()
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.told.Announce()
}

// errorOf is the error code of an answer, without decoding it.
func errorOf(a fault.Answer) string {
	_, rest, ok := strings.Cut(string(a.Body), `"error":"`)
	if code, _, found := strings.Cut(rest, `"`); ok && found && a.Status != 0 {
		return code
	}
	return ""
}
