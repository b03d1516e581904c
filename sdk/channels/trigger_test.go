package channels

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestDataTravelAsTheyAre(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{}`))
	c := f.client(Options{})
	for _, tc := range []struct {
		data any
		want string
	}{
		{"text", "text"},
		{`{"b":1.0,"a":12345678901234567890}`, `{"b":1.0,"a":12345678901234567890}`},
		{[]byte("<&>\u2028 \x00"), "<&>\u2028 \x00"},
		{json.RawMessage(`{ "a" : 1 }`), `{ "a" : 1 }`},
		{map[string]any{"html": "<b>&"}, `{"html":"<b>&"}`},
		{7, "7"},
		{nil, "null"},
		{"", ""},
	} {
		if _, err := c.Trigger(t.Context(), []string{"a", "b"}, "über / .x", tc.data); err != nil {
			t.Fatal(err)
		}
		got := f.last().sent(t)
		want := map[string]any{"name": "über / .x", "channels": []any{"a", "b"}, "data": tc.want}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v was sent as %v", tc.data, got)
		}
	}
	if last := f.last(); last.method != http.MethodPost || last.path != "/apps/3/events" {
		t.Errorf("asked %s %s", last.method, last.path)
	}
}

func TestTriggerLeavesOutASocketAndTellsAttributes(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"channels":{"presence-a":{"user_count":2},"b":{"subscription_count":0},"c":{}}}`), says(http.StatusOK, `{}`))
	c := f.client(Options{})
	told, err := c.Trigger(t.Context(), []string{"presence-a", "b", "c"}, "e", "", ExcludeSocket("1.2"), WithInfo(UserCount, SubscriptionCount))
	if err != nil || *told["presence-a"].UserCount != 2 || *told["b"].SubscriptionCount != 0 || told["c"] != (Attributes{}) || told["b"].UserCount != nil {
		t.Errorf("told %v, %v", told, err)
	}
	if sent := f.last().sent(t); sent["socket_id"] != "1.2" || sent["info"] != "user_count,subscription_count" {
		t.Errorf("sent %v", sent)
	}
	if told, err := c.Trigger(t.Context(), []string{"b"}, "e", ""); told != nil || err != nil {
		t.Errorf("without info: %v, %v", told, err)
	}
}

func TestBatchIsSentInOrder(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"batch":[{"user_count":1},{}]}`))
	c := f.client(Options{EncryptionMasterKey: []byte(testMaster)})
	told, err := c.TriggerBatch(t.Context(), []Event{
		{Channel: "presence-a", Name: "x", Data: 1, SocketID: "1.2", Info: []Info{UserCount}},
		{Channel: "private-encrypted-b", Name: "y", Data: "secret"},
	})
	if err != nil || len(told) != 2 || *told[0].UserCount != 1 || told[1] != (Attributes{}) {
		t.Errorf("told %v, %v", told, err)
	}
	last := f.last()
	batch, _ := last.sent(t)["batch"].([]any)
	first := map[string]any{"name": "x", "channel": "presence-a", "data": "1", "socket_id": "1.2", "info": "user_count"}
	if last.path != "/apps/3/batch_events" || len(batch) != 2 || !reflect.DeepEqual(batch[0], first) || strings.Contains(last.body, "secret") {
		t.Errorf("sent %s %v", last.path, batch)
	}
}

func TestUserIsSentToByTheirOwnChannel(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{}`))
	if err := f.client(Options{}).SendToUser(t.Context(), "u@1", "e", "x"); err != nil {
		t.Fatal(err)
	}
	if got := f.last().sent(t)["channels"]; !reflect.DeepEqual(got, []any{"#server-to-user-u@1"}) {
		t.Errorf("sent to %v", got)
	}
}

func TestWhatCannotBeRightIsNotSent(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{}`))
	c := f.client(Options{})
	trigger := func(event string, data any, opts []TriggerOption, channels ...string) func() error {
		return func() error { _, err := c.Trigger(t.Context(), channels, event, data, opts...); return err }
	}
	batch := func(events ...Event) func() error {
		return func() error { _, err := c.TriggerBatch(t.Context(), events); return err }
	}
	for name, tc := range map[string]struct {
		want error
		do   func() error
	}{
		"no channel":           {ErrTooManyChannels, trigger("e", "", nil)},
		"101 channels":         {ErrTooManyChannels, trigger("e", "", nil, slices.Repeat([]string{"a"}, 101)...)},
		"empty name":           {ErrChannelName, trigger("e", "", nil, "")},
		"newline":              {ErrChannelName, trigger("e", "", nil, "a\n")},
		"slash":                {ErrChannelName, trigger("e", "", nil, "good", "a/b")},
		"reserved":             {ErrChannelName, trigger("e", "", nil, "#other")},
		"nobody":               {ErrChannelName, trigger("e", "", nil, "#server-to-user-")},
		"201 characters":       {ErrChannelName, trigger("e", "", nil, strings.Repeat("a", 201))},
		"no event":             {ErrEventName, trigger("", "", nil, "a")},
		"long event":           {ErrEventName, trigger(strings.Repeat("ü", 201), "", nil, "a")},
		"socket":               {ErrSocketID, trigger("e", "", []TriggerOption{ExcludeSocket("1.2\n")}, "a")},
		"data":                 {ErrData, trigger("e", func() {}, nil, "a")},
		"no UTF-8":             {ErrData, trigger("e", "\xff", nil, "a")},
		"encrypted and others": {ErrEncryptedAlone, trigger("e", "", nil, "a", "private-encrypted-b")},
		"encrypted, no key":    {ErrNoMasterKey, trigger("e", "", nil, "private-encrypted-b")},
		"no batch":             {ErrTooManyEvents, batch()},
		"batch of 11":          {ErrTooManyEvents, batch(slices.Repeat([]Event{{Channel: "a", Name: "e"}}, 11)...)},
		"batch, bad channel":   {ErrChannelName, batch(Event{Channel: "a", Name: "e"}, Event{Channel: "b c", Name: "e"})},
		"batch, no event":      {ErrEventName, batch(Event{Channel: "a"})},
		"user":                 {ErrUserID, func() error { return c.SendToUser(t.Context(), "a/b", "e", "") }},
		"no user":              {ErrUserID, func() error { return c.TerminateUser(t.Context(), "") }},
		"asked of a user":      {ErrChannelName, func() error { _, err := c.Channel(t.Context(), "#server-to-user-1"); return err }},
		"users of nothing":     {ErrChannelName, func() error { _, err := c.Users(t.Context(), "a/../b"); return err }},
		"path":                 {ErrPath, func() error { return c.Get(t.Context(), "channels", nil, nil) }},
		"path with a query":    {ErrPath, func() error { return c.Post(t.Context(), "/x?y", nil, nil) }},
		"path, escaped badly":  {ErrPath, func() error { return c.Get(t.Context(), "/%zz", nil, nil) }},
	} {
		if err := tc.do(); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := f.count(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestNamesUpToTheirLimitsAreSent(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{}`))
	c := f.client(Options{})
	for _, name := range []string{"_-=@,.;", strings.Repeat("a", 200), "#server-to-user-1"} {
		if _, err := c.Trigger(t.Context(), []string{name}, strings.Repeat("ü", 200), "", ExcludeSocket("12.34")); err != nil {
			t.Error(err)
		}
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = fmt.Sprint("c", i)
	}
	if _, err := c.Trigger(t.Context(), many, "e", ""); err != nil {
		t.Error(err)
	}
	if _, err := c.TriggerBatch(t.Context(), slices.Repeat([]Event{{Channel: "a", Name: "e"}}, 10)); err != nil {
		t.Error(err)
	}
}
