package telegram

import (
	"fmt"
	"net/http"
	"time"
)

// before applies what a fault does ahead of the method. stop says that a is the answer.
func (x *exchange) before(f Fault) (a answer, stop bool) {
	if f.Latency > 0 && !x.sleep(f.Latency) {
		return answer{reset: true}, true
	}
	if f.Hang && !x.hang(f) {
		return answer{reset: true}, true
	}
	if f.Reset == ResetBefore {
		return answer{reset: true}, true
	}
	if f.Status != 0 && !f.AfterEffect {
		return x.status(f), true
	}
	return answer{}, false
}

// after disturbs the answer of a method that took effect.
func (x *exchange) after(f Fault, a answer) answer {
	if f.Reset == ResetAfter {
		x.s.mu.Lock()
		for _, m := range x.posted {
			m.Unanswered = true
		}
		x.s.mu.Unlock()
		return answer{reset: true}
	}
	if f.Status != 0 && f.AfterEffect {
		a = x.status(f)
	}
	if f.ContentType != "" {
		a.contentType = f.ContentType
	}
	a.truncate = f.Truncate
	if f.SlowBody > 0 {
		a.pause = func() bool { return x.sleep(f.SlowBody) }
	}
	return a
}

// hang waits for Release; false if the client or the simulator went away first.
func (x *exchange) hang(f Fault) bool {
	select {
	case <-f.released:
		return true
	case <-x.r.Context().Done():
	case <-x.s.ctx.Done():
	}
	return false
}

// status is the injected answer; 5xx come as HTML, as from a proxy in front of the real server.
func (x *exchange) status(f Fault) answer {
	switch {
	case f.Status == http.StatusTooManyRequests:
		return x.injected429(f)
	case f.Status >= 500 && f.Description == "":
		text := fmt.Sprintf("%d %s", f.Status, http.StatusText(f.Status))
		html := "<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text +
			"</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
		return answer{status: f.Status, body: []byte(html), contentType: "text/html"}
	}
	text := f.Description
	if text == "" {
		text = defaultDescription(f.Status)
	}
	return refusal(&apiError{Code: f.Status, Description: text, RetryAfter: f.RetryAfter})
}

func defaultDescription(status int) string {
	switch status {
	case 400:
		return "Bad Request: injected by the simulator"
	case 403:
		return "Forbidden: bot was kicked from the supergroup chat"
	}
	return http.StatusText(status)
}

// injected429 freezes like a real one: requests inside its retry_after are refused and count as violations.
func (x *exchange) injected429(f Fault) answer {
	wait := max(f.RetryAfter, 1)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	l := x.s.limits
	frozen := &l.frozen
	if id, err := x.p.int("chat_id"); err == nil && id != 0 && !f.WholeBot {
		chat := l.chat(id)
		chat.report.Denied++
		frozen = &chat.frozen
	}
	*frozen = freeze{until: x.s.clock.Now().Add(time.Duration(wait) * time.Second)}
	l.denied++
	x.told, x.log.Denied = frozen, true
	return refusal(tooMany(wait))
}
