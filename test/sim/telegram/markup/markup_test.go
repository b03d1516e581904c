package markup_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// show writes entities as "type[covered text]".
func show(text string, entities []markup.Entity) string {
	var out []string
	for _, e := range entities {
		label := e.Type
		if e.Language != "" {
			label += ":" + e.Language
		}
		if e.URL != "" {
			label += ":" + e.URL
		}
		out = append(out, label+"["+markup.Slice(text, e)+"]")
	}
	return strings.Join(out, " ")
}

func TestParseModesYieldPlainTextAndEntities(t *testing.T) {
	cases := []struct{ mode, source, text, entities string }{
		{"HTML", "<b>a</b> &lt;i&gt; &amp;&quot;&#33;&#x41;&nbsp;", "a <i> &\"!A&nbsp;", "bold[a]"},
		{"html", "😀<b>x<i>y</i></b>", "😀xy", "bold[xy] italic[y]"},
		{"HTML", `<a href="http://x.example/?a=1&amp;b=2">go</a>`, "go", "text_link:http://x.example/?a=1&b=2[go]"},
		{"HTML", `<pre><code class="language-go">f()</code></pre>`, "f()", "pre:go[f()]"},
		{"HTML", `<code class="language-go">f()</code>`, "f()", "code[f()]"},
		{"HTML", `<span class="tg-spoiler">s</span><tg-spoiler>t</tg-spoiler>`, "st", "spoiler[s] spoiler[t]"},
		{"HTML", `<blockquote expandable>q</blockquote>`, "q", "expandable_blockquote[q]"},
		{"HTML", "a<b></b>b", "ab", ""},
		{"MarkdownV2", `*b _i_* \. \_`, "b i . _", "bold[b i] italic[i]"},
		{"MarkdownV2", "__u__ ~s~ ||p||", "u s p", "underline[u] strikethrough[s] spoiler[p]"},
		{"MarkdownV2", "`a.b` ```go\nx := 1\n```", "a.b x := 1\n", "code[a.b] pre:go[x := 1\n]"},
		{"MarkdownV2", "```x := 1```", "x := 1", "pre[x := 1]"},
		{"MarkdownV2", `[go](http://x.example/\))`, "go", "text_link:http://x.example/)[go]"},
		{"MarkdownV2", ">a\n>b\nc", "a\nb\nc", "blockquote[a\nb]"},
		{"MarkdownV2", ">a\n>b||", "a\nb", "expandable_blockquote[a\nb]"},
		{"", "<b>*plain*", "<b>*plain*", ""},
	}
	for _, c := range cases {
		text, entities, err := markup.Parse(c.mode, c.source)
		if err != nil || text != c.text || show(text, entities) != c.entities {
			t.Errorf("%s %q: %q, %s, %v\nwant %q, %s", c.mode, c.source, text, show(text, entities), err, c.text, c.entities)
		}
	}
}

func TestBadMarkupIsRefusedInTheServersWords(t *testing.T) {
	cases := []struct{ mode, source, want string }{
		{"HTML", "<b>x", `Can't find end tag corresponding to start tag "b"`},
		{"HTML", "x</b>", "Unexpected end tag at byte offset 1"},
		{"HTML", "<b><i>x</b></i>", `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`},
		{"HTML", "a <script>x</script>", `Unsupported start tag "script" at byte offset 2`},
		{"HTML", "1 < 2", `Unsupported start tag "" at byte offset 2`},
		{"HTML", "<span>x</span>", `Tag "span" must have class "tg-spoiler"`},
		{"HTML", `<a href="x`, `Unclosed start tag "a"`},
		{"HTML", "<b>x</b", "Unclosed end tag at byte offset 4"},
		{"MarkdownV2", "a.b", `Character '.' is reserved and must be escaped with the preceding '\'`},
		{"MarkdownV2", "a|b", "Character '|' is reserved"},
		{"MarkdownV2", "*x", "Can't find end of Bold entity at byte offset 0"},
		{"MarkdownV2", "`x", "Can't find end of Code entity at byte offset 0"},
		{"MarkdownV2", "x ```y", "Can't find end of Pre entity at byte offset 2"},
		{"MarkdownV2", "[x](y", "Can't find end of a URL at byte offset 3"},
		{"MarkdownV2", ">*x\ny*", "Can't find end of Bold entity at byte offset 1"},
		{"MarkdownV2", "_i __u__", "Can't find end of Italic entity at byte offset 0"},
		{"Markdown", "*x*", "unsupported parse_mode"},
	}
	for _, c := range cases {
		_, _, err := markup.Parse(c.mode, c.source)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %q", c.mode, c.source, err, c.want)
		}
	}
}

func TestCleanMovesEntitiesWithTheText(t *testing.T) {
	text, entities, err := markup.Clean(" \u202ea\r\n😀b\x01 ", []markup.Entity{
		{Type: "bold", Offset: 5, Length: 3}, {Type: "italic", Offset: 0, Length: 2}, {Type: "code", Offset: 9, Length: 1},
	})
	if err != nil || text != "a\n😀b" || show(text, entities) != "bold[😀b]" {
		t.Fatalf("%q, %s, %v", text, show(text, entities), err)
	}
	if _, _, err := markup.Clean("a\xff", nil); !errors.Is(err, markup.ErrEncoding) {
		t.Fatalf("err = %v", err)
	}
}

func TestDetectLinksWhatTheServerLinks(t *testing.T) {
	cases := []struct {
		text string
		want string
	}{
		{"hi @olga, see /help@bellhop_bot #win", "mention[@olga] bot_command[/help@bellhop_bot] hashtag[#win]"},
		{"https://x.example/a/b?c=@d. me@x.example", "url[https://x.example/a/b?c=@d] email[me@x.example]"},
		{"a@olga x/y </script> @\u2060olga ##", ""},
		{"😀 @olga", "mention[@olga]"},
	}
	for _, c := range cases {
		if got := show(c.text, markup.Detect(c.text, nil)); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
	literal := []markup.Entity{{Type: "code", Offset: 0, Length: 5}}
	if got := markup.Detect("@olga", literal); len(got) != 0 {
		t.Errorf("inside code: %v", got)
	}
}

func TestMentionsSeeThroughEverythingButCode(t *testing.T) {
	entities := []markup.Entity{
		{Type: "text_link", Offset: 0, Length: 5, URL: "http://x.example"}, {Type: "pre", Offset: 6, Length: 5},
		{Type: "text_mention", Offset: 12, Length: 1, User: &markup.User{ID: 9}},
	}
	names, ids := markup.Mentions("@olga @omar x", entities)
	if !slices.Equal(names, []string{"olga"}) || !slices.Equal(ids, []int64{9}) {
		t.Fatalf("%v %v", names, ids)
	}
}

func TestOverlappingEntitiesAreFound(t *testing.T) {
	e := func(kind string, offset, length int) markup.Entity {
		return markup.Entity{Type: kind, Offset: offset, Length: length}
	}
	cases := []struct {
		entities []markup.Entity
		want     bool
	}{
		{[]markup.Entity{e("bold", 0, 4), e("italic", 1, 2)}, false},
		{[]markup.Entity{e("bold", 0, 4), e("italic", 2, 4)}, true},
		{[]markup.Entity{e("code", 0, 4), e("bold", 1, 2)}, true},
		{[]markup.Entity{e("blockquote", 0, 4), e("blockquote", 1, 2)}, true},
		{[]markup.Entity{e("bold", 0, 2), e("bold", 2, 2)}, false},
	}
	for i, c := range cases {
		if _, _, got := markup.Overlapping(c.entities); got != c.want {
			t.Errorf("case %d: %v", i, got)
		}
	}
}

// FuzzParse checks that what a parse mode accepts is a valid text with valid entities.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"<b>a</b>", "<a href='x'>😀</a>", "*a* _b_ `c`", ">q\n>r||", "![x](tg://emoji?id=5)", "<pre><code class=language-a>", "&#x1F600;\\"} {
		f.Add("HTML", seed)
		f.Add("MarkdownV2", seed)
	}
	f.Fuzz(func(t *testing.T, mode, source string) {
		text, entities, err := markup.Parse(mode, source)
		if err != nil {
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("%q became invalid UTF-8", source)
		}
		valid(t, text, entities)
		if _, _, err := markup.Clean(text, entities); err != nil {
			t.Fatalf("%q: its own entities are refused: %v", source, err)
		}
	})
}

// FuzzClean checks that what Clean accepts lies inside the cleaned text, and that cleaning is idempotent.
func FuzzClean(f *testing.F) {
	f.Add(" a😀b ", "bold", 1, 2)
	f.Add("\u202e\r\n\x00", "code", 0, 3)
	f.Fuzz(func(t *testing.T, source, kind string, offset, length int) {
		text, entities, err := markup.Clean(source, []markup.Entity{{Type: kind, Offset: offset, Length: length}})
		if err != nil {
			return
		}
		valid(t, text, entities)
		valid(t, text, markup.Detect(text, entities))
		if again, _, err := markup.Clean(text, entities); err != nil || again != text {
			t.Fatalf("%q is cleaned to %q and then to %q (%v)", source, text, again, err)
		}
	})
}

func valid(t *testing.T, text string, entities []markup.Entity) {
	t.Helper()
	size := len(utf16.Encode([]rune(text)))
	for _, e := range entities {
		if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > size || markup.Slice(text, e) == "" {
			t.Fatalf("entity %+v does not lie in %q (%d units)", e, text, size)
		}
	}
}
