package mrkdwn_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func names(kind mrkdwn.Kind, id string) string {
	if kind == mrkdwn.Member && id == "U1" {
		return "Olga"
	}
	return ""
}

func emojis(name string) string {
	if name == "smile" {
		return "😄"
	}
	return ""
}

func TestTokensAreWhatSlackTakesForTokens(t *testing.T) {
	cases := map[string]mrkdwn.Kind{
		"<@U1>": mrkdwn.Member, "<@W12|olga>": mrkdwn.Member, "<#C1|support>": mrkdwn.Channel, "<!here>": mrkdwn.Broadcast,
		"<!channel|@channel>": mrkdwn.Broadcast, "<!everyone>": mrkdwn.Broadcast, "<!subteam^S1|@team>": mrkdwn.Group,
		"<https://a.example|b>": mrkdwn.Link, "<mailto:a@b.c>": mrkdwn.Link, "<!date^1^{date}|then>": mrkdwn.Date,
		"<b>": mrkdwn.Text, "< @U1>": mrkdwn.Text, "<javascript:alert(1)>": mrkdwn.Text, "<@olga>": mrkdwn.Text,
		"&lt;!channel&gt;": mrkdwn.Text, "<!unknown>": mrkdwn.Text,
	}
	for text, kind := range cases {
		got := mrkdwn.Tokens(text)
		if len(got) != 1 || got[0].Kind != kind {
			t.Errorf("%s: %+v, want kind %d", text, got, kind)
		}
	}
}

func TestPlainIsWhatPeopleRead(t *testing.T) {
	text := "a &lt;b&gt; &amp;amp; <@U1> <@U2> <#C1|help> <!here> <https://x.example|site> <https://y.example> <!date^1^{date}|then>"
	want := "a <b> &amp; @Olga @U2 #help @here site https://y.example then"
	if got := mrkdwn.Plain(text, names); got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}

func TestHTMLShowsMarkupAndLetsNothingOut(t *testing.T) {
	cases := map[string]string{
		"*bold* and _slanted_ ~gone~":    "<b>bold</b> and <em>slanted</em> <s>gone</s>",
		"2*3*4 and snake_case_name":      "2*3*4 and snake_case_name",
		"`<script>` :smile: :nosuch:":    "<code>&lt;script&gt;</code> 😄 :nosuch:",
		"&gt; one\n&gt; two\nafter":      `<span class="quoted">one</span><span class="quoted">two</span>after`,
		"&gt; said":                      `<span class="quoted">said</span>`,
		"*<@U1>*":                        `<b><span class="token">@Olga</span></b>`,
		"<script>alert(1)</script>":      "&lt;script&gt;alert(1)&lt;/script&gt;",
		"\ue000 <https://x.example|\">>": "\ufffd <a href=\"https://x.example\" title=\"https://x.example\" target=\"_blank\" rel=\"noopener noreferrer\">&#34;</a>&gt;",
	}
	for text, want := range cases {
		if got := string(mrkdwn.HTML(text, names, emojis)); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// FuzzHTML checks that no text opens a tag of its own.
func FuzzHTML(f *testing.F) {
	f.Add("*a* <@U1> `x` ```y```")
	f.Add("<https://a|\"onmouseover=1>")
	f.Add("&lt;img src=x&gt; \ue000\uf8ff")
	f.Fuzz(func(t *testing.T, text string) {
		html := string(mrkdwn.HTML(text, names, emojis))
		for _, tag := range strings.Split(html, "<")[1:] {
			ok := false
			for _, known := range []string{"b>", "/b>", "em>", "/em>", "s>", "/s>", "code>", "/code>", "pre>", "/pre>", "span class=\"",
				"/span>", "a href=\"", "/a>", "time title=\"", "/time>"} {
				ok = ok || strings.HasPrefix(tag, known)
			}
			if !ok {
				t.Fatalf("%q became %q", text, html)
			}
		}
		if strings.Join(raws(text), "") != text {
			t.Fatalf("the tokens of %q do not join up", text)
		}
		_ = mrkdwn.Plain(text, names)
	})
}

func raws(text string) []string {
	var out []string
	for _, t := range mrkdwn.Tokens(text) {
		out = append(out, t.Raw)
	}
	return out
}
