package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// siteSecret is what the site of these tests signs with.
const siteSecret = "the site's own secret, of 32 bytes or more"

// token is what the site gives a customer who has signed in.
func token(t *testing.T, customer string) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": customer, "exp": time.Now().Add(time.Hour).Unix()}).SignedString([]byte(siteSecret))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// as gives a visitor an identity, with a proof unless that is empty.
func as(customer, proof string) func(*visitor.Options) {
	return func(o *visitor.Options) {
		o.Identity = map[string]any{"id": customer, "name": customer, "token": proof}
	}
}

// A customer who has signed in goes on with the conversation on another device, whatever was restarted meanwhile: both devices hear
// all of it, the team has one thread, and knows that it is really her. Without the site's proof nobody gets at it.
func TestProvenVisitorGoesOnOnAnotherDevice(t *testing.T) {
	t.Parallel()
	for name, backing := range map[string]func(testing.TB) backing{"embedded": embeddedBacking, "clustered": clustered} {
		t.Run(name, func(t *testing.T) {
			s := own(t, setup{secret: siteSecret, backing: backing})
			const ada = "Customer ada-7"
			laptop := s.arrives(t, as(ada, token(t, ada)))
			laptop.Says("from the laptop")
			rooms := s.rooms(t, laptop)
			for _, room := range rooms {
				room.Shows("🔑 ✅ " + ada)
			}
			s.restart(t, "sessions", "gateway")
			phone := s.arrives(t, as(ada, token(t, ada)))
			if phone.SessionID() != laptop.SessionID() || phone.VisitorID() == laptop.VisitorID() {
				t.Fatalf("the phone is in %s, the laptop in %s", phone.SessionID(), laptop.SessionID())
			}
			phone.Sees("from the laptop")
			phone.Says("from the phone")
			laptop.Sees("from the phone")
			for name, room := range rooms {
				room.Shows("from the phone")
				answer := "to both, from " + name + "."
				room.Says(answer)
				phone.Hears(answer)
				laptop.Hears(answer)
			}
			for customer, proof := range map[string]string{ada: token(t, "somebody else"), "Customer eve": token(t, "Customer eve")} {
				stranger := s.arrives(t, as(customer, proof), func(o *visitor.Options) { o.SessionID = laptop.SessionID() })
				if stranger.SessionID() == laptop.SessionID() || len(stranger.Remembers()) > 0 {
					t.Errorf("%s with another's proof got at her conversation", customer)
				}
				stranger.WasRefused(stranger.Identify(visitor.Within(t), map[string]any{"id": ada, "token": proof}), http.StatusForbidden)
			}
			for name, room := range rooms {
				if n := room.Count("New conversation"); n > 1 {
					t.Errorf("%s has %d cards for one conversation", name, n)
				}
			}
			if said := s.log.String(); strings.Contains(said, siteSecret) || strings.Contains(said, laptop.SessionID()) {
				t.Error("the log tells a secret")
			}
		})
	}
}

// What is not proven is shown as such, where the site proves nothing.
func TestOperatorsSeeThatAnIdentityIsMerelySaid(t *testing.T) {
	t.Parallel()
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	for _, room := range s.rooms(t, vera) {
		room.Shows("🔑 unverified " + vera.name)
	}
}

// The widget takes a token with init and with identify, keeps it over page views, and goes on where its visitor was.
func TestWidgetGoesOnWhereItsVisitorWasOnAnotherDevice(t *testing.T) {
	t.Parallel()
	s := own(t, setup{secret: siteSecret, on: []string{team.Telegram}})
	identity := `{ id: "ada", name: "Ada", token: ` + quoted(token(t, "ada")) + ` }`
	laptop := browser.Open(t)
	laptop.Go(site(t, s.url, `identity: `+identity))
	laptop.Opens()
	laptop.Says("From the laptop")
	laptop.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	session := laptop.Session()

	phone := browser.Open(t)
	shop := site(t, s.url, ``)
	phone.Go(shop)
	phone.Opens()
	if early := phone.Session(); early == session {
		t.Fatal("a page that has said nothing is in her conversation")
	}
	for proof, code := range map[string]string{`"x.y.z"`: "malformed_proof", quoted(token(t, "eve")): "other_proof", `""`: "missing_proof"} {
		if got := browser.Eval[string](phone, `PocketPing.identify({ id: "ada", token: `+proof+` }).then(() => "", (e) => e.code)`); got != code {
			t.Errorf("identify with %s comes to %q, want %q", proof, got, code)
		}
	}
	if broken := phone.Session(); broken == session {
		t.Fatal("a bad proof leads into her conversation")
	}
	browser.Eval[any](phone, `PocketPing.identify(`+identity+`)`)
	phone.Reads(".pp-message-visitor", "From the laptop")
	phone.Until(`localStorage.getItem("pocketping_session_id") === ` + quoted(session))
	phone.Says("From the phone")
	laptop.Reads(".pp-message-visitor", "From the phone")
	s.replies(t, session, "To both")
	for _, tab := range []*browser.Tab{laptop, phone} {
		tab.Reads(".pp-message-operator", "To both")
	}

	phone.Go(shop)
	phone.Until(`PocketPing.getIdentity()?.token && localStorage.getItem("pocketping_session_id") === ` + quoted(session))
	phone.Opens()
	phone.Reads(".pp-message-operator", "To both")
	browser.Eval[any](phone, `PocketPing.reset({ newSession: true })`)
	phone.Until(`localStorage.getItem("pocketping_session_id") !== ` + quoted(session) + ` && PocketPing.getIdentity() === null && !$(".pp-message")`)
	s.replies(t, session, "Only to the laptop")
	laptop.Reads(".pp-message-operator", "Only to the laptop")
	if shown := browser.Eval[string](phone, `$(".pp-window").innerText`); strings.Contains(shown, "To both") || strings.Contains(shown, "Only to") {
		t.Errorf("after its reset the phone shows %q", shown)
	}
}
