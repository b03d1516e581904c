package telegram

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
)

func TestUpdateWithoutTheSecretIsNobodys(t *testing.T) {
	o := newBureau(t)
	body := update(1, "message", `,"text":"forged"`)
	for name, test := range map[string]struct {
		secrets []string
		counted string
	}{
		"missing":    {nil, refusedMissing},
		"empty":      {[]string{""}, refusedWrong},
		"wrong":      {[]string{"another-secret"}, refusedWrong},
		"truncated":  {[]string{secret[:len(secret)-1]}, refusedWrong},
		"longer":     {[]string{secret + "x"}, refusedWrong},
		"other case": {[]string{strings.ToUpper(secret)}, refusedWrong},
		"twice":      {[]string{secret, secret}, refusedMissing},
	} {
		before := o.counted("bellhop_inbound_refused_total", test.counted)
		w := o.postAs(body, test.secrets...)
		if w.Code != http.StatusUnauthorized || code(t, w) != "bad_secret" || strings.Contains(w.Body.String(), secret) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if o.counted("bellhop_inbound_refused_total", test.counted) != before+1 {
			t.Errorf("%s is not counted", name)
		}
	}
	o.expect()
	o.accepts(body)
}

func code(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var body struct{ Error, Code string }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || body.Error == "" {
		t.Errorf("no error in %s", w.Body)
	}
	return body.Code
}

func TestWebhookWithoutItsSecretIsClosedAndSaysWhich(t *testing.T) {
	o := newBureau(t)
	o.bot.cfg.WebhookSecret = ""
	if w := o.postAs(update(1, "message", `,"text":"x"`), ""); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "TELEGRAM_WEBHOOK_SECRET") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := httptest.NewRecorder()
	NotConfigured(w, nil)
	if w.Code != http.StatusNotFound || code(t, w) != "not_configured" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	o.expect()
}

func TestWhatIsNoUpdateIsRefused(t *testing.T) {
	o := newBureau(t)
	for body, want := range map[string]int{
		``:                     http.StatusBadRequest,
		`{`:                    http.StatusBadRequest,
		`[]`:                   http.StatusBadRequest,
		`{}`:                   http.StatusBadRequest,
		`{"update_id":1} tail`: http.StatusBadRequest,
		`{"update_id":1,"message":{"text":"` + strings.Repeat("x", maxUpdate) + `"}}`: http.StatusRequestEntityTooLarge,
	} {
		if w := o.post(body); w.Code != want || code(t, w) == "" {
			t.Errorf("%.40s: %d %s", body, w.Code, w.Body)
		}
	}
	// Telegram would post these again for a day, and hold back whatever comes after them.
	o.accepts(`{"update_id":7,"hologram":{}}`)
	o.accepts(`{"update_id":8,"message":{"message_id":"a word"}}`)
	if o.counted("bellhop_inbound_updates_total", string(office.ResultPoison)) != 1 {
		t.Error("the unreadable one is not counted")
	}
	o.expect()
}

func TestSameUpdateTwiceShowsOnce(t *testing.T) {
	o := newBureau(t)
	body := update(700010, "message", `,"text":"once"`)
	o.accepts(body)
	o.accepts(body)
	o.bot = o.newBot("default", "") // another replica, which has not seen it
	o.accepts(body)
	o.expect("message.created telegram:700010", "message.read telegram:700010:read")
	if o.counted("bellhop_inbound_updates_total", string(office.ResultDuplicate)) != 1 {
		t.Error("the duplicate is not counted")
	}
}

func TestUpdateIsRefusedUntilItIsStored(t *testing.T) {
	o := newBureau(t)
	body := update(1, "message", `,"text":"hello"`)
	refused := func() {
		t.Helper()
		if w := o.post(body); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "5" || code(t, w) != "unavailable" {
			t.Fatalf("%d %v %s", w.Code, w.Header(), w.Body)
		}
	}
	o.sessions.SetAway(true)
	refused()
	o.sessions.SetAway(false)
	o.server.Stop()
	refused()

	o.server = bustest.ServerIn(t, o.dir)
	o.bus = bustest.Connect(t, bus.Config{InProcess: o.server, Name: t.Name()})
	o.desk.Bus, o.sessions.Bus = o.bus, o.bus
	o.accepts(body)
	o.expect("message.created telegram:1", "message.read telegram:1:read")
}

func FuzzWebhookSecret(f *testing.F) {
	f.Add("")
	f.Add(secret[:5])
	f.Add(secret + "\x00")
	f.Fuzz(func(t *testing.T, given string) {
		b := &Bot{metrics: testMetrics(t)}
		b.cfg.WebhookSecret = secret
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, WebhookPath, strings.NewReader("{}"))
		r.Header[secretHeader] = []string{given}
		if w := httptest.NewRecorder(); b.verified(w, r) != (given == secret) {
			t.Fatalf("%q: %d", given, w.Code)
		}
	})
}
