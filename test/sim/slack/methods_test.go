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
}

func TestTokenIsNeitherInAddressesNorInTheLog(t *testing.T) {
	b := unlimited(t)
	req, err := http.NewRequest(http.MethodGet, b.sim.URL()+"auth.test?token="+b.sim.Token(), nil)
	must(t, err)
	if r, err := b.do(req); err != nil || r.Error != "not_authed" {
		t.Errorf("a token in the address: %s %v", r.Body, err)
	}
	b.ok("auth.test", fields{"token": b.sim.Token()}, nil)
	for _, r := range b.sim.Requests("") {
		if strings.Contains(fmt.Sprintf("%+v", r), b.sim.Token()) {
			t.Errorf("the log holds a token: %+v", r)
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
