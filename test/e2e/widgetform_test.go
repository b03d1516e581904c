package e2e

import (
	"strconv"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/visitor"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func quoted(s string) string { return strconv.Quote(s) }

// await waits until something is so.
func await(t *testing.T, so func() bool) {
	t.Helper()
	ctx := visitor.Within(t)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("it does not come about")
		}
	}
}

// tells says whether a session's facts of a type have one that is so.
func tells[T proto.Message](t *testing.T, s *stack, session string, kind bus.Type, is func(T) bool) (found bool) {
	t.Helper()
	err := s.bus.Replay(visitor.Within(t), 0, bus.Filter{Session: id.Session(session), Type: kind}, func(ev bus.Event) error {
		found = found || is(ev.Data.(T))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The form before the chat checks what is typed, is told to the team, and does not come again.
func TestWidgetAsksHowSomebodyCanBeReached(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `preChatForm: { enabled: true, required: true, fields: "email-and-phone" }`))
	tab.Opens()
	session := tab.Session()
	tab.Click("#pp-email")
	tab.Types("ada@example\r")
	tab.Reads(".pp-prechat-error", "e-mail")
	tab.Types(".com\r")
	tab.Reads(".pp-prechat-error", "phone")
	tab.Loses(".pp-prechat-skip")
	browser.Eval[bool](tab, `(($s) => { $s.value = "DE"; $s.dispatchEvent(new Event("change", { bubbles: true })); return true; })($$(".pp-country-btn select")[0])`)
	tab.Click("#pp-phone")
	tab.Types("0170 1234567\r")
	tab.Sees(".pp-input")
	told := tells(t, s, session, bus.SessionUpdated, func(u *eventv1.Session) bool {
		return u.GetSession().GetUserPhone() == "+491701234567" && u.GetSession().GetUserPhoneCountry() == "DE" &&
			u.GetSession().GetIdentity().GetFields()["email"].GetStringValue() == "ada@example.com"
	}) || tells(t, s, session, bus.SessionStarted, func(u *eventv1.Session) bool { return u.GetSession().GetUserPhone() == "+491701234567" })
	if !told {
		t.Error("the team is not told")
	}
}

// A rating is asked for, given once with a comment, and not asked for again.
func TestWidgetRatingIsGivenOnce(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := opened(t, browser.Open(t), s, ``)
	tab.Says("Thanks, bye")
	browser.Eval[any](tab, `PocketPing.sendMessage("more than there is room for. ".repeat(30))`)
	tab.Until(`$$('.pp-message-visitor:not([data-id^="temp-"])').length === 2`)
	session := tab.Session()
	s.asks(t, session)
	tab.Sees(".pp-csat-face")
	tab.Until(`$(".pp-messages").getBoundingClientRect().bottom >= $(".pp-message:last-child").getBoundingClientRect().bottom`)
	tab.Click(".pp-csat-face:nth-child(2)")
	tab.Click(".pp-csat-textarea")
	tab.Types("too slow")
	tab.Click(".pp-csat-submit")
	tab.Sees(".pp-csat-thanks")
	if !tells(t, s, session, bus.CsatSubmitted, func(c *eventv1.Csat) bool { return c.GetScore() == 2 && c.GetComment() == "too slow" }) {
		t.Error("no rating on the bus")
	}
	tab.Loses(".pp-csat")
}

// A picture of the page is sent when the visitor says yes, however it was asked for, and never otherwise; nothing is loaded for it.
func TestWidgetSendsAPictureOfThePageOnlyWithAYes(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Alone(t, "auto-accept-this-tab-capture")
	tab.Go(site(t, s.url, ``))
	tab.Opens()
	tab.Says("It looks broken")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	session := tab.Session()
	ask := func(request string) {
		now := timestamppb.Now()
		ev := bus.Event{ID: session + request, Type: bus.ScreenshotRequested, Project: id.Default, Session: id.Session(session), Source: "inbound", Time: now.AsTime(),
			Data: &eventv1.Screenshot{SessionId: session, RequestId: session + request, Silent: true, By: "Mia", Platform: "telegram", At: now}}
		if _, err := s.bus.Publish(visitor.Within(t), ev); err != nil {
			t.Fatal(err)
		}
	}
	ask("-no")
	tab.Reads(".pp-shot", "Mia")
	tab.Accessible()
	tab.Click(".pp-shot-decline")
	tab.Loses(".pp-shot")
	ask("-yes")
	tab.Click(".pp-shot-share")
	tab.Loses(".pp-shot")
	stored := func(request string) bool {
		return tells(t, s, session, bus.AttachmentStored, func(a *eventv1.AttachmentStored) bool { return a.GetRequestId() == session+request })
	}
	await(t, func() bool { return stored("-yes") })
	if stored("-no") {
		t.Error("a picture was sent against the visitor's no")
	}
	if foreign := browser.Eval[[]string](tab, `performance.getEntriesByType("resource").map((e) => e.name).filter((name) => !name.startsWith(`+quoted(s.url)+`) && !name.startsWith(location.origin))`); len(foreign) > 0 {
		t.Errorf("loaded from elsewhere: %v", foreign)
	}
}
