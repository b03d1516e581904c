package channels

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func signed(body string) http.Header {
	return http.Header{"Content-Type": {"application/json"}, "X-Pusher-Key": {testKey}, "X-Pusher-Signature": {mac(body)}}
}

func TestWebhookIsRead(t *testing.T) {
	const body = `{"time_ms":1327078148132,"more":1,"events":[
		{"name":"channel_occupied","channel":"x"},
		{"name":"member_added","channel":"presence-x","user_id":"ü"},
		{"name":"member_removed","channel":"presence-x","user_id":12345678901234567},
		{"name":"client_event","channel":"presence-x","event":"client-a","data":"{\"a\":1}","socket_id":"1.2","user_id":"u"},
		{"name":"client_event","channel":"private-x","event":"client-a","data":{"a":1.0},"socket_id":"1.2","user_id":null},
		{"name":"subscription_count","channel":"x","subscription_count":3},
		{"name":"new_kind","channel":"x","what":[]}]}`
	w, err := offline(t).Webhook(signed(body), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	want := []WebhookEvent{
		{Name: ChannelOccupied, Channel: "x"},
		{Name: MemberAdded, Channel: "presence-x", UserID: "ü"},
		{Name: MemberRemoved, Channel: "presence-x", UserID: "12345678901234567"},
		{Name: ClientEvent, Channel: "presence-x", Event: "client-a", Data: `{"a":1}`, SocketID: "1.2", UserID: "u"},
		{Name: ClientEvent, Channel: "private-x", Event: "client-a", Data: `{"a":1.0}`, SocketID: "1.2"},
		{Name: SubscriptionCounted, Channel: "x", SubscriptionCount: 3},
		{Name: "new_kind", Channel: "x"},
	}
	if !reflect.DeepEqual(w.Events, want) || w.Key != testKey || w.Time.UnixMilli() != 1327078148132 {
		t.Errorf("got %+v", w)
	}
}

func TestWebhookIsBelievedOnlyAsItWasSigned(t *testing.T) {
	const body = `{"time_ms":1,"events":[]}`
	c := client(t, Options{URL: "https://chat.invalid", ExtraTokens: []Token{{"old", "old-secret"}, {testKey, "its-old-secret"}}})
	for name, tc := range map[string]struct {
		want   error
		change func(http.Header)
	}{
		"as signed":            {nil, func(http.Header) {}},
		"charset":              {ErrWebhookContentType, func(h http.Header) { h.Set("Content-Type", "application/json; charset=utf-8") }},
		"capitals":             {ErrWebhookContentType, func(h http.Header) { h.Set("Content-Type", "Application/JSON") }},
		"no type":              {ErrWebhookContentType, func(h http.Header) { h.Del("Content-Type") }},
		"two types":            {ErrWebhookContentType, func(h http.Header) { h.Add("Content-Type", "application/json") }},
		"no key":               {ErrWebhookKey, func(h http.Header) { h.Del("X-Pusher-Key") }},
		"another key":          {ErrWebhookKey, func(h http.Header) { h.Set("X-Pusher-Key", "other") }},
		"an old key's":         {ErrWebhookSignature, func(h http.Header) { h.Set("X-Pusher-Key", "old") }},
		"no signature":         {ErrWebhookSignature, func(h http.Header) { h.Del("X-Pusher-Signature") }},
		"capital digits":       {ErrWebhookSignature, func(h http.Header) { h.Set("X-Pusher-Signature", strings.ToUpper(mac(body))) }},
		"of something else":    {ErrWebhookSignature, func(h http.Header) { h.Set("X-Pusher-Signature", mac(body+" ")) }},
		"by an old key":        {nil, func(h http.Header) { h.Set("X-Pusher-Key", "old"); h.Set("X-Pusher-Signature", oldMAC) }},
		"by the key, long ago": {nil, func(h http.Header) { h.Set("X-Pusher-Signature", itsOldMAC) }},
	} {
		header := signed(body)
		tc.change(header)
		w, err := c.Webhook(header, []byte(body))
		if !errors.Is(err, tc.want) || (w == nil) != (tc.want != nil) {
			t.Errorf("%s: %+v, %v", name, w, err)
		}
		if err != nil && strings.Contains(err.Error(), mac(body)) {
			t.Errorf("%s tells the right signature: %v", name, err)
		}
	}
}

// What openssl makes of that body with the older secrets.
const (
	oldMAC    = "08bae53e985a4cf889bf68507cb4451a43edb525432539dc727b016315621a12"
	itsOldMAC = "5e0487806a20b3fa23ceeab1e8e6e1861b114fabeaa24d6b9a121918ccd783bc"
)

func TestWebhookThatIsNoneIsAnError(t *testing.T) {
	for _, body := range []string{"", "null", "[]", "7", `{"events":{}}`, `{"time_ms":"1"}`, `{"time_ms":1}x`, `{"events":[1]}`, `{"events":[{"name":1}]}`} {
		if w, err := offline(t).Webhook(signed(body), []byte(body)); !errors.Is(err, ErrWebhookBody) || w != nil {
			t.Errorf("%q: %+v, %v", body, w, err)
		}
	}
}

func TestWebhookOfAnotherTimeIsRefusedIfAsked(t *testing.T) {
	now := time.UnixMilli(1327078148132)
	c := client(t, Options{URL: "https://chat.invalid", WebhookTolerance: time.Minute})
	c.now = func() time.Time { return now }
	for off, want := range map[time.Duration]error{
		0: nil, time.Minute: nil, -time.Minute: nil, time.Minute + time.Millisecond: ErrWebhookTime, -time.Hour: ErrWebhookTime,
		-now.Sub(time.UnixMilli(0)): ErrWebhookTime,
	} {
		body := fmt.Sprintf(`{"time_ms":%d,"events":[]}`, now.Add(off).UnixMilli())
		if _, err := c.Webhook(signed(body), []byte(body)); !errors.Is(err, want) {
			t.Errorf("%s off: %v", off, err)
		}
	}
	body := `{"events":[],"time_ms":-9223372036854775808}`
	if _, err := c.Webhook(signed(body), []byte(body)); !errors.Is(err, ErrWebhookTime) {
		t.Error(err)
	}
}

func TestClientEventsOfEncryptedChannelsAreOpened(t *testing.T) {
	c := offline(t)
	box, err := c.seal("private-encrypted-a", `{"a":1}`)
	if err != nil {
		t.Fatal(err)
	}
	told, err := json.Marshal(map[string]any{"time_ms": 1, "events": []any{
		map[string]string{"name": "client_event", "channel": "private-encrypted-a", "event": "client-x", "data": box},
		map[string]string{"name": "client_event", "channel": "private-encrypted-b", "event": "client-x", "data": box},
		map[string]string{"name": "client_event", "channel": "private-a", "event": "client-x", "data": box},
		map[string]string{"name": "channel_occupied", "channel": "private-encrypted-a"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.Webhook(signed(string(told)), told)
	if err != nil {
		t.Fatal(err)
	}
	e := w.Events
	if e[0].Data != `{"a":1}` || e[0].DataError != nil || e[1].Data != box || e[1].DataError == nil || e[2].Data != box || e[2].DataError != nil || e[3].DataError != nil {
		t.Errorf("got %+v", e)
	}
	w, err = client(t, Options{URL: "https://chat.invalid"}).Webhook(signed(string(told)), told)
	if err != nil || !errors.Is(w.Events[0].DataError, ErrNoMasterKey) || w.Events[0].Data != box {
		t.Errorf("without a master key: %+v, %v", w, err)
	}
}

func FuzzWebhook(f *testing.F) {
	c := offline(f)
	for _, seed := range []string{
		`{"time_ms":1327078148132,"events":[{"name":"client_event","channel":"private-encrypted-x","data":{"nonce":"","ciphertext":1},"user_id":10}]}`,
		`{"events":[null,{}],"time_ms":-1}`, "null", "{}", `{"time_ms":1e3}`, "\ufeff{}",
	} {
		f.Add(seed, mac(seed))
	}
	f.Fuzz(func(t *testing.T, body, claimed string) {
		w, err := c.Webhook(signed(body), []byte(body))
		if (w == nil) == (err == nil) || err != nil && !errors.Is(err, ErrWebhookBody) {
			t.Fatalf("%q is %+v, %v", body, w, err)
		}
		if err == nil && !json.Valid([]byte(body)) {
			t.Errorf("%q is believed to be JSON", body)
		}
		header := signed(body)
		header.Set("X-Pusher-Signature", claimed)
		if _, err := c.Webhook(header, []byte(body)); claimed != mac(body) && !errors.Is(err, ErrWebhookSignature) {
			t.Errorf("%q signed %q: %v", body, claimed, err)
		}
	})
}
