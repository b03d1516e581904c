package discord

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// exchange is one HTTP request to the REST API, from arrival to answer.
type exchange struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	route   route
	arrived time.Time
	log     *Request
	body    *body
	call    *call // nil until the effect runs
}

// secretInPath are the tokens that a path may hold; a log does not.
var secretInPath = regexp.MustCompile(`^/api/v10/(webhooks|interactions)/([^/]+)/[^/]+`)

func (s *Server) serveCall(w http.ResponseWriter, r *http.Request, rt route) {
	x := &exchange{s: s, w: w, r: r, route: rt, arrived: time.Now()}
	reason, _ := url.QueryUnescape(r.Header.Get("X-Audit-Log-Reason"))
	x.log = &Request{
		At: s.clock.Now(), Method: rt.name, HTTPMethod: r.Method, ContentType: r.Header.Get("Content-Type"),
		Path: secretInPath.ReplaceAllString(r.URL.RequestURI(), "/api/v10/$1/$2/…"), Reason: reason, Params: x.params(),
	}
	err := x.read()
	s.mu.Lock()
	s.reqs.add(x.log)
	s.archiveIdle()
	if refused := x.admit(); refused != nil {
		err = refused
	}
	s.mu.Unlock()
	s.watch.Touch()
	if err != nil {
		x.finish(err.answer())
		return
	}
	x.finish(x.perform())
}

// params are the path's arguments but tokens.
func (x *exchange) params() map[string]string {
	out := map[string]string{}
	for _, name := range []string{"channel", "message", "emoji", "user", "guild", "application", "webhook", "interaction"} {
		if value := x.r.PathValue(name); value != "" {
			out[name] = value
		}
	}
	return out
}

// read takes in the body before the state is locked.
func (x *exchange) read() *apiError {
	var err *apiError
	x.body, err = readBody(x.r)
	x.log.Warnings = append(x.log.Warnings, x.body.warnings...)
	x.log.Body = clip(string(x.body.raw), maxLogged)
	for part, f := range x.body.files {
		x.log.Files = append(x.log.Files, fmt.Sprintf("%s: %s (%d)", part, f.Name, len(f.Data)))
	}
	slices.Sort(x.log.Files)
	return err
}

// admit checks what comes before the call itself. The caller holds mu.
func (x *exchange) admit() *apiError {
	s := x.s
	switch {
	case s.limits.blocked.After(s.clock.Now()):
		return proxyPage(http.StatusTooManyRequests, "Access denied | error 1015: You are being rate limited")
	case !strings.HasPrefix(x.r.Header.Get("User-Agent"), "DiscordBot ("):
		return proxyPage(http.StatusForbidden, "Access denied | error 1010: The owner of this website has banned your access")
	case x.route.access == asBot && (s.world.Revoked || x.r.Header.Get("Authorization") != "Bot "+s.world.Token):
		return errUnauthorized
	}
	if x.route.name == "unknown" {
		x.log.Warnings = append(x.log.Warnings, "unknown call "+x.r.Method+" "+clip(x.log.Path, 200))
	}
	return nil
}

// perform applies faults around the call's effect.
func (x *exchange) perform() fault.Answer {
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	stop := context.AfterFunc(x.s.ctx, cancel)
	defer stop()
	strike := x.s.faults.Match(x.route.name, x.places()...)
	if strike == nil {
		return x.effect()
	}
	x.s.mu.Lock()
	x.log.Faults = append(x.log.Faults, strike.Fault.ID)
	x.s.mu.Unlock()
	answer := strike.Around(ctx, x.injected, x.effect)
	if answer.Pause != nil { // the pause outlives this function
		pause := *strike
		answer.Pause = func() bool { return x.sleep(pause.Fault.SlowBody) }
	}
	return answer
}

// places are what a fault's place can mean here: the channel or thread, its parent, and a webhook's thread.
func (x *exchange) places() []string {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	places := []string{x.r.PathValue("channel"), x.r.URL.Query().Get("thread_id"), x.r.PathValue("webhook")}
	for _, id := range slices.Clone(places) {
		if ch := x.s.world.Channels[id]; ch != nil {
			places = append(places, ch.ParentID)
		}
	}
	return places
}

// effect runs the call, under the lock unless its route says otherwise, and builds its answer.
func (x *exchange) effect() fault.Answer {
	s := x.s
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{s: s, w: s.world, r: x.r, log: x.log, body: x.body, now: s.clock.Now(), arrived: x.arrived}
	c.form = newForm(x.body.fields)
	x.call = c
	result, err := c.perform(x.route)
	x.log.Warnings = append(x.log.Warnings, c.warnings...)
	if err != nil {
		return c.withHeaders(err.answer())
	}
	x.log.Warnings = append(x.log.Warnings, c.form.unknown()...)
	status := c.status
	if status == 0 {
		status = http.StatusOK
	}
	if result == nil {
		status = http.StatusNoContent
	}
	return c.withHeaders(jsonAnswer(status, result))
}

// finish completes the log entry and writes the answer.
func (x *exchange) finish(a fault.Answer) {
	s := x.s
	s.mu.Lock()
	if !a.Reset {
		x.log.Status = a.Status
		x.log.Answer = clip(string(a.Body), maxLogged)
		s.limits.countInvalid(s.clock.Now(), a)
	}
	x.log.Latency = time.Since(x.arrived)
	s.strange.add(x.log.Method, x.log.Warnings...)
	s.mu.Unlock()
	s.watch.Touch()
	a.Write(x.w)
	x.announce()
}

// announce notes from when on the client knows of its retry-after.
func (x *exchange) announce() {
	if x.call == nil || x.call.told == nil {
		return
	}
	if flusher, ok := x.w.(http.Flusher); ok {
		flusher.Flush()
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.call.told.Announce()
}

// sleep waits on the simulator's clock; false if the client or the simulator went away first.
func (x *exchange) sleep(d time.Duration) bool {
	ctx, cancel := context.WithCancel(x.r.Context())
	defer cancel()
	stop := context.AfterFunc(x.s.ctx, cancel)
	defer stop()
	return x.s.clock.Sleep(ctx, d) == nil
}
