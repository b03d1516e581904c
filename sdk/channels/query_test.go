package channels

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestChannelsAreAskedForByPrefix(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"channels":{"presence-a":{"user_count":2},"presence-b":{}}}`), says(http.StatusOK, `{"channels":{}}`))
	c := f.client(Options{})
	told, err := c.Channels(t.Context(), "presence-", UserCount, SubscriptionCount)
	if err != nil || len(told) != 2 || *told["presence-a"].UserCount != 2 {
		t.Errorf("told %v, %v", told, err)
	}
	last := f.last()
	if last.method != http.MethodGet || last.path != "/apps/3/channels" || last.query.Get("filter_by_prefix") != "presence-" || last.query.Get("info") != "user_count,subscription_count" {
		t.Errorf("asked %+v", last)
	}
	if _, err = c.Channels(t.Context(), ""); err != nil || f.last().query.Has("info") || f.last().query.Has("filter_by_prefix") {
		t.Errorf("asked %+v, %v", f.last(), err)
	}
	if last.query.Has("body_md5") || last.header.Get("Content-Type") != "" {
		t.Error("a GET says something of a body")
	}
}

func TestChannelTellsWhatItHasCached(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"occupied":true,"subscription_count":3,"cache":{"data":"{\"a\":1}","ttl":1740}}`), says(http.StatusOK, `{"occupied":false,"cache":null}`))
	c := f.client(Options{})
	got, err := c.Channel(t.Context(), "cache-a;=@,.b", SubscriptionCount, Cache)
	if err != nil || !got.Occupied || *got.SubscriptionCount != 3 || got.Cache.Data != `{"a":1}` || got.Cache.TTL() != 29*time.Minute {
		t.Errorf("got %+v, %v", got, err)
	}
	if path := f.last().path; path != "/apps/3/channels/cache-a;=@,.b" {
		t.Errorf("asked %s", path)
	}
	if got, err = c.Channel(t.Context(), "cache-a", Cache); err != nil || got.Occupied || got.Cache != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestUsersAreTextsWhateverTheServerSends(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"users":[{"id":"a b"},{"id":12345678901234567}]}`), says(http.StatusOK, `{"users":[]}`))
	c := f.client(Options{})
	if ids, err := c.Users(t.Context(), "presence-a"); err != nil || strings.Join(ids, "|") != "a b|12345678901234567" {
		t.Errorf("got %q, %v", ids, err)
	}
	if path := f.last().path; path != "/apps/3/channels/presence-a/users" {
		t.Errorf("asked %s", path)
	}
	if ids, err := c.Users(t.Context(), "presence-a"); err != nil || ids == nil || len(ids) != 0 {
		t.Errorf("of nobody: %v, %v", ids, err)
	}
}

func TestUserIsTerminatedByAnEscapedID(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{}`))
	if err := f.client(Options{}).TerminateUser(t.Context(), "ä/b c"); err != nil {
		t.Fatal(err)
	}
	if last := f.last(); last.path != "/apps/3/users/%C3%A4%2Fb%20c/terminate_connections" || last.body != "{}" || last.method != http.MethodPost {
		t.Errorf("asked %+v", last)
	}
}

func TestAnythingElseCanBeAskedToo(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"x":1}`))
	c := f.client(Options{URL: f.URL + "/prefix/"})
	var told struct{ X int }
	if err := c.Get(t.Context(), "/channels", url.Values{"Ids[]": {"b", "a"}, "q": {"a+b c&d=é%"}}, &told); err != nil || told.X != 1 {
		t.Errorf("told %v, %v", told, err)
	}
	if last := f.last(); last.path != "/prefix/apps/3/channels" || last.query.Get("q") != "a+b c&d=é%" || !reflect.DeepEqual(last.query["Ids[]"], []string{"b", "a"}) {
		t.Errorf("asked %+v", last)
	}
	if err := c.Post(t.Context(), "/events", map[string]string{"name": "<&>"}, nil); err != nil || f.last().body != `{"name":"<&>"}` {
		t.Errorf("posted %q, %v", f.last().body, err)
	}
}
