package telegram

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"sort"
	"strings"
	"time"
)

// exchange is one HTTP request to a method, from arrival to answer.
type exchange struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	arrived time.Time
	log     *Request
	p       *params
	told    *freeze // the retry_after that the answer speaks of
	posted  []*Message
}

var tokenShape = regexp.MustCompile(`^[1-9][0-9]{0,18}:[A-Za-z0-9_-]+$`)

// serveRoot splits by hand, because a token holds a colon and ServeMux patterns cannot match "/bot<token>/".
func (s *Server) serveRoot(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/bot"):
		s.serveMethod(w, r, strings.TrimPrefix(path, "/bot"))
	case strings.HasPrefix(path, "/file/bot"):
		s.serveFile(w, r, strings.TrimPrefix(path, "/file/bot"))
	case path == "/":
		s.servePage(w, r)
	default:
		send(w, refusal(errNotFound))
	}
}

func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request, path string) {
	token, name, _ := strings.Cut(path, "/")
	name = strings.TrimPrefix(name, "test/")
	x := &exchange{s: s, w: w, r: r, arrived: time.Now()}
	x.log = &Request{
		At: s.clock.Now(), Method: name, HTTPMethod: r.Method, ContentType: r.Header.Get("Content-Type"),
	}
	m, known := s.methods[strings.ToLower(name)]
	if known {
		x.log.Method = m.name
	}
	err := x.read()
	s.mu.Lock()
	s.reqs.add(x.log)
	s.touch()
	if err == nil {
		err = s.admit(token, known, x)
	}
	s.mu.Unlock()
	if err != nil {
		x.finish(refusal(err))
		return
	}
	x.finish(x.perform(m))
}

// admit checks what comes before the method itself. The caller holds mu.
func (s *Server) admit(token string, known bool, x *exchange) *apiError {
	switch {
	case !tokenShape.MatchString(token):
		return errNotFound
	case token != s.world.Token || s.world.Revoked:
		return errUnauthorized
	case !known:
		x.log.Warnings = append(x.log.Warnings, "unknown method")
		return errNoMethod
	}
	return nil
}

// read takes in the request before the state is locked.
func (x *exchange) read() *apiError {
	body, err := readBody(x.r)
	if err != nil {
		return err
	}
	x.p, err = decodeParams(x.r.URL.Query(), x.log.ContentType, body)
	if err != nil {
		return err
	}
	x.log.Params = x.p.values
	for part, f := range x.p.files {
		x.log.Files = append(x.log.Files, fmt.Sprintf("%s: %s (%d)", part, f.Name, len(f.Data)))
	}
	sort.Strings(x.log.Files)
	if len(x.p.files) == 0 {
		x.log.Body = clip(string(body))
	}
	return nil
}

// perform applies faults around the method's effect.
func (x *exchange) perform(m method) answer {
	x.p.checkNames(m)
	fault, hit := x.s.matchFault(x.log, x.p)
	if !hit {
		return x.effect(m)
	}
	if done, stop := x.before(fault); stop {
		return done
	}
	return x.after(fault, x.effect(m))
}

// effect runs the method under the lock and builds its answer.
func (x *exchange) effect(m method) answer {
	if m.name == getUpdates {
		result, err := x.s.longPoll(x.r.Context(), x.p)
		return encode(result, err, "")
	}
	x.s.mu.Lock()
	c := &call{s: x.s, p: x.p, now: x.s.clock.Now(), arrived: x.arrived}
	result, err := m.run(c)
	x.log.Denied, x.log.Violation = c.denied, c.broke
	x.s.mu.Unlock()
	x.told, x.posted = c.told, c.posted
	return encode(result, err, c.note)
}

// finish writes the answer and completes the log entry.
func (x *exchange) finish(a answer) {
	x.s.mu.Lock()
	if !a.reset {
		x.log.Status = a.status
		x.log.Answer = clip(string(a.body))
	}
	x.log.Latency = time.Since(x.arrived)
	if x.p != nil {
		x.log.Warnings = append(x.log.Warnings, x.p.warnings...)
	}
	x.s.strange.add(x.log.Method, x.log.Warnings)
	x.s.touch()
	x.s.mu.Unlock()
	send(x.w, a)
	x.announce()
}

// announce notes from when on the client knows of its retry_after.
func (x *exchange) announce() {
	if x.told == nil {
		return
	}
	if flusher, ok := x.w.(http.Flusher); ok {
		flusher.Flush()
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.told.announced.IsZero() {
		x.told.announced = time.Now()
	}
}

// sleep waits on the simulator's clock; false if the client or the simulator went away first.
func (x *exchange) sleep(d time.Duration) bool {
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	stop := context.AfterFunc(x.s.ctx, cancel)
	defer stop()
	return x.s.clock.Sleep(ctx, d) == nil
}
