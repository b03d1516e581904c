package pusher

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

func TestEachAddressIsToldWhatItWantsWithItsHeadersAndSignedForItself(t *testing.T) {
	w := newWorld(t)
	plain, names, ends, typed := w.receiver(), w.receiver(), w.receiver(), w.receiver()
	cfg := w.config(plain.URL)
	cfg.Events, cfg.Channels = []string{hook.Occupied}, []string{"private-", "presence-a"}
	cfg.Webhooks = fmt.Sprintf(`[
		{"url": %q, "filter": {"channel_name_starts_with": ["private-", "presence-a"]}, "headers": {"authorization": "Bearer 1", "User-Agent": "us"}},
		{"url": %q, "event_types": [], "filter": {"channel_name_starts_with": "p", "channel_name_ends_with": "-b"}, "headers": {}},
		{"url": %q, "event_types": ["channel_vacated", "cache_miss"]}]`, names.URL, ends.URL, typed.URL)
	vacated := func(channel string) hook.Event { return hook.Event{Name: hook.Vacated, Channel: channel} }
	w.serve(cfg, true)
	w.happens(occupied("a"), vacated("private-a"), occupied("private-a"), occupied("presence-b"))
	w.happens(occupied("my-private-a"), occupied("presence-ab"), vacated("presence-b"), occupied("x-b"))
	plain.takes([]string{"channel_occupied private-a", "channel_occupied presence-ab"})
	names.takes([]string{"channel_vacated private-a", "channel_occupied private-a", "channel_occupied presence-ab"})
	ends.takes([]string{"channel_occupied presence-b", "channel_vacated presence-b"})
	typed.takes([]string{"channel_vacated private-a", "channel_vacated presence-b"})
	for _, got := range names.requests {
		if got.header.Get("Authorization") != "Bearer 1" || got.header.Get("User-Agent") != "us" {
			t.Errorf("the headers are %v", got.header)
		}
	}
	for _, r := range []*receiver{plain, ends, typed} {
		if got := r.requests[0].header; got.Get("Authorization") != "" || got.Get("User-Agent") != "Bellhop" {
			t.Errorf("the headers of another are %v", got)
		}
	}
}

// Libraries compare the whole content type, and the time with their own: each attempt says when it was made, and is signed for itself.
func TestRequestIsAsPusherMakesIt(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	r.always(503)
	w.happens(occupied("<a>"))
	w.serve(w.config(r.URL), true)
	bustest.Until(t, "it is tried", func() bool { return r.tries() > 0 })
	began := w.clock.Now()
	bustest.Until(t, "it is tried again", func() bool {
		w.clock.jump()
		return w.clock.Now().Sub(began).Minutes() > 2
	})
	r.always(200)
	bustest.Until(t, "it is taken", func() bool {
		w.clock.jump()
		return len(r.took()) > 0
	})
	var last int64
	for _, got := range r.requests {
		var body struct {
			TimeMS int64           `json:"time_ms"`
			Events json.RawMessage `json:"events"`
		}
		if err := json.Unmarshal(got.body, &body); err != nil {
			t.Fatal(err)
		}
		if want := `[{"name":"channel_occupied","channel":"<a>"}]`; string(body.Events) != want || body.TimeMS <= last {
			t.Errorf("after %d came %s", last, got.body)
		}
		last = body.TimeMS
		for name, want := range map[string]string{"Content-Type": "application/json", "X-Pusher-Key": key, "X-Pusher-Signature": signature.Webhook(secret, got.body)} {
			if values := got.header[name]; len(values) != 1 || values[0] != want {
				t.Errorf("%s is %q, want %q", name, values, want)
			}
		}
	}
	if behind := w.clock.Now().UnixMilli() - last; behind > 0 {
		t.Errorf("the last attempt is dated %d ms before it was made", behind)
	}
}

func TestAddressIsTriedWithARequestThatTellsOfNothing(t *testing.T) {
	w := newWorld(t)
	r := w.receiver()
	all := Receivers("shop", w.config(r.URL), true)
	if err := all[0].Test(t.Context()); err != nil {
		t.Error(err)
	}
	r.always(401)
	if err := all[0].Test(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("refused: %v", err)
	}
	all[0].Disconnect()
	if body := string(r.requests[0].body); !strings.HasSuffix(body, `"events":[]}`) {
		t.Errorf("it was told %s", body)
	}
}

func TestWrongSettingsAreNamedWithoutTheirSecrets(t *testing.T) {
	const address = `"url": "https://a.example/T0KEN"`
	for list, want := range map[string]string{
		`{` + address + `}`: "a object at the top", `T0KEN`: "no JSON", `[{` + address: "no JSON", `[]`: "0 entries", `null`: "0 entries",
		`[{` + address + `}] T0KEN`: "something behind", `[{` + address + `, "lambda": 1}]`: `"lambda"`, `[{"url": 7}]`: "number", `[{}]`: "URL",
		`[{"url": "ftp://a.example/T0KEN"}]`:                                    "https://",
		`[{` + address + `, "event_types": ["occupied"]}]`:                      `in entry 1 the event "occupied"`,
		`[{` + address + `}, {` + address + `}]`:                                "an address twice",
		`[{` + address + `, "headers": {"x-pusher-key": "T0KEN"}}]`:             `"x-pusher-key"`,
		`[{` + address + `, "headers": {"content-type": "text/plain; T0KEN"}}]`: `"content-type"`,
		`[{` + address + `, "headers": {"a b": "T0KEN"}}]`:                      `"a b"`,
		`[{` + address + `, "headers": {"A": "T0KEN\r\nB: c"}}]`:                "a control character",
		`[{` + address + `, "headers": {"A": 5}}]`:                              "headers",
		`[{` + address + `, "filter": {"channel_name_starts_with": {}}}]`:       "object",
		`[{` + address + `, "filter": {"channel_prefix": "x"}}]`:                `"channel_prefix"`,
	} {
		err := (&Config{AppID: "1", Key: "k", Secret: "s", Webhooks: list}).Validate()
		if err == nil || !strings.Contains(err.Error(), "PUSHER_WEBHOOKS") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "T0KEN") {
			t.Errorf("%s\nis refused with %v, want %s", list, err, want)
		}
	}
	for _, cfg := range []Config{
		{Webhooks: `[{` + address + `}]`}, {URLs: []string{"https://a.example"}}, {Events: []string{"x"}},
		{AppID: "1", Key: "k", Secret: "s", URLs: []string{"https://a.example", "https://a.example"}},
		{AppID: "1", Key: "k", Secret: "s", URLs: []string{"https://a.example/T0KEN"}, Webhooks: `[{` + address + `}]`},
	} {
		if err := cfg.Validate(); err == nil {
			t.Errorf("%+v is taken", cfg)
		}
	}
	fine := Config{AppID: "1", Key: "k", Secret: "s", URLs: []string{"https://a.example"}, Webhooks: `[{"url": "https://a.example#2"}, {` + address + `}]`}
	if err := fine.Validate(); err != nil {
		t.Error(err)
	}
	if all := Receivers("shop", fine, false); len(all) != 3 || all[2].Name != "pusher-3" || all[0].path() == all[1].path() {
		t.Errorf("receivers are %v", all)
	}
}

func FuzzEndpoints(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"url":"https://a"}]`, `[{"url":"https://a","event_types":["client_event"],"filter":{"channel_name_ends_with":["x"]},"headers":{"A":"b"}}]`, `[{"url":`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		cfg := Config{AppID: "1", Key: "k", Secret: "s", Webhooks: list}
		err := cfg.Validate()
		if all, unread := cfg.Endpoints(); list != "" && err == nil && (unread != nil || len(all) == 0) {
			t.Errorf("%q is taken, and nobody is told: %v", list, unread)
		}
	})
}
