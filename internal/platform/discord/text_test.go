package discord

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/bellhop-chat/bellhop/internal/label"
)

func TestVisitorTextStaysAsTypedAndFormatsNothing(t *testing.T) {
	for typed, sent := range map[string]string{
		"hello, world (1/2) = 50%":                 "hello, world (1/2) = 50%",
		"**bold** _it_ ~~no~~ ||x||":               `\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|x\|\|`,
		"`code` \\o/":                              "\\`code\\` \\\\o/",
		`¯\_(ツ)_/¯`:                                `¯\\\_(ツ)\_/¯`,
		"[x](http://evil)":                         `\[x\](http\://evil)`,
		"# big\n> quote\n- item\n1. one":           "\\# big\n\\> quote\n\\- item\n1\\. one",
		"-# small\n>>> all\n+ plus":                "\\-\\# small\n\\>\\>\\> all\n\\+ plus",
		"e-mail, 3.14, C#x, a>b":                   "e-mail, 3.14, C#x, a>b",
		":smile: 12:30":                            `\:smile: 12\:30`,
		"@everyone":                                "@\u200Beveryone",
		"x@everyone.com":                           "x@\u200Beveryone.com",
		"ana@example.com":                          "ana@example.com",
		"@olga":                                    "@\u200Bolga",
		"<@123>":                                   "<\u200B@\u200B123\\>",
		"<t:1:R> </ban:1> <:a:1>":                  "<\u200Bt\\:1\\:R\\> <\u200B/ban\\:1\\> <\u200B\\:a\\:1\\>",
		"i <3 u, a <= b, a < b":                    "i <3 u, a <= b, a <\u200B b",
		"https://a.com/x_y?z=*":                    `https\://a.com/x\_y?z=\*`,
		"see https://a.com/x_y_z, ok":              "see https://a.com/x_y_z, ok",
		"https://medium.com/@ana/x_1":              "https://medium.com/@ana/x_1",
		"https://a.com/@everyone":                  "https\\://a.com/@\u200Beveryone",
		"https://a.com/\v_x_ https://a.com/\u00a0": "https\\://a.com/\v\\_x\\_ https\\://a.com/\u00a0",
		"<https://a.com>":                          "<\u200Bhttps\\://a.com\\>",
		"\xff":                                     "\uFFFD",
		"":                                         "",
	} {
		text := new(Text).Verbatim(typed)
		if got := text.String(); got != sent || text.Shown() != strings.ToValidUTF8(typed, "\uFFFD") || text.Len() != points(sent) {
			t.Errorf("%q is sent as %q (%d), want %q", typed, got, text.Len(), sent)
		}
	}
}

func TestStylesStandAroundWhatIsEscaped(t *testing.T) {
	text := new(Text).Plain("👤 ").Bold("A*a").Plain("\n").Code("a`b").Plain(" ").Code("ses_x").Add(new(Text).Verbatim("_"))
	if got, want := text.String(), "👤 **A\\*a**\n`` a`b `` `ses_x`\\_"; got != want || text.Len() != points(want) {
		t.Fatalf("%q, want %q", got, want)
	}
	if got := new(Text).Code(strings.Repeat("`", maxFence+1)).String(); got != strings.Repeat("\\`", maxFence+1) {
		t.Fatalf("a run of backticks is sent as %q", got)
	}
	if got := new(Text).Code("a\r\nb @everyone").String(); got != "`a b @\u200Beveryone`" {
		t.Fatalf("%q", got)
	}
}

func TestLongTextIsCutAtSpacesWithItsStyle(t *testing.T) {
	text := new(Text).Bold(strings.Repeat("слово_ ", 700)) // 5,600 code points with their escapes
	parts := text.Split(MaxContent)
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for _, part := range parts {
		if points(part) > MaxContent || !strings.HasPrefix(part, "**сл") || !strings.HasSuffix(part, `слово\_ **`) {
			t.Errorf("part of %d: %q … %q", points(part), part[:20], part[len(part)-20:])
		}
	}
	numbered := Numbered(parts)
	if !strings.HasSuffix(numbered[1], "\n-# 2/3") || points(numbered[2])-points(parts[2]) > NumberRoom {
		t.Fatalf("%q", numbered[1][len(numbered[1])-20:])
	}
	if one := Numbered([]string{"x"}); len(one) != 1 || one[0] != "x" {
		t.Fatalf("%q", one)
	}
}

func TestLinkIsNotCut(t *testing.T) {
	address := "https://example.com/" + strings.Repeat("x_", 400)
	parts := new(Text).Verbatim(strings.Repeat("y", 1500) + " " + address).Split(MaxContent)
	if len(parts) != 2 || parts[1] != address {
		t.Fatalf("%q", parts)
	}
}

func TestPartOfNothingButSpacesIsLeftOut(t *testing.T) {
	if parts := new(Text).Plain(strings.Repeat("x", minPart) + strings.Repeat(" ", minPart) + "y").Split(minPart); len(parts) != 2 {
		t.Fatalf("%d parts", len(parts))
	}
	if parts := new(Text).Plain(" \n ").Split(MaxContent); len(parts) != 0 {
		t.Fatalf("%q", parts)
	}
}

// How Discord finds what it acts on, read once more and differently from escape.go. Mentions are found by the server, which
// knows no escapes.
var (
	mentions = regexp.MustCompile(`@everyone|@here|<@[!&]?\d+>|<#\d+>|</[^>]+:\d+>|<a?:\w+:\d+>|<t:-?\d+(:\w)?>|<id:\w+>|<https?:|<\+\d`)
	address  = regexp.MustCompile(`https?://[^\s<]+[^\s<.,:;"'\]]`)

	addressHere = regexp.MustCompile(`^` + address.String())
	pairHere    = regexp.MustCompile(`^` + pair.String())
	pair        = regexp.MustCompile(`\\[^0-9A-Za-z\s]`)
	inline      = regexp.MustCompile("[*_~`|\\[\\]\\\\]|:[^\\s:]+:")
	block       = regexp.MustCompile(`(?m)^[ \t]*(>>>|>|#{1,3}|-#|[-+*]|\d+\.)([\s]|$)`)
)

// acts is what Discord would do something about in a message; empty for nothing.
func acts(sent string) string {
	if found := mentions.FindString(sent); found != "" {
		return found
	}
	// Addresses are taken as they are, where none of their characters is part of an escape.
	rest := address.ReplaceAllStringFunc(sent, func(s string) string {
		if strings.Contains(s, `\`) {
			return s
		}
		return strings.Repeat("L", utf8.RuneCountInString(s))
	})
	rest = pair.ReplaceAllString(rest, "\uFFFC")
	if found := inline.FindString(rest); found != "" {
		return found
	}
	return block.FindString(rest)
}

// seen is what a person reads of a message without any formatting.
func seen(sent string) string {
	var b strings.Builder
	for len(sent) > 0 {
		if found := addressHere.FindString(sent); found != "" && !strings.Contains(found, `\`) {
			b.WriteString(found)
			sent = sent[len(found):]
			continue
		}
		if pairHere.MatchString(sent) {
			sent = sent[1:]
		}
		_, size := utf8.DecodeRuneInString(sent)
		b.WriteString(sent[:size])
		sent = sent[size:]
	}
	return strings.ReplaceAll(b.String(), breaker, "")
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// checkText asserts what must hold of any text: it is read as typed, does nothing, and its parts join to the whole.
func checkText(t failer, typed string, limit int) {
	t.Helper()
	want := strings.ReplaceAll(strings.ToValidUTF8(typed, "\uFFFD"), breaker, "")
	text := new(Text).Verbatim(typed)
	sent := text.String()
	if found := acts(sent); found != "" {
		t.Fatalf("%q is sent as %q, which does %q", typed, sent, found)
	}
	if got := seen(sent); got != want {
		t.Fatalf("%q is sent as %q and read as %q", typed, sent, got)
	}
	rest := want
	for _, part := range text.Split(limit) {
		if n := points(part); n > max(limit, minPart) || n == 0 {
			t.Fatalf("part of %d code points", n)
		}
		if found := acts(part); found != "" {
			t.Fatalf("%q has a part %q, which does %q", typed, part, found)
		}
		read := seen(part)
		at := strings.Index(rest, read)
		if at < 0 || strings.TrimSpace(rest[:at]) != "" {
			t.Fatalf("part %q is not next in %q", read, rest)
		}
		rest = rest[at+len(read):]
	}
	if strings.TrimFunc(rest, unicode.IsSpace) != "" {
		t.Fatalf("lost %q", rest)
	}
}

func TestAnyTextIsEscapedAndSplitWithoutLossOrPing(t *testing.T) {
	letters := rapid.SampledFrom([]rune("ab1@<>#:*_~`|[]()\\/.-+!& \n🦊é\u200B"))
	words := rapid.SampledFrom([]string{"@everyone", "@here", "<@1>", "<@&1>", "<#1>", "</a:1>", "<:a:1>", "<t:1:R>", "https://a.com/", "http://", "x@y.com", "- ", "1. ", "\n> ", "```"})
	rapid.Check(t, func(t *rapid.T) {
		var typed strings.Builder
		for range rapid.IntRange(0, 40).Draw(t, "pieces") {
			if rapid.Bool().Draw(t, "word") {
				typed.WriteString(words.Draw(t, "word"))
			} else {
				typed.WriteString(rapid.StringOfN(letters, 0, 60, -1).Draw(t, "letters"))
			}
		}
		checkText(t, typed.String(), minPart)
	})
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{
		"@everyone", "https://a.com/@x @olga", "<@!1><@&2><#3></x:4><a:b:5><t:6:R>", "\xff@here", "**[x](http://evil)**",
		strings.Repeat("a@b\\*", 500), "> q\n# h\n-# s\n1. x\n- y", "<\u200B@1>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) { checkText(t, typed, minPart) })
}

func TestThreadNameFits(t *testing.T) {
	if name := ThreadName(" Ana\n" + strings.Repeat("🦊", 101)); points(name) != MaxThreadName || !strings.HasPrefix(name, "Ana 🦊") || !strings.HasSuffix(name, "🦊…") {
		t.Fatalf("%q", name)
	}
}

func FuzzThreadName(f *testing.F) {
	f.Add("Ana · pricing")
	f.Add("\u202E\xff" + strings.Repeat("🦊 ", 200))
	f.Fuzz(func(t *testing.T, s string) {
		name := ThreadName(s)
		if !utf8.ValidString(name) || points(name) > MaxThreadName || label.Clean(name) != name || ThreadName(name) != name {
			t.Fatalf("%q became %q", s, name)
		}
	})
}
