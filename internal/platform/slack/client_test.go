package slack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// request is what a server got.
type request struct {
	path, token, kind, body string
	form                    url.Values
}

func recorded(r *http.Request) request {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	return request{
		path: r.URL.Path, token: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "),
		kind: r.Header.Get("Content-Type"), body: string(body), form: form,
	}
}

func TestCallsAreWhatTheWebAPIExpects(t *testing.T) {
	place, at := Place{testChannel, "1.000100"}, Ref{testChannel, "2.000200"}
	hello := Content{Text: "hi &amp; bye", Blocks: new(Text).Plain("hi & bye").Content().Blocks}
	const blocks = `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"hi & bye"}]}]}]`
	const metadata = `{"event_type":"bellhop_message","event_payload":{"id":"m1","version":"v1"}}`
	for _, test := range []struct {
		method, answer string
		want           url.Values
		call           func(context.Context, *Client) error
	}{
		{"auth.test", `{"ok":true,"bot_id":"B01"}`, url.Values{}, func(ctx context.Context, c *Client) error { _, err := c.AuthTest(ctx); return err }},
		{"chat.postMessage", `{"ok":true,"ts":"3.4"}`, url.Values{
			"channel": {testChannel}, "text": {"hi &amp; bye"}, "blocks": {blocks}, "thread_ts": {"1.000100"}, "unfurl_links": {"false"},
			"unfurl_media": {"false"}, "metadata": {metadata}, "username": {"Ana"}, "icon_emoji": {":bell:"}, "reply_broadcast": {"true"},
		}, func(ctx context.Context, c *Client) error {
			_, err := c.Post(ctx, Outgoing{Place: place, Content: hello, Mark: Mark{"m1", "v1"}, Broadcast: true, Look: Look{"Ana", ":bell:", "https://x"}})
			return err
		}},
		{"chat.postMessage", `{"ok":true,"ts":"3.4"}`, url.Values{
			"channel": {testChannel}, "text": {"x"}, "blocks": {"[]"}, "unfurl_links": {"false"}, "unfurl_media": {"false"}, "icon_url": {"https://x"},
		}, func(ctx context.Context, c *Client) error {
			_, err := c.Post(ctx, Outgoing{Place: Place{Channel: testChannel}, Content: Content{Text: "x"}, Broadcast: true, Look: Look{IconURL: "https://x"}})
			return err
		}},
		{"chat.update", `{"ok":true}`, url.Values{"channel": {testChannel}, "ts": {"2.000200"}, "text": {"hi &amp; bye"}, "blocks": {blocks}, "metadata": {metadata}},
			func(ctx context.Context, c *Client) error { return c.Update(ctx, at, hello, Mark{"m1", "v1"}) }},
		{"chat.update", `{"ok":true}`, url.Values{"channel": {testChannel}, "ts": {"2.000200"}, "text": {"x"}, "blocks": {"[]"}},
			func(ctx context.Context, c *Client) error { return c.Update(ctx, at, Content{Text: "x"}, Mark{}) }},
		{"chat.delete", `{"ok":true}`, url.Values{"channel": {testChannel}, "ts": {"2.000200"}},
			func(ctx context.Context, c *Client) error { return c.Delete(ctx, at) }},
		{"chat.postEphemeral", `{"ok":true}`, url.Values{"channel": {testChannel}, "user": {"U1"}, "thread_ts": {"1.000100"}, "text": {"x"}, "blocks": {"[]"}},
			func(ctx context.Context, c *Client) error {
				return c.PostEphemeral(ctx, place, "U1", Content{Text: "x"})
			}},
		{"chat.getPermalink", `{"ok":true,"permalink":"https://x"}`, url.Values{"channel": {testChannel}, "message_ts": {"2.000200"}},
			func(ctx context.Context, c *Client) error { _, err := c.Permalink(ctx, at); return err }},
		{"reactions.add", `{"ok":true}`, url.Values{"channel": {testChannel}, "timestamp": {"2.000200"}, "name": {"eyes"}},
			func(ctx context.Context, c *Client) error { return c.React(ctx, at, "eyes") }},
		{"reactions.remove", `{"ok":true}`, url.Values{"channel": {testChannel}, "timestamp": {"2.000200"}, "name": {"eyes"}},
			func(ctx context.Context, c *Client) error { return c.Unreact(ctx, at, "eyes") }},
		{"assistant.threads.setStatus", `{"ok":true}`, url.Values{"channel_id": {testChannel}, "thread_ts": {"1.000100"}, "status": {""}},
			func(ctx context.Context, c *Client) error { return c.SetStatus(ctx, place, "") }},
		{"files.info", `{"ok":true,"file":{"id":"F1"}}`, url.Values{"file": {"F1"}}, func(ctx context.Context, c *Client) error { _, err := c.FileInfo(ctx, "F1"); return err }},
		{"files.delete", `{"ok":true}`, url.Values{"file": {"F1"}}, func(ctx context.Context, c *Client) error { return c.DeleteFile(ctx, "F1") }},
		{"users.info", `{"ok":true,"user":{"id":"U1"}}`, url.Values{"user": {"U1"}}, func(ctx context.Context, c *Client) error { _, err := c.UserInfo(ctx, "U1"); return err }},
		{"conversations.info", `{"ok":true,"channel":{"id":"C1"}}`, url.Values{"channel": {testChannel}},
			func(ctx context.Context, c *Client) error { _, err := c.ChannelInfo(ctx, testChannel); return err }},
		{"conversations.join", `{"ok":true}`, url.Values{"channel": {testChannel}}, func(ctx context.Context, c *Client) error { return c.Join(ctx, testChannel) }},
		{"conversations.replies", `{"ok":true}`, url.Values{"channel": {testChannel}, "ts": {"1.000100"}, "oldest": {"2.000200"}, "cursor": {"abc"}, "limit": {"200"}, "include_all_metadata": {"true"}},
			func(ctx context.Context, c *Client) error {
				_, err := c.Replies(ctx, place, "2.000200", "abc")
				return err
			}},
		{"conversations.history", `{"ok":true}`, url.Values{"channel": {testChannel}, "limit": {"200"}, "include_all_metadata": {"true"}},
			func(ctx context.Context, c *Client) error { _, err := c.History(ctx, testChannel, "", ""); return err }},
	} {
		var got request
		c := against(t, func(w http.ResponseWriter, r *http.Request) {
			got = recorded(r)
			_, _ = io.WriteString(w, test.answer)
		})
		if err := test.call(t.Context(), c); err != nil {
			t.Errorf("%s: %v", test.method, err)
		}
		if got.path != "/api/"+test.method || got.token != testToken || strings.Contains(got.body, "token") || got.form.Encode() != test.want.Encode() {
			t.Errorf("%s: sent %s\n%s, want\n%s", test.method, got.path, got.form.Encode(), test.want.Encode())
		}
	}
}

func TestIdentityTellsTheScopes(t *testing.T) {
	c := against(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-OAuth-Scopes", "chat:write, users:read")
		_, _ = io.WriteString(w, `{"ok":true,"url":"https://x.slack.com/","team":"X","user":"bellhop","team_id":"T01","user_id":"U0BOT","bot_id":"B01","app_id":"A01"}`)
	})
	me, err := c.AuthTest(t.Context())
	if err != nil || me.User != "bellhop" || me.UserID != "U0BOT" || me.BotID != "B01" || me.AppID != "A01" || me.TeamID != "T01" || !slices.Equal(me.Scopes, []string{"chat:write", "users:read"}) {
		t.Fatalf("%+v, %v", me, err)
	}
	missing := MissingScopes(me.Scopes, false)
	if slices.Contains(missing, "chat:write") || !slices.Contains(missing, "channels:history") || slices.Contains(MissingScopes(nil, true), "channels:join") {
		t.Fatalf("missing are %v", missing)
	}
}

func TestAnswerThatBecameAMessageOfTheChannelIsNoticed(t *testing.T) {
	for name, test := range map[string]struct {
		thread, answer string
		orphan         bool
	}{
		"in the thread":     {"1.2", `{"ok":true,"ts":"3.4","message":{"ts":"3.4","thread_ts":"1.2","app_id":"A01"}}`, false},
		"beside it":         {"1.2", `{"ok":true,"ts":"3.4","message":{"ts":"3.4"}}`, true},
		"not to be told":    {"1.2", `{"ok":true,"ts":"3.4"}`, false},
		"in the channel":    {"", `{"ok":true,"ts":"3.4","message":{"ts":"3.4"}}`, false},
		"in another thread": {"1.2", `{"ok":true,"ts":"3.4","message":{"ts":"3.4","thread_ts":"9.9"}}`, true},
	} {
		posted, err := answering(t, 200, test.answer).Post(t.Context(), Outgoing{Place: Place{testChannel, test.thread}, Content: Content{Text: "x"}})
		if err != nil || posted.Orphan != test.orphan || posted.Ref != (Ref{testChannel, "3.4"}) {
			t.Errorf("%s: %+v, %v", name, posted, err)
		}
	}
}

func TestWhatIsSoAlreadyIsASuccess(t *testing.T) {
	if err := answering(t, 200, `{"ok":false,"error":"already_reacted"}`).React(t.Context(), Ref{"C", "1.2"}, "eyes"); err != nil {
		t.Error(err)
	}
	if err := answering(t, 200, `{"ok":false,"error":"no_reaction"}`).Unreact(t.Context(), Ref{"C", "1.2"}, "eyes"); err != nil {
		t.Error(err)
	}
	if err := answering(t, 200, `{"ok":true,"warning":"already_in_channel"}`).Join(t.Context(), "C"); err != nil {
		t.Error(err)
	}
	if err := answering(t, 200, `{"ok":false,"error":"invalid_name"}`).React(t.Context(), Ref{"C", "1.2"}, "eyes"); KindOf(err) != KindBadRequest {
		t.Error(err)
	}
}

// thread is a server with the pages of a thread.
func thread(t *testing.T, calls *int, pages ...string) *Client {
	return against(t, func(w http.ResponseWriter, r *http.Request) {
		*calls++
		cursor := recorded(r).form.Get("cursor")
		at := len(cursor)
		next := `"has_more":false`
		if at < len(pages)-1 {
			next = `"has_more":true,"response_metadata":{"next_cursor":"` + strings.Repeat("x", at+1) + `"}`
		}
		_, _ = io.WriteString(w, `{"ok":true,"messages":[`+pages[at]+`],`+next+`}`)
	})
}

func TestOwnMessageIsFoundByItsMark(t *testing.T) {
	mine := `{"ts":"5.6","text":"x","metadata":{"event_type":"bellhop_message","event_payload":{"id":"m1"}}}`
	for name, test := range map[string]struct {
		pages []string
		want  string
		calls int
	}{
		"on the first page":  {[]string{`{"ts":"1.2"},` + mine, `{"ts":"7.8"}`}, "5.6", 1},
		"on the last page":   {[]string{`{"ts":"1.2"}`, `{"ts":"3.4"}`, mine}, "5.6", 3},
		"not there":          {[]string{`{"ts":"1.2"}`, `{"ts":"3.4"}`}, "", 2},
		"another app's mark": {[]string{`{"ts":"1.2","metadata":{"event_type":"other","event_payload":{"id":"m1"}}}`}, "", 1},
		"another mark":       {[]string{`{"ts":"1.2","metadata":{"event_type":"bellhop_message","event_payload":{"id":"m2"}}}`}, "", 1},
		"odd messages":       {[]string{`{"ts":7,"files":{},"metadata":[]},` + mine}, "5.6", 1},
	} {
		calls := 0
		m, err := thread(t, &calls, test.pages...).Find(t.Context(), Place{testChannel, "1.2"}, "m1", "0.5")
		if err != nil || m.TS != test.want || calls != test.calls {
			t.Errorf("%s: %+v after %d calls, %v", name, m, calls, err)
		}
	}
}

func TestThreadThatIsNotThereIsGone(t *testing.T) {
	for answer, want := range map[string]Kind{
		`{"ok":true,"messages":[{"ts":"1.2","thread_ts":"1.2"}],"has_more":true}`: KindNone,
		`{"ok":true,"messages":[]}`:               KindThreadGone,
		`{"ok":true,"messages":[{"ts":"3.4"}]}`:   KindThreadGone,
		`{"ok":false,"error":"thread_not_found"}`: KindThreadGone,
		`{"ok":false,"error":"internal_error"}`:   KindUnknown,
	} {
		var got request
		c := against(t, func(w http.ResponseWriter, r *http.Request) {
			got = recorded(r)
			_, _ = io.WriteString(w, answer)
		})
		if err := c.CheckThread(t.Context(), Place{testChannel, "1.2"}); KindOf(err) != want || got.form.Get("limit") != "1" {
			t.Errorf("%s: %v is %v", answer, err, KindOf(err))
		}
	}
}

func TestSearchEnds(t *testing.T) {
	calls := 0
	pages := slices.Repeat([]string{`{"ts":"1.2"}`}, maxSearched+5)
	if m, err := thread(t, &calls, pages...).Find(t.Context(), Place{testChannel, ""}, "m1", ""); err == nil || m.TS != "" || calls != maxSearched {
		t.Fatalf("%+v, %v after %d calls", m, err, calls)
	}
}

func TestParametersAreNotEscapedTwice(t *testing.T) {
	if got := encode(map[string]string{"a": "<&>"}); got != `{"a":"<&>"}` || !json.Valid([]byte(got)) {
		t.Fatal(got)
	}
	if got := encode(func() {}); got != "" {
		t.Fatal(got)
	}
}
