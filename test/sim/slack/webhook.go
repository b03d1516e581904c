package slack

import (
	"net/http"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// webhookErrors are the words in which an incoming webhook says what the Web API calls otherwise, and their status.
var webhookErrors = map[string]int{
	"no_text": http.StatusBadRequest, "invalid_payload": http.StatusBadRequest, "invalid_blocks": http.StatusBadRequest,
	"too_many_attachments": http.StatusBadRequest, "channel_is_archived": http.StatusGone, "channel_not_found": http.StatusNotFound,
	"no_service": http.StatusNotFound, "action_prohibited": http.StatusForbidden,
}

// serveWebhook is the incoming webhook: a message without an answer that one could use.
func (s *Server) serveWebhook(w http.ResponseWriter, r *http.Request) {
	x := s.receive(w, r, "webhook")
	err := x.read()
	x.enter()
	if err != nil || x.p.values["payload"] != "" && x.p.addJSON([]byte(x.p.values["payload"])) != nil {
		x.finish(plain(http.StatusBadRequest, "invalid_payload"))
		return
	}
	x.finish(x.perform(func() fault.Answer { return s.takeWebhook(x, r.PathValue("secret")) }))
}

func (s *Server) takeWebhook(x *exchange, secret string) fault.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{s: s, p: x.p, now: s.clock.Now(), arrived: x.arrived}
	ch := s.home()
	switch {
	case secret != s.world.HookSecret || s.world.Gone != "" || !s.world.Scopes["incoming-webhook"]:
		return webhookAnswer("no_service")
	case ch.Archived:
		return webhookAnswer("channel_is_archived")
	case ch.Restriction != "":
		return webhookAnswer("action_prohibited")
	}
	if wait := c.chargeWebhook(); wait != nil {
		x.log.Denied, x.log.Violation, x.told = c.denied, c.broke, c.told
		return refusal(wait, nil)
	}
	m, err := c.compose(ch)
	if err != nil {
		return webhookAnswer(err.Code)
	}
	m.Subtype = "bot_message"
	s.post(ch, m)
	return plain(http.StatusOK, "ok")
}

func webhookAnswer(code string) fault.Answer {
	if strings.HasPrefix(code, "invalid_blocks") {
		code = "invalid_blocks"
	}
	status := webhookErrors[code]
	if status == 0 {
		status, code = http.StatusBadRequest, "invalid_payload"
	}
	return plain(status, code)
}
