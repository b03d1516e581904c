package telegram_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// receiver is a webhook that answers what answer says (200 if nil) and remembers what came.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []update
	secret []string
	answer func(u update, n int) (status int, header http.Header, body string)
}

func receive(t *testing.T, answer func(update, int) (int, http.Header, string)) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		var u update
		if err := json.Unmarshal(body, &u); err != nil {
			t.Errorf("webhook got %q", body)
		}
		r.mu.Lock()
		r.got = append(r.got, u)
		r.secret = append(r.secret, req.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
		n := len(r.got)
		r.mu.Unlock()
		if r.answer == nil {
			return
		}
		status, header, text := r.answer(u, n)
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) updates() []update {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]update(nil), r.got...)
}

func (b *bot) hook(r *receiver) {
	b.t.Helper()
	b.ok("setWebhook", fields{
		"url": r.URL + "/hook", "secret_token": "s3cret_-",
		"allowed_updates": []string{"message", "edited_message", "message_reaction", "callback_query"},
	}, nil)
}

func deliveries(n int) func(telegram.State) bool {
	return func(v telegram.State) bool { return len(v.Deliveries()) >= n }
}

func delivered(v telegram.State) bool { return v.PendingUpdates() == 0 }

func TestWebhookGetsUpdatesInOrderWithItsSecret(t *testing.T) {
	b := unlimited(t)
	r := receive(t, nil)
	_, err := b.sim.Say(deadline(t), 0, "before the webhook")
	must(t, err)
	b.hook(r)
	for _, text := range []string{"a", "b", "c"} {
		_, err := b.sim.Say(deadline(t), 0, text)
		must(t, err)
	}
	b.wait(delivered)
	if got := kinds(r.updates()); got != "message:before the webhook message:a message:b message:c" {
		t.Fatalf("updates: %s", got)
	}
	for _, secret := range r.secret {
		if secret != "s3cret_-" {
			t.Fatalf("secret %q", secret)
		}
	}
}

func TestFailingUpdateBlocksItsOwnQueueOnly(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	failing := true
	r := receive(t, nil)
	r.answer = func(u update, _ int) (int, http.Header, string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if u.Message != nil && failing {
			return 503, nil, ""
		}
		return 200, nil, ""
	}
	b.hook(r)
	said, err := b.sim.Say(ctx, 0, "stuck")
	must(t, err)
	_, err = b.sim.Say(ctx, 0, "behind it")
	must(t, err)
	must(t, b.sim.React(ctx, said.ID, "👍"))
	b.wait(func(v telegram.State) bool { return v.PendingUpdates() == 2 && len(v.Deliveries()) == 2 })
	must(t, b.sim.Clock().AwaitTimers(ctx, 1))
	r.mu.Lock()
	failing = false
	r.mu.Unlock()
	b.sim.Clock().Advance(time.Second)
	b.wait(delivered)
	var order []update
	for _, u := range r.updates() {
		if u.Message != nil {
			order = append(order, u)
		}
	}
	if got := kinds(order); got != "message:stuck message:stuck message:behind it" {
		t.Fatalf("updates: %s", got)
	}
}

func TestRetriesDoubleAndRetryAfterIsHonoured(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	r := receive(t, func(_ update, n int) (int, http.Header, string) {
		switch n {
		case 1, 2:
			return 500, nil, ""
		case 3:
			return 503, http.Header{"Retry-After": {"30"}}, ""
		}
		return 200, nil, ""
	})
	b.hook(r)
	_, err := b.sim.Say(ctx, 0, "x")
	must(t, err)
	for i, wait := range []time.Duration{time.Second, 2 * time.Second, 30 * time.Second} {
		b.wait(deliveries(i + 1))
		must(t, b.sim.Clock().AwaitTimers(ctx, 1))
		b.sim.Clock().Advance(wait - time.Millisecond)
		if got := len(r.updates()); got != i+1 {
			t.Fatalf("try %d came early", got)
		}
		b.sim.Clock().Advance(time.Millisecond)
	}
	b.wait(delivered)
	if got := b.sim.Deliveries(); len(got) != 4 || got[3].Attempt != 4 || !got[3].Accepted {
		t.Fatalf("deliveries: %+v", got)
	}
}

func TestWebhookInfoTellsTheTruth(t *testing.T) {
	b := unlimited(t)
	r := receive(t, func(update, int) (int, http.Header, string) { return 401, nil, "" })
	b.hook(r)
	_, err := b.sim.Say(deadline(t), 0, "x")
	must(t, err)
	b.wait(deliveries(1))
	var info struct {
		URL       string   `json:"url"`
		Pending   int      `json:"pending_update_count"`
		LastError string   `json:"last_error_message"`
		ErrorAt   int64    `json:"last_error_date"`
		Allowed   []string `json:"allowed_updates"`
		Max       int      `json:"max_connections"`
	}
	b.ok("getWebhookInfo", nil, &info)
	if info.URL != r.URL+"/hook" || info.Pending != 1 || info.LastError != "Wrong response from the webhook: 401 Unauthorized" ||
		info.ErrorAt != epoch.Unix() || len(info.Allowed) != 4 || info.Max != 40 {
		t.Fatalf("info: %+v", info)
	}
	b.ok("deleteWebhook", fields{"drop_pending_updates": true}, nil)
	b.ok("getWebhookInfo", nil, &info)
	if info.URL != "" || info.Pending != 0 {
		t.Fatalf("info: %+v", info)
	}
}

func TestStrictPortsApplyToLoopbackToo(t *testing.T) {
	b := start(t, telegram.Options{StrictPorts: true})
	b.refused("setWebhook", fields{"url": "http://127.0.0.1:8443/"}, 400, "HTTPS URL must be provided")
	b.refused("setWebhook", fields{"url": "https://127.0.0.1:8081/"}, 400, "ports 80, 88, 443 or 8443")
	b.ok("setWebhook", fields{"url": "https://127.0.0.1:8443/"}, nil)
}
