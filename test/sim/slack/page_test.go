package slack_test

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestPageShowsTheNewestThreadAndKeepsMarkupAsText(t *testing.T) {
	b := unlimited(t)
	status, empty := b.get("/")
	if status != 200 || !strings.Contains(string(empty), "<title>Slack (simulated)</title>") || !strings.Contains(string(empty), "Waiting for the first visitor") {
		t.Fatalf("%d %s", status, empty)
	}
	b.post(b.post("", "Ben"), "older")
	args := fields{"channel": b.sim.ChannelID(), "text": "<i>Ana</i>", "blocks": []fields{
		{"type": "header", "text": fields{"type": "plain_text", "text": "<i>Ana</i> :wave:"}},
		{"type": "section", "text": fields{"type": "mrkdwn", "text": "*bold* <script>alert(1)</script>"}},
		{"type": "section", "text": fields{"type": "plain_text", "text": "<script>alert(2)</script> *not bold*"}},
		{"type": "context", "elements": []fields{{"type": "mrkdwn", "text": "on <https://shop.example|the shop>"}}},
		{"type": "actions", "elements": []fields{{"type": "button", "action_id": "close", "text": fields{"type": "plain_text", "text": "Close it"}}}},
	}}
	root := b.ok("chat.postMessage", args, nil).TS
	m := b.say(root, "answer :tada: & done", slack.WithFile("a.txt", "text/plain", []byte("x")), slack.Broadcast())
	must(t, b.sim.React(deadline(t), m.TS, "eyes"))
	b.ok("chat.postEphemeral", fields{"channel": b.sim.ChannelID(), "user": "U0OMAR", "text": "psst", "thread_ts": root}, nil)
	_, page := b.get("/")
	for _, want := range []string{
		"&lt;i&gt;Ana&lt;/i&gt; 👋", "<b>bold</b> &lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(2)&lt;/script&gt; *not bold*",
		`href="https://shop.example"`, "Close it", "answer 🎉 &amp; done", "/_sim/files/", "older", "👀 Olga", "Only visible to Omar", "No app is listening yet",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(string(page), "<script>alert") {
		t.Error("a visitor's markup reached the page")
	}
	_, whole := b.get("/?thread=")
	if !strings.Contains(string(whole), "1 reply") || !strings.Contains(string(whole), "replied to a") || strings.Contains(string(whole), ">psst<") {
		t.Error("the channel shows roots, counts and broadcasts, and no replies")
	}
}

func TestPageShowsEveryKindOfBlockAndWhatBecameOfAPress(t *testing.T) {
	b, r := hooked(t)
	r.answers(func(delivered, int) (int, http.Header, string) {
		return 500, http.Header{"X-Slack-No-Retry": {"1"}}, ""
	})
	ts := b.ok("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "x", "blocks": []fields{
		{"type": "divider"},
		{"type": "image", "image_url": "http://127.0.0.1/a.png", "alt_text": "a <picture>"},
		{"type": "section", "fields": []fields{{"type": "mrkdwn", "text": "*Page*"}, {"type": "plain_text", "text": "/pricing"}}},
		{"type": "markdown", "text": "# a <title>"},
		{"type": "rich_text", "elements": []fields{{"type": "rich_text_section", "elements": []fields{{"type": "text", "text": "rich", "style": fields{"bold": true}},
			{"type": "text", "text": " 2*3*4 *literal* <i>"}, {"type": "emoji", "name": "wave"}, {"type": "user", "user_id": "U0OLGA"},
			{"type": "broadcast", "range": "here"}, {"type": "link", "url": "https://x.example", "text": "a site"}}},
			{"type": "rich_text_list", "style": "bullet", "elements": []fields{{"type": "rich_text_section", "elements": []fields{{"type": "text", "text": "one"}}}}},
			{"type": "rich_text_preformatted", "elements": []fields{{"type": "text", "text": "pre"}}},
			{"type": "rich_text_quote", "elements": []fields{{"type": "text", "text": "said"}}}}},
		{"type": "input", "label": fields{"type": "plain_text", "text": "a label"}},
		{"type": "actions", "elements": []fields{{"type": "button", "action_id": "close", "text": fields{"type": "plain_text", "text": "Close"}}}},
	}}, nil).TS
	pressed, err := b.sim.Press(deadline(t), ts, "Close")
	must(t, err)
	_, err = b.sim.AwaitInteraction(deadline(t), pressed.ID)
	must(t, err)
	_, page := b.get("/")
	for _, want := range []string{
		"<hr>", "[a &lt;picture&gt;]", "<div><b>Page</b></div><div>/pricing</div>", "# a &lt;title&gt;", "a label",
		`<b>rich</b> 2*3*4 *literal* &lt;i&gt;👋<span class="token">@Olga</span><span class="token loud">@here</span><a href="https://x.example"`,
		`<ul><li>one</li></ul>`, `<pre>pre</pre>`, `<span class="quoted">said</span>`,
		"to Olga: This app didn&#39;t respond", "App connected by its request URL",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestPermalinksLeadToThePage(t *testing.T) {
	b := unlimited(t)
	root := b.post("", "Ana")
	reply := b.post(root, "x")
	resp, err := b.http.Get(b.sim.PageURL() + "/archives/" + b.sim.ChannelID() + "/p" + strings.ReplaceAll(reply, ".", ""))
	must(t, err)
	_ = resp.Body.Close()
	if resp.StatusCode != 200 || resp.Request.URL.Query().Get("thread") != root {
		t.Fatalf("%d %s", resp.StatusCode, resp.Request.URL)
	}
	for _, path := range []string{"/archives/C0/p1", "/archives/C0SUPPORT/p1795000000999999", "/nothing"} {
		if status, _ := b.get(path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestPageNeedsNothingFromElsewhere(t *testing.T) {
	b := unlimited(t)
	for _, name := range []string{"style.css", "page.js", "bot.svg"} {
		status, data := b.get("/_sim/page/" + name)
		text := strings.ReplaceAll(string(data), "http://www.w3.org/2000/svg", "")
		if status != 200 || strings.Contains(text, "http://") || strings.Contains(text, "https://") {
			t.Errorf("%s: %d, or it names another site", name, status)
		}
	}
}

func TestEverySwitchOfThePageGoesOnAndOff(t *testing.T) {
	b := unlimited(t)
	_, page := b.get("/")
	names := regexp.MustCompile(`data-trouble="([\w:.]+)"`).FindAllStringSubmatch(string(page), -1)
	if len(names) < 15 {
		t.Fatalf("%d switches", len(names))
	}
	for _, name := range names {
		before := b.shows(name[1])
		for _, on := range []string{"true", "false"} {
			b.robot("trouble", `{"name":"`+name[1]+`","on":`+on+`}`, nil)
			if got := b.shows(name[1]); got != (on == "true") {
				t.Errorf("%s (first %v) set to %s shows %v", name[1], before, on, got)
			}
		}
	}
}

func (b *bot) shows(trouble string) bool {
	_, page := b.get("/")
	return strings.Contains(string(page), `data-trouble="`+trouble+`" checked`)
}

func TestOpenPageHearsOfChanges(t *testing.T) {
	b := unlimited(t)
	ctx, cancel := context.WithCancel(deadline(t))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.sim.PageURL()+"/_sim/events", nil)
	must(t, err)
	resp, err := b.http.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	events := 0
	for lines.Scan() {
		if lines.Text() != "data: changed" {
			continue
		}
		if events++; events == 2 {
			return
		}
		b.post("", "x")
	}
	t.Fatalf("the stream ended after %d events: %v", events, lines.Err())
}
