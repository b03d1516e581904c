package e2e

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// created counts a session's messages on the bus.
func (s *stack) created(t *testing.T, session string) (n int) {
	t.Helper()
	err := s.bus.Replay(visitor.Within(t), 0, bus.Filter{Session: id.Session(session), Type: bus.MessageCreated}, func(bus.Event) error { n++; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What is written without a network is shown at once, outlives the page, and arrives once: also when the server had it already and its
// answer was lost. What the team said meanwhile is there too.
func TestWidgetKeepsWhatIsWrittenWithoutANetwork(t *testing.T) {
	t.Parallel()
	s := usual(t)
	line := browser.NewLine(t, strings.TrimPrefix(s.url, "http://"))
	tab := browser.Open(t)
	address := site(t, line.URL(), ``)
	tab.Go(address)
	tab.Opens()
	session := tab.Session()
	line.LoseAnswer("POST /pocketping/message")
	tab.Says("answered into the void")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	tab.Until(`localStorage.getItem("pocketping_outbox") === null`)

	line.Cut()
	tab.Says("first")
	tab.Says("second")
	tab.Until(`$$('.pp-message[data-id^="temp-"]').length === 2`)
	tab.Reads(".pp-notice", "No connection")
	tab.Click(".pp-input")
	tab.Types("not yet sent")
	s.replies(t, session, "while you were away")
	line.Mend()
	tab.Until(`!$('.pp-message[data-id^="temp-"]')`)
	tab.Reads(".pp-message-operator", "while you were away")
	tab.Loses(".pp-notice")
	tab.Until(`$(".pp-input").value === "not yet sent"`)

	line.Cut()
	tab.Types("\r")
	tab.Until(`$$('.pp-message[data-id^="temp-"]').length === 1`)
	tab.Click(".pp-input")
	tab.Types("a draft")
	line.Mend()
	tab.Go(address) // perhaps before it was sent: then the next page sends it
	tab.Opens()
	tab.Until(`$(".pp-input").value === "a draft"`)
	tab.Reads(".pp-message-visitor", "not yet sent")
	tab.Until(`!$('.pp-message[data-id^="temp-"]') && localStorage.getItem("pocketping_outbox") === null`)
	if got := browser.Eval[int](tab, `$$(".pp-message-visitor").length`); got != 4 {
		t.Errorf("the page shows %d messages of the visitor, want 4", got)
	}
	if got := s.created(t, session); got != 5 {
		t.Errorf("%d messages on the bus, want 5", got)
	}

	line.Cut()
	tab.Click(".pp-input")
	tab.Types("\r")
	tab.Until(`$$('.pp-message[data-id^="temp-"]').length === 1`)
	browser.Eval[bool](tab, `(Bellhop.reset({ newSession: true }), true)`)
	line.Mend()
	tab.Until(`![null, ` + quoted(session) + `].includes(localStorage.getItem("pocketping_session_id")) && !$(".pp-message")`)
	tab.Says("somebody else")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	if got := s.created(t, tab.Session()); got != 1 {
		t.Errorf("another visitor says %d messages, want his own", got)
	}
}

// Where sockets do not get through there is the event stream, where streams do not either there is polling, and all of it is the same
// conversation.
func TestWidgetHearsWithoutASocket(t *testing.T) {
	t.Parallel()
	s := usual(t)
	for name, broken := range map[string]string{
		"no socket":           `window.WebSocket = class { constructor() { setTimeout(() => this.onclose?.(), 5); } close() {} };`,
		"no socket, no event": `window.WebSocket = window.EventSource = class { constructor() { setTimeout(() => { this.onclose?.(); this.onerror?.(); }, 5); } close() {} addEventListener() {} };`,
	} {
		t.Run(name, func(t *testing.T) {
			tab := browser.Open(t)
			tab.Go(site(t, s.url, `lazy: true`))
			tab.Sees(".pp-toggle.pp-shown")
			browser.Eval[bool](tab, `(() => { `+broken+` return true; })()`)
			tab.Opens()
			tab.Says("Can you hear me?")
			tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
			s.replies(t, tab.Session(), "Yes")
			tab.Reads(".pp-message-operator", "Yes")
			tab.Sees(".pp-check-double, .pp-check-read")
			s.replies(t, tab.Session(), "Loud and clear")
			tab.Reads(".pp-message-operator", "Loud and clear")
			if got := browser.Eval[int](tab, `$$(".pp-message").length`); got != 3 {
				t.Errorf("%d messages, want 3", got)
			}
		})
	}
}
