package slack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestLongTextIsCutAndSaysSo(t *testing.T) {
	b := unlimited(t)
	r := b.ok("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": strings.Repeat("ü", 40_001)}, nil)
	m := b.sim.Message(r.TS)
	if len([]rune(m.Text)) != 40_000 || !m.Truncated || r.Warning != "message_truncated" || !slices.Contains(r.Meta.Warnings, "message_truncated") {
		t.Fatalf("%d characters, warning %q", len([]rune(m.Text)), r.Warning)
	}
}

func TestContentIsCheckedAsStrictlyAsSlackDoes(t *testing.T) {
	b := unlimited(t)
	section := func(n int) fields {
		return fields{"type": "section", "text": fields{"type": "plain_text", "text": strings.Repeat("x", n)}}
	}
	cases := []struct {
		args fields
		code string
	}{
		{fields{}, "no_text"},
		{fields{"text": "  "}, "no_text"},
		{fields{"blocks": `{"type":"section"}`}, "invalid_blocks_format"},
		{fields{"blocks": []fields{section(3001)}}, "invalid_blocks"},
		{fields{"blocks": []fields{section(3000), section(3000), section(3000), section(3000), section(1201)}}, "msg_blocks_too_long"},
		{fields{"text": "x", "markdown_text": "y"}, "markdown_text_conflict"},
		{fields{"markdown_text": strings.Repeat("x", 12_001)}, "msg_too_long"},
		{fields{"text": "x", "attachments": "{}"}, "invalid_attachments"},
		{fields{"text": "x", "attachments": "[" + strings.TrimSuffix(strings.Repeat("{},", 101), ",") + "]"}, "too_many_attachments"},
		{fields{"text": "x", "metadata": fields{"event_type": "has spaces", "event_payload": fields{}}}, "invalid_metadata_format"},
		{fields{"text": "x", "metadata": fields{"event_type": "a", "event_payload": "text"}}, "invalid_metadata_format"},
		{fields{"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"},
	}
	for _, c := range cases {
		if c.args["channel"] == nil {
			c.args["channel"] = b.sim.ChannelID()
		}
		r := b.refused("chat.postMessage", c.args, c.code)
		if c.code == "invalid_blocks" && (len(r.Meta.Messages) != 1 || !strings.HasPrefix(r.Meta.Messages[0], "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]")) {
			t.Errorf("messages: %q", r.Meta.Messages)
		}
	}
	r := b.refused("chat.postMessage", fields{"text": "x"}, "invalid_arguments")
	if fmt.Sprint(r.Meta.Messages) != "[[ERROR] missing required field: channel]" {
		t.Errorf("messages: %v", r.Meta.Messages)
	}
}

func TestTokensInTextCallPeopleAndEscapedOnesDoNot(t *testing.T) {
	b := unlimited(t)
	cases := []struct {
		args fields
		want string
	}{
		{fields{"text": "<!channel> hi"}, "olga omar"},
		{fields{"text": "<@U0OLGA>"}, "olga"},
		{fields{"text": "<!subteam^S1|@team> <@U0OMAR>"}, "olga omar"},
		{fields{"text": "&lt;!channel&gt; @here @olga &lt;@U0OLGA&gt; @everyone"}, ""},
		{fields{"text": "@omar and @here.", "link_names": "1"}, "olga omar"},
		{fields{"text": "hey @omar!", "parse": "full"}, "omar"},
		{fields{"text": "mail olga@omar.example", "link_names": "true"}, ""},
		{fields{"text": "x", "blocks": []fields{{"type": "section", "text": fields{"type": "mrkdwn", "text": "<!here>"}}}}, "olga omar"},
		{fields{"text": "x", "blocks": []fields{{"type": "section", "text": fields{"type": "plain_text", "text": "<!here> <@U0OLGA>"}}}}, ""},
		{fields{"text": "x", "attachments": []fields{{"text": "<@U0OMAR>"}}}, "omar"},
		{fields{"text": "x", "blocks": []fields{{"type": "rich_text", "elements": []fields{{"type": "rich_text_section", "elements": []fields{{"type": "user", "user_id": "U0OLGA"}}}}}}}, "olga"},
	}
	for _, c := range cases {
		c.args["channel"] = b.sim.ChannelID()
		ts := b.ok("chat.postMessage", c.args, nil).TS
		if got := strings.Join(b.sim.Message(ts).Notified, " "); got != c.want {
			t.Errorf("%v called %q, want %q", c.args, got, c.want)
		}
	}
	if got := len(b.sim.State().Pinged()); got != 8 {
		t.Errorf("%d messages called somebody", got)
	}
}

func TestCustomNamesNeedTheirScopeAndLeaveNoUser(t *testing.T) {
	b := unlimited(t)
	args := fields{"channel": b.sim.ChannelID(), "text": "hello there", "username": "Ana", "icon_emoji": ":wave:"}
	r := b.ok("chat.postMessage", args, nil)
	var m struct {
		Subtype, Username, User string
		BotID                   string `json:"bot_id"`
		Icons                   struct{ Emoji string }
	}
	must(t, json.Unmarshal(r.Message, &m))
	if m.Subtype != "bot_message" || m.Username != "Ana" || m.User != "" || m.BotID != slack.BotID || m.Icons.Emoji != ":wave:" {
		t.Fatalf("message: %s", r.Message)
	}
	b.sim.SetScope("chat:write.customize", false)
	if r := b.refused("chat.postMessage", args, "missing_scope"); r.Needed != "chat:write.customize" || !strings.Contains(r.Provided, "chat:write,") {
		t.Fatalf("needed %q, provided %q", r.Needed, r.Provided)
	}
}

func TestWebhookAnswersInTextAndTellsNoTimestamp(t *testing.T) {
	b := unlimited(t)
	send := func(body string) (int, string) {
		resp, err := b.http.Post(b.sim.WebhookURL(), "application/json", strings.NewReader(body))
		must(t, err)
		defer func() { _ = resp.Body.Close() }()
		var text strings.Builder
		buf := make([]byte, 200)
		n, _ := resp.Body.Read(buf)
		text.Write(buf[:n])
		return resp.StatusCode, text.String()
	}
	if status, text := send(`{"text":"alert"}`); status != http.StatusOK || text != "ok" {
		t.Fatalf("%d %q", status, text)
	}
	if threads := b.sim.Threads(); len(threads) != 1 || threads[0].Root.Text != "alert" {
		t.Fatalf("threads: %+v", threads)
	}
	for body, want := range map[string]string{`{}`: "no_text", `x`: "invalid_payload"} {
		if status, text := send(body); status != http.StatusBadRequest || text != want {
			t.Errorf("%s: %d %q, want %s", body, status, text, want)
		}
	}
	b.sim.ArchiveChannel()
	if status, text := send(`{"text":"x"}`); status != http.StatusGone || text != "channel_is_archived" {
		t.Fatalf("%d %q", status, text)
	}
}
