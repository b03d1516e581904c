package widget_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// siteSecret is what the site of these tests signs with.
const siteSecret = "a secret of the site, 32 bytes or more"

// proving has identities proven.
func proving(cfg *gateway.Config) { cfg.Identity.Secrets = []string{siteSecret} }

// token is what a site gives a visitor.
func token(t *testing.T, sub, secret string, expires time.Duration) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": sub, "exp": time.Now().Add(expires).Unix()}).SignedString([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func hash(id string) string {
	mac := hmac.New(sha256.New, []byte(siteSecret))
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestUnprovenIdentityIsRefusedAndNothingIsStored(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, proving)
	session := s.Visit("v")
	before := s.End()
	for name, c := range map[string]struct {
		identity map[string]any
		code     string
	}{
		"no proof":                     {map[string]any{"id": "ada"}, "missing_proof"},
		"empty proofs":                 {map[string]any{"id": "ada", "token": "", "userHash": ""}, "missing_proof"},
		"token a number":               {map[string]any{"id": "ada", "token": 7}, "missing_proof"},
		"other secret":                 {map[string]any{"id": "ada", "token": token(t, "ada", strings.Repeat("x", 32), time.Hour)}, "wrong_proof"},
		"another's token":              {map[string]any{"id": "ada", "token": token(t, "eve", siteSecret, time.Hour)}, "other_proof"},
		"expired":                      {map[string]any{"id": "ada", "token": token(t, "ada", siteSecret, -time.Hour)}, "expired_proof"},
		"no token":                     {map[string]any{"id": "ada", "token": "x.y.z"}, "malformed_proof"},
		"another's hash":               {map[string]any{"id": "ada", "userHash": hash("eve")}, "wrong_proof"},
		"half a hash":                  {map[string]any{"id": "ada", "userHash": hash("ada")[:32]}, "malformed_proof"},
		"by the other name":            {map[string]any{"userId": "ada", "userHash": hash("eve")}, "wrong_proof"},
		"bad token beside a good hash": {map[string]any{"id": "ada", "token": token(t, "eve", siteSecret, time.Hour), "userHash": hash("ada")}, "other_proof"},
	} {
		t.Run(name, func(t *testing.T) {
			got := s.Call("POST", "/identify", map[string]any{"sessionId": session, "identity": c.identity})
			s.WantError(got, http.StatusForbidden, c.code)
			connected := s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session, "identity": c.identity})
			if connected.Status != http.StatusOK || connected.Text("sessionId") != session || connected.Text("identityRefused") != c.code || connected.Body["identity"] != nil {
				t.Errorf("connect: %d %s", connected.Status, connected.Raw)
			}
		})
	}
	s.WantError(s.Call("POST", "/identify", map[string]any{"sessionId": session, "identity": map[string]any{"id": strings.Repeat("x", 257)}}), http.StatusBadRequest, "invalid_identity")
	if got := s.End(); got != before {
		t.Errorf("the bus went from %d to %d", before, got)
	}
	s.Say(session, "hi")
	for _, ev := range s.Events(session) {
		if raw, err := json.Marshal(ev.Data); err != nil || strings.Contains(string(raw), `"ada"`) {
			t.Errorf("stored is %s, %v", raw, err)
		}
	}
}

func TestProvenIdentityIsStoredAsVerifiedWithoutItsProof(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, proving)
	for name, evidence := range map[string]map[string]any{
		"token": {"token": token(t, "ada", siteSecret, time.Hour)}, "hash": {"userHash": hash("ada")},
	} {
		session := s.Visit("visitor with a " + name)
		identity := map[string]any{"id": "ada", "name": "Ada"}
		for key, value := range evidence {
			identity[key] = value
		}
		for range 2 { // the second time nothing is new
			if got := s.Call("POST", "/identify", map[string]any{"sessionId": session, "identity": identity}); got.Status != http.StatusOK || got.Body["ok"] != true {
				t.Fatalf("%s: %d %s", name, got.Status, got.Raw)
			}
		}
		all := updates(s, session)
		if len(all) != 1 || !all[0].GetIdentityVerified() || len(all[0].GetIdentity().GetFields()) != 2 {
			t.Errorf("%s: updates %v", name, all)
		}
		for _, log := range s.Logs.All() {
			raw, err := json.Marshal(log.ContextMap())
			for _, secret := range []any{siteSecret, evidence["token"], evidence["userHash"]} {
				if text, given := secret.(string); err != nil || given && strings.Contains(log.Message+string(raw), text) {
					t.Errorf("logged: %s %s, %v", log.Message, raw, err)
				}
			}
		}
	}
}

func TestProvenVisitStartsAProvenSession(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, proving)
	got := s.Call("POST", "/connect", map[string]any{"visitorId": "v", "identity": map[string]any{"id": "ada", "name": "Ada", "userHash": hash("ada")}})
	if identity, _ := got.Body["identity"].(map[string]any); identity["id"] != "ada" || identity["userHash"] != nil || got.Body["identityRefused"] != nil {
		t.Fatalf("connect answered %s", got.Raw)
	}
	session := got.Text("sessionId")
	s.Say(session, "hi")
	start := s.Events(session)[0]
	raw, err := json.Marshal(start.Data)
	if err != nil || start.Type != bus.SessionStarted || !strings.Contains(string(raw), `verified":true`) || strings.Contains(string(raw), hash("ada")) {
		t.Errorf("started with %s, %v", raw, err)
	}
}

func TestOnlyWhatIsProvenChangesAProvenIdentity(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, proving)
	session := s.Visit("v")
	identify := func(site *gatewaytest.Site, identity map[string]any) gatewaytest.Answer {
		return site.Call("POST", "/identify", map[string]any{"sessionId": session, "identity": identity})
	}
	if got := identify(s, map[string]any{"id": "ada", "name": "Ada", "userHash": hash("ada")}); got.Status != http.StatusOK {
		t.Fatal(got.Raw)
	}
	s.WantError(identify(s, map[string]any{"id": "eve", "userHash": hash("eve")}), http.StatusConflict, "other_identity")
	stored := s.End()
	believing := s.Beside() // a gateway of the same site, without the secret
	for _, said := range []map[string]any{{"id": "eve", "name": "Eve"}, {"id": "ada", "name": "Eve"}} {
		if got := identify(believing, said); got.Status != http.StatusOK {
			t.Errorf("%v: %d %s", said, got.Status, got.Raw)
		}
		got := believing.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session, "identity": said})
		if identity, _ := got.Body["identity"].(map[string]any); identity["id"] != "ada" || identity["name"] != "Ada" {
			t.Errorf("connect as %v answered %s", said, got.Raw)
		}
	}
	for _, ev := range s.Events(session) {
		if raw, _ := json.Marshal(ev.Data); strings.Contains(strings.ToLower(string(raw)), "eve") && ev.Seq > stored {
			t.Errorf("stored: %s", raw)
		}
	}
	if got := s.Call("POST", "/prechat", map[string]any{"sessionId": session, "email": "ada@example.com"}); got.Status != http.StatusOK {
		t.Errorf("the form: %s", got.Raw)
	}
	if all := updates(s, session); all[len(all)-1].GetIdentity().AsMap()["email"] != "ada@example.com" || all[len(all)-1].GetIdentityVerified() {
		t.Errorf("updates %v", all)
	}
}

func TestSiteWithoutSecretBelievesAndKeepsNoProof(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	got := s.Call("POST", "/identify", map[string]any{"sessionId": session, "identity": map[string]any{"id": "ada", "token": "x", "userHash": "y", "plan": "pro"}})
	all := updates(s, session)
	if got.Status != http.StatusOK || len(all) != 1 || all[0].GetIdentityVerified() || len(all[0].GetIdentity().GetFields()) != 2 {
		t.Errorf("%s, updates %v", got.Raw, all)
	}
}

func TestOtherDeviceOfAProvenIdentityJoinsItsConversation(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, proving)
	ada := func(visitor string, session any) gatewaytest.Answer {
		return s.Call("POST", "/connect", map[string]any{"visitorId": visitor, "sessionId": session, "identity": map[string]any{"id": "ada", "userHash": hash("ada")}})
	}
	laptop := ada("laptop", nil).Text("sessionId")
	s.Say(laptop, "from the laptop")
	s.Sessions.Own.Store("ada", laptop)
	early := s.Visit("phone")
	if got := s.Call("POST", "/identify", map[string]any{"sessionId": early, "identity": map[string]any{"id": "ada", "userHash": hash("ada")}}); got.Text("sessionId") != laptop {
		t.Errorf("a page that says later who it is gets %s", got.Raw)
	}
	if got := s.Call("POST", "/identify", map[string]any{"sessionId": laptop, "identity": map[string]any{"id": "ada", "userHash": hash("ada")}}); got.Body["sessionId"] != nil {
		t.Errorf("a page that is there already gets %s", got.Raw)
	}
	phone := ada("phone", early)
	if phone.Text("sessionId") != laptop || phone.Text("visitorId") != "phone" || !strings.Contains(phone.Raw, "from the laptop") {
		t.Fatalf("the phone got %s", phone.Raw)
	}
	one, two := s.Dial(laptop), s.Dial(phone.Text("sessionId"))
	s.Say(phone.Text("sessionId"), "from the phone")
	for _, tab := range []*gatewaytest.Socket{one, two} {
		tab.Until("message", "from the phone")
	}
	s.Reply(laptop, "to both")
	for _, tab := range []*gatewaytest.Socket{one, two} {
		tab.Until("message", "to both")
	}
	for _, ev := range s.Events(laptop) {
		if of, ok := ev.Data.(interface{ GetVisitorId() string }); ok && of.GetVisitorId() != "laptop" {
			t.Errorf("%s is %q's", ev.Type, of.GetVisitorId())
		}
	}
}
