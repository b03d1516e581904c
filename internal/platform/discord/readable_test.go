package discord

import (
	"strings"
	"testing"
)

func TestVisitorReadsNamesInsteadOfTokens(t *testing.T) {
	people := []User{{ID: "1700000000000000001", Username: "olga_1", GlobalName: "Olga"}, {ID: "1700000000000000002"}}
	for written, want := range map[string]string{
		"ask <@1700000000000000001> or <@!1700000000000000001>":   "ask @Olga or @Olga",
		"<@1700000000000000002> <@1700000000000000003>":           "@someone @someone",
		"<@&1600000000000000001> in <#1300000000000000001>":       "@team in #channel",
		"<:bell:1600000000000000001><a:ring:1600000000000000001>": ":bell::ring:",
		"<t:1795000000:R> and <t:0> and <t:-1:F>":                 "18 Nov 2026 11:06 UTC and 1 Jan 1970 00:00 UTC and 31 Dec 1969 23:59 UTC",
		"</close:1600000000000000001> </a b:1>":                   "/close /a b",
		"<id:customize> <id:guide>":                               "#channel #channel",
		"<https://example.com/a?b=c>":                             "https://example.com/a?b=c",
		"**bold** [x](https://a.com) 😀 @everyone <3 a<b>c":        "**bold** [x](https://a.com) 😀 @everyone <3 a<b>c",
		"<t:99999999999999999:R> <@> <:x:> <#a>":                  "<t:99999999999999999:R> <@> <:x:> <#a>",
		"":                                                        "",
	} {
		if got := Readable(written, people); got != want {
			t.Errorf("%q reads %q, want %q", written, got, want)
		}
	}
}

func FuzzReadable(f *testing.F) {
	f.Add("<@1><:a:1><t:1:R></x:1>")
	f.Add("<<@1>><t:-99999999999999999>")
	f.Fuzz(func(t *testing.T, written string) {
		got := Readable(written, []User{{ID: "1", Username: "u"}})
		if !strings.Contains(written, "<") && got != written {
			t.Fatalf("%q became %q", written, got)
		}
		if token.FindString(written) == "" && got != written {
			t.Fatalf("%q became %q", written, got)
		}
	})
}
