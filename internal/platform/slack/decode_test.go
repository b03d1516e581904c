package slack

import (
	"strings"
	"testing"
	"unicode/utf8"
)

var people = Names{
	User:    func(id string) string { return map[string]string{"U0OLGA": "Olga P", "U0ODD": "<!channel>"}[id] },
	Channel: func(id string) string { return map[string]string{"C0PRIVATE": "secret"}[id] },
	Group:   func(id string) string { return map[string]string{"S1": "sales"}[id] },
}

func TestOperatorIsReadAsWritten(t *testing.T) {
	for sent, want := range map[string]string{
		"Hi Ana &amp; welcome":                           "Hi Ana & welcome",
		"1 &lt; 2 &gt; 0":                                "1 < 2 > 0",
		"&amp;lt; stays":                                 "&lt; stays",
		"ask <@U0OLGA>, please":                          "ask @Olga P, please",
		"ask <@U0OTHER|peter>":                           "ask @peter",
		"ask <@U0NOBODY>":                                "ask @U0NOBODY",
		"<@U0ODD>":                                       "@<!channel>",
		"in <#C0SUPPORT01|support>":                      "in #support",
		"in <#C0PRIVATE|>":                               "in #secret",
		"in <#C0NOBODY>":                                 "in #C0NOBODY",
		"<!here> <!channel|channel> <!everyone>":         "@here @channel @everyone",
		"<!subteam^S1|@team> <!subteam^S1>":              "@team @sales",
		"<!subteam^S9>":                                  "@S9",
		"on <!date^1392734382^{date} at {time}|Tuesday>": "on Tuesday",
		"<!something^new|words>":                         "words",
		"<https://a.b/c?d=1&amp;e=2>":                    "https://a.b/c?d=1&e=2",
		"<https://a.b/c|https://a.b/c>":                  "https://a.b/c",
		"<http://example.com|example.com>":               "example.com",
		"<https://Example.com/|example.com>":             "example.com",
		"<https://a.b/c|our page>":                       "our page (https://a.b/c)",
		"<https://evil.example|https://bank.example>":    "https://bank.example (https://evil.example)",
		"<mailto:ana@example.com|ana@example.com>":       "ana@example.com",
		"<mailto:ana@example.com|write us>":              "write us (ana@example.com)",
		"<mailto:ana@example.com>":                       "ana@example.com",
		"<tel:+123|+123>":                                "+123",
		"well :smile: :+1::skin-tone-3:":                 "well 😄 👍🏼",
		":party_parrot:":                                 ":party_parrot:",
		"`:smile:` and :smile:":                          "`:smile:` and 😄",
		"```\n:smile: &lt;\n``` :smile:":                 "```\n:smile: <\n``` 😄",
		"`a :smile:\n:smile:":                            "`a :smile:\n😄",
		"`see <https://a.b> :smile:`":                    "`see https://a.b :smile:`",
		"```open <https://a.b> :smile:":                  "```open https://a.b :smile:",
		"at 10:30:45":                                    "at 10:30:45",
		"*bold* _it_ ~no~":                               "*bold* _it_ ~no~",
		"line\nline":                                     "line\nline",
		"a < b":                                          "a < b",
		"a > b <@U0OLGA>":                                "a > b @Olga P",
		"<<@U0OLGA>":                                     "<@Olga P",
		"<>":                                             "",
		"<|x>":                                           "x",
		"<@>":                                            "@",
		"":                                               "",
	} {
		if got := Decode(sent, people); got != want {
			t.Errorf("%q became %q, want %q", sent, got, want)
		}
	}
}

func TestWhatWeEscapeComesBackAsItWas(t *testing.T) {
	for _, typed := range []string{"<!channel> & <@U1>", "&amp;", "a|b>c<"} {
		if got := Decode(Escape(typed), people); got != typed {
			t.Errorf("%q became %q", typed, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"<@U1|x>", "<!subteam^S1>", "<https://a|b>", "`<`:smile:`>", "<<<>>>", "\xff<", "```", "<mailto:>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		if got := Decode(sent, people); !utf8.ValidString(got) {
			t.Fatalf("%q became %q", sent, got)
		}
		if valid := strings.ToValidUTF8(sent, "\uFFFD"); !strings.ContainsAny(valid, ":`") {
			if got := Decode(Escape(sent), people); got != valid {
				t.Fatalf("%q came back as %q", sent, got)
			}
		}
	})
}
