package markup_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/test/sim/discord/markup"
)

// sketch writes nodes as kind(children) and leaves as their text.
func sketch(nodes []markup.Node) string {
	var out strings.Builder
	for _, n := range nodes {
		if n.Kind == markup.Text {
			out.WriteString(n.Text)
			continue
		}
		out.WriteString("{" + string(n.Kind) + ":" + n.Text + n.ID + sketch(n.Children))
		if n.Kind == markup.Link {
			out.WriteString(" " + n.URL)
		}
		out.WriteString("}")
	}
	return out.String()
}

func TestMarkupIsReadAsClientsReadIt(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                      "plain",
		"**b** *i* _i_ __u__ ~~s~~":  "{bold:b} {italic:i} {italic:i} {underline:u} {strike:s}",
		"***both***":                 "{bold:{italic:both}}",
		"**bold *and italic* so**":   "{bold:bold {italic:and italic} so}",
		"||hidden **b**||":           "{spoiler:hidden {bold:b}}",
		`\*\*not\*\* \_bold\_ \\`:    `**not** _bold_ \`,
		`back\slash`:                 `back\slash`,
		"snake_case_name 2 * 3 * 4":  "snake_case_name 2 * 3 * 4",
		"**open":                     "**open",
		"****":                       "****",
		"`code **not bold**` x":      "{code:code **not bold**} x",
		"``a ` b``":                  "{code:a ` b}",
		"`open **b**":                "`open {bold:b}",
		"```go\nfunc\n```after":      "{codeblock:func}after",
		"```one line```":             "{codeblock:one line}",
		"text ```block``` more":      "text {codeblock:block} more",
		"> quoted\nnot":              "{quote:quoted}\nnot",
		"a\n>>> all\nof it":          "a\n{quote:all\nof it}",
		"# big\n## two\n#no":         "{heading:big}\n{heading:two}\n#no",
		"-# small":                   "{subtext:small}",
		"- one\n* two":               "{item:one}\n{item:two}",
		`\# no heading`:              "# no heading",
		"[t](https://e.example/a)":   "{link:t https://e.example/a}",
		"[t](javascript:alert(1))":   "[t](javascript:alert(1))",
		`\[t\](https://e.example)`:   "[t]({url:https://e.example})",
		"see https://e.example/a.":   "see {url:https://e.example/a}.",
		"<https://e.example>":        "{url:https://e.example}",
		"<@1440000000000000001> hi":  "{user:1440000000000000001} hi",
		"<@!1440000000000000001>":    "{user:1440000000000000001}",
		"<@&1440000000000000001>":    "{role:1440000000000000001}",
		"<#1440000000000000001>":     "{channel:1440000000000000001}",
		"@everyone and @here":        "{everyone:@everyone} and {everyone:@here}",
		"<:party:14400000000000000>": "{emoji:party14400000000000000}",
		"<t:1795000000:R>":           "{timestamp:1795000000}",
		"</close:14400000000000000>": "{command:/close14400000000000000}",
		"a < b > c @ d":              "a < b > c @ d",
	} {
		if got := sketch(markup.Parse(text)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestPlainIsWhatAPersonReads(t *testing.T) {
	name := func(kind markup.Kind, id string) string { return "@" + string(kind) + id[:2] }
	got := markup.Plain(markup.Parse("# **Ana**\n> \\*said\\* <@1440000000000000001> <:party:14400000000000000>"), name)
	if want := "Ana\n*said* @user14 :party:"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	if !markup.Has(markup.Parse("**[x](https://e.example)**"), markup.Link) || markup.Has(markup.Parse("x"), markup.Link) {
		t.Fatal("a link inside of bold is a link")
	}
}

// FuzzParse checks that no text breaks the reader, and that it loses no ordinary letter.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"**a** `b` ||c||", "[a](https://b.c) <@1440000000000000001>", "```x\ny```", "> > # a\n>>> b", `\\\*_`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 8000 {
			return // no message is longer
		}
		plain := markup.Plain(markup.Parse(text), nil)
		if utf8.ValidString(text) && !utf8.ValidString(plain) {
			t.Fatalf("%q became %q", text, plain)
		}
		if len(plain) > len(text)+3*strings.Count(text, "\n")+8 {
			t.Fatalf("%q grew to %q", text, plain)
		}
	})
}
