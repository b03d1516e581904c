package slack_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestTokenComesInTheHeaderOrTheForm(t *testing.T) {
	b := unlimited(t)
	send := func(header, contentType, body string) response {
		req, err := http.NewRequest(http.MethodPost, b.sim.URL()+"auth.test", strings.NewReader(body))
		must(t, err)
		req.Header.Set("Content-Type", contentType)
		if header != "" {
			req.Header.Set("Authorization", header)
		}
		r, err := b.do(req)
		must(t, err)
		return r
	}
	form, asJSON := "application/x-www-form-urlencoded", "application/json; charset=utf-8"
	cases := []struct{ header, kind, body, code string }{
		{"Bearer " + b.sim.Token(), form, "", ""},
		{"", form, "token=" + b.sim.Token(), ""},
		{"", form, "", "not_authed"},
		{"Bearer nonsense", form, "", "invalid_auth"},
		{"Bearer " + b.sim.Token(), asJSON, "{}", ""},
		{"", asJSON, `{"token":"` + b.sim.Token() + `"}`, "not_authed"},
		{"Bearer " + b.sim.Token(), asJSON, "[1]", "json_not_object"},
		{"Bearer " + b.sim.Token(), asJSON, "{", "invalid_json"},
		{"Bearer " + b.sim.Token(), "text/plain", "x", "invalid_post_type"},
	}
	for _, c := range cases {
		if r := send(c.header, c.kind, c.body); r.Error != c.code || r.OK != (c.code == "") || r.Status != http.StatusOK {
			t.Errorf("%+v: %s", c, r.Body)
		}
	}
	if r := send("Bearer "+b.sim.Token(), "application/json", "{}"); r.Warning != "missing_charset" {
		t.Errorf("warning %q", r.Warning)
	}
	for _, r := range b.sim.Requests("auth.test") {
		if strings.Contains(fmt.Sprint(r.Params), b.sim.Token()) {
			t.Error("the log holds a token")
		}
	}
}

func TestAuthTestTellsWhoAndTheHeadersWhatIsGranted(t *testing.T) {
	b := unlimited(t)
	var who struct {
		URL, Team, User string
		TeamID          string `json:"team_id"`
		UserID          string `json:"user_id"`
		BotID           string `json:"bot_id"`
		AppID           string `json:"app_id"`
	}
	r := b.ok("auth.test", nil, &who)
	if who.BotID != slack.BotID || who.UserID != slack.BotUserID || who.TeamID != slack.TeamID || who.AppID != slack.AppID || who.User != "bellhop" {
		t.Fatalf("answer: %+v", who)
	}
	if granted := strings.Split(r.Header.Get("X-OAuth-Scopes"), ","); !slices.Contains(granted, "chat:write") {
		t.Fatalf("scopes %q", granted)
	}
	if got := b.ok("conversations.info", fields{"channel": b.sim.ChannelID()}, nil).Header.Get("X-Accepted-OAuth-Scopes"); got != "channels:read,groups:read" {
		t.Fatalf("accepted scopes %q", got)
	}
}

func TestEachScopeIsNamedWhenItIsMissing(t *testing.T) {
	b := unlimited(t)
	ts := b.post("", "x")
	ch := b.sim.ChannelID()
	cases := []struct {
		scope, method string
		args          fields
	}{
		{"chat:write", "chat.postMessage", fields{"channel": ch, "text": "x"}},
		{"reactions:write", "reactions.add", fields{"channel": ch, "timestamp": ts, "name": "+1"}},
		{"channels:history", "conversations.replies", fields{"channel": ch, "ts": ts}},
		{"channels:read", "conversations.info", fields{"channel": ch}},
		{"users:read", "users.info", fields{"user": "U0OLGA"}},
		{"files:write", "files.getUploadURLExternal", fields{"filename": "a", "length": "1"}},
		{"files:read", "files.info", fields{"file": "F1"}},
		{"channels:join", "conversations.join", fields{"channel": ch}},
	}
	for _, c := range cases {
		b.sim.SetScope(c.scope, false)
		r := b.refused(c.method, c.args, "missing_scope")
		if r.Needed != c.scope || strings.Contains(","+r.Provided+",", ","+c.scope+",") || r.Provided == "" {
			t.Errorf("%s: needed %q, provided %q", c.method, r.Needed, r.Provided)
		}
		b.sim.SetScope(c.scope, true)
		if r := b.call(c.method, c.args); r.Error == "missing_scope" {
			t.Errorf("%s still lacks %q", c.method, r.Needed)
		}
	}
}

func TestTokensOfTheWrongKindAndStateAreToldApart(t *testing.T) {
	b, r := hooked(t)
	b.refused("apps.connections.open", nil, "not_allowed_token_type")
	b.sim.RevokeToken()
	b.refused("auth.test", nil, "token_revoked")
	b.sim.ReplaceToken("xoxb-new")
	b.ok("auth.test", nil, nil)
	b.sim.Uninstall()
	b.refused("auth.test", nil, "account_inactive")
	b.wait(quiet)
	if got := r.kinds(); got != "tokens_revoked app_uninstalled " {
		t.Fatalf("events: %s", got)
	}
}

func TestChannelsStateDecidesWhatMayBeWritten(t *testing.T) {
	b := unlimited(t)
	root := b.post("", "Ana")
	ch := b.sim.ChannelID()
	post := fields{"channel": ch, "text": "x"}
	reply := fields{"channel": ch, "text": "x", "thread_ts": root}
	b.sim.KickBot()
	b.refused("chat.postMessage", post, "not_in_channel")
	b.sim.SetScope("channels:join", true)
	b.ok("conversations.join", fields{"channel": ch}, nil)
	b.ok("chat.postMessage", post, nil)
	if r := b.ok("conversations.join", fields{"channel": ch}, nil); r.Warning != "already_in_channel" {
		t.Errorf("warning %q", r.Warning)
	}
	must(t, b.sim.Restrict("restricted_action_thread_only_channel"))
	b.refused("chat.postMessage", post, "restricted_action_thread_only_channel")
	b.ok("chat.postMessage", reply, nil)
	must(t, b.sim.Restrict("restricted_action_non_threadable_channel"))
	b.refused("chat.postMessage", reply, "restricted_action_non_threadable_channel")
	must(t, b.sim.Restrict(""))
	b.sim.LockThread(root, true)
	b.refused("chat.postMessage", reply, "restricted_action_thread_locked")
	b.refused("reactions.add", fields{"channel": ch, "timestamp": root, "name": "+1"}, "thread_locked")
	b.sim.LockThread(root, false)
	b.sim.ArchiveChannel()
	b.refused("chat.postMessage", post, "is_archived")
	b.sim.UnarchiveChannel()
	b.ok("chat.postMessage", post, nil)
	if err := b.sim.Restrict("nonsense"); err == nil {
		t.Error("an unknown restriction was taken")
	}
	private := b.sim.AddChannel("hidden", true, false)
	b.refused("chat.postMessage", fields{"channel": private.ID, "text": "x"}, "channel_not_found")
	b.refused("conversations.join", fields{"channel": private.ID}, "method_not_supported_for_channel_type")
}

func TestHistoryAndRepliesComeInPages(t *testing.T) {
	b := unlimited(t)
	ch := b.sim.ChannelID()
	root := b.post("", "root")
	var all []string
	for i := range 25 {
		all = append(all, b.post(root, fmt.Sprint(i)))
	}
	var got []string
	cursor := ""
	for pages := 0; pages == 0 || cursor != ""; pages++ {
		var page struct {
			Messages []inner
			HasMore  bool `json:"has_more"`
		}
		r := b.ok("conversations.replies", fields{"channel": ch, "ts": root, "limit": "10", "cursor": cursor}, &page)
		for _, m := range page.Messages {
			got = append(got, m.TS)
		}
		cursor = r.Meta.NextCursor
		if page.HasMore != (cursor != "") {
			t.Fatalf("has_more %v with cursor %q", page.HasMore, cursor)
		}
	}
	if !slices.Equal(got, append([]string{root}, all...)) {
		t.Fatalf("replies: %v", got)
	}
	var page struct{ Messages []inner }
	b.ok("conversations.replies", fields{"channel": ch, "ts": root, "oldest": all[20]}, &page)
	if len(page.Messages) != 5 { // the root, and four after the bound
		t.Fatalf("%d messages after the bound", len(page.Messages))
	}
	b.ok("conversations.replies", fields{"channel": ch, "ts": root, "oldest": all[20], "latest": all[22], "inclusive": "true"}, &page)
	if len(page.Messages) != 4 {
		t.Fatalf("%d messages within the bounds", len(page.Messages))
	}
	b.post("", "newer")
	b.ok("conversations.history", fields{"channel": ch}, &page)
	if len(page.Messages) != 2 || page.Messages[0].Text != "newer" || page.Messages[1].ReplyCount != 25 {
		t.Fatalf("history: %+v", page.Messages)
	}
	b.refused("conversations.history", fields{"channel": ch, "cursor": "bm9uc2Vuc2U="}, "invalid_cursor")
	b.refused("conversations.history", fields{"channel": ch, "limit": "5000"}, "invalid_limit")
}

func TestMetadataIsShownToWhoAsksForIt(t *testing.T) {
	b := unlimited(t)
	ch := b.sim.ChannelID()
	root := b.post("", "root")
	b.ok("chat.postMessage", fields{"channel": ch, "text": "x", "thread_ts": root,
		"metadata": fields{"event_type": "bellhop_message", "event_payload": fields{"id": "m1"}}}, nil)
	for all, want := range map[string]bool{"true": true, "false": false} {
		var page struct{ Messages []inner }
		b.ok("conversations.replies", fields{"channel": ch, "ts": root, "include_all_metadata": all}, &page)
		if got := strings.Contains(string(page.Messages[1].Metadata), "m1"); got != want {
			t.Errorf("include_all_metadata=%s: %s", all, page.Messages[1].Metadata)
		}
	}
}

func TestMethodsThatReadFormsDoNotSeeJSON(t *testing.T) {
	b := unlimited(t)
	body := `{"channel":"` + b.sim.ChannelID() + `"}`
	r, err := b.send("conversations.info", "application/json; charset=utf-8", body)
	must(t, err)
	if r.Error != "invalid_arguments" {
		t.Fatalf("answer: %s", r.Body)
	}
	r, err = b.send("chat.postMessage", "application/json; charset=utf-8", `{"channel":"`+b.sim.ChannelID()+`","text":"x","unfurl_links":false}`)
	must(t, err)
	if !r.OK {
		t.Fatalf("answer: %s", r.Body)
	}
}

func TestUnknownMethodsAndFieldsLeaveWarnings(t *testing.T) {
	b := unlimited(t)
	b.refused("chat.sing", nil, "unknown_method")
	b.ok("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "x", "colour": "red"}, nil)
	want := []slack.Warning{{Method: "chat.sing", Text: "unknown method"}, {Method: "chat.postMessage", Text: "unknown field colour"}}
	if got := b.sim.Warnings(); !slices.Equal(got, want) {
		t.Fatalf("warnings: %v", got)
	}
}

func TestUsersAndMembersAreTold(t *testing.T) {
	b := unlimited(t)
	var who struct {
		User struct {
			RealName string `json:"real_name"`
			Profile  struct {
				Email string
				Image string `json:"image_48"`
			}
		}
	}
	b.ok("users.info", fields{"user": "U0OLGA"}, &who)
	if who.User.RealName != "Olga" || who.User.Profile.Email != "" || who.User.Profile.Image == "" {
		t.Fatalf("user: %+v", who)
	}
	b.sim.SetScope("users:read.email", true)
	b.ok("users.info", fields{"user": "U0OLGA"}, &who)
	if who.User.Profile.Email != "olga@bellhop.example" {
		t.Fatalf("user: %+v", who)
	}
	b.refused("users.info", fields{"user": "U0NOBODY"}, "user_not_found")
	var members struct{ Members []string }
	r := b.ok("conversations.members", fields{"channel": b.sim.ChannelID(), "limit": "2"}, &members)
	if !slices.Equal(members.Members, []string{slack.BotUserID, "U0OLGA"}) || r.Meta.NextCursor == "" {
		t.Fatalf("members: %v, cursor %q", members.Members, r.Meta.NextCursor)
	}
}
