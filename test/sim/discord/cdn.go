package discord

import (
	"net/http"
	"strconv"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// serveAttachment is the CDN: whoever has a good link may download, nobody else, and nobody after its time.
func (s *Server) serveAttachment(w http.ResponseWriter, r *http.Request) {
	log := &Request{
		At: s.clock.Now(), Method: "download", HTTPMethod: r.Method, Path: r.URL.Path,
		Params: map[string]string{"channel": r.PathValue("channel"), "attachment": r.PathValue("id")},
	}
	s.mu.Lock()
	s.reqs.add(log)
	s.mu.Unlock()
	s.watch.Touch()
	x := &exchange{s: s, w: w, r: r, log: log, route: route{name: "download"}}
	a := s.download(r)
	if strike := s.faults.Match("download", r.PathValue("channel")); strike != nil {
		s.mu.Lock()
		log.Faults = append(log.Faults, strike.Fault.ID)
		s.mu.Unlock()
		a = strike.Around(r.Context(), func(f fault.Fault) fault.Answer { return fault.HTML(f.Status) }, func() fault.Answer { return a })
		if strike.Fault.SlowBody > 0 {
			a.Pause = func() bool { return x.sleep(strike.Fault.SlowBody) }
		}
	}
	s.mu.Lock()
	log.Status = a.Status
	s.mu.Unlock()
	s.watch.Touch()
	a.Write(w)
}

func (s *Server) download(r *http.Request) fault.Answer {
	gone := fault.Answer{
		Status: http.StatusNotFound, Header: http.Header{"Content-Type": {"text/plain;charset=UTF-8"}},
		Body: []byte("This content is no longer available."),
	}
	id, query := r.PathValue("id"), r.URL.Query()
	expires, err1 := strconv.ParseInt(query.Get("ex"), 16, 64)
	issued, err2 := strconv.ParseInt(query.Get("is"), 16, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.world.Files[id]
	if f == nil || f.ChannelID != r.PathValue("channel") || f.Name != r.PathValue("name") || err1 != nil || err2 != nil ||
		query.Get("hm") != s.linkSignature(id, expires, issued) || s.clock.Now().Unix() >= expires {
		return gone
	}
	return fault.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {f.MIME}}, Body: f.Data}
}

// File returns the content of an attachment.
func (s *Server) File(id string) ([]byte, Attachment, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.world.Files[id]
	if f == nil {
		return nil, Attachment{}, false
	}
	return f.Data, f.Attachment, true
}
