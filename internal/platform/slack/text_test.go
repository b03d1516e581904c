package slack

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// shown is what rich text shows, and the elements in short.
func shown(t interface {
	Helper()
	Fatalf(string, ...any)
}, c Content) (text, parts string) {
	t.Helper()
	var blocks []struct {
		Type     string
		Elements []struct {
			Type     string
			Elements []struct {
				Type, Text, URL, Name string
				Style                 map[string]bool
			}
		}
	}
	if err := json.Unmarshal([]byte(encode(c.Blocks)), &blocks); err != nil {
		t.Fatalf("%v", err)
	}
	for _, b := range blocks {
		for _, section := range b.Elements {
			parts += strings.TrimPrefix(section.Type, "rich_text_") + ":"
			for _, e := range section.Elements {
				text += e.Text + e.URL + e.Name
				parts += e.Type
				for look := range e.Style {
					parts += "." + look
				}
				parts += "(" + e.Text + e.URL + e.Name + ")"
				if utf8.RuneCountInString(e.Text) > MaxSection || e.Text+e.URL+e.Name == "" {
					t.Fatalf("an element of %d characters", utf8.RuneCountInString(e.Text))
				}
			}
		}
	}
	return text, parts
}

func TestRichTextIsBuiltOfPieces(t *testing.T) {
	text := new(Text).Quote("before\n  that").Emoji("white_check_mark").Plain(" Closed").Plain(" by ").Bold("Ana").Italic("!").Code("x<y").
		Add(new(Text).Plain("z").Plain("")).Verbatim("see https://a.b/c.")
	_, parts := shown(t, text.Content())
	want := "quote:text(before that)section:emoji(white_check_mark)text( Closed by )text.bold(Ana)text.italic(!)text.code(x<y)text(zsee )link(https://a.b/c)text(.)"
	if parts != want {
		t.Errorf("got  %s\nwant %s", parts, want)
	}
	if fallback := text.Content().Text; fallback != "&gt; before that\n:white_check_mark: Closed by Ana!x&lt;yzsee https://a.b/c." {
		t.Errorf("the fallback is %q", fallback)
	}
	if text.Len() != utf8.RuneCountInString("before thatwhite_check_mark Closed by Ana!x<yzsee https://a.b/c.")+9*pieceCost {
		t.Errorf("it takes %d", text.Len())
	}
}

func TestVisitorCallsNobodyAndTextStaysAsTyped(t *testing.T) {
	for _, typed := range []string{
		"<!channel> <!here> <!everyone>", "<@U0OLGA>", "<#C0SUPPORT01>", "<!subteam^S1|@team>", "<https://evil.example|https://bank.example>",
		"<!date^1392734382^{date}|x>", "@channel @here @olga", "*bold* _it_ ~s~ `c` > q", ":smile: :wave:", "&amp;lt;", "</script>", "a\nb\n\nc", "  x  ",
	} {
		content := new(Text).Verbatim(typed).Content()
		text, parts := shown(t, content)
		if text != typed || strings.Contains(parts, "user") || strings.Contains(parts, "broadcast") || strings.Contains(parts, "link(") && !strings.Contains(typed, "http") {
			t.Errorf("%q is shown as %q: %s", typed, text, parts)
		}
		if strings.ContainsAny(content.Text, "<>") {
			t.Errorf("%q has tokens in %q", typed, content.Text)
		}
	}
}

func TestAddressesCanBeClickedAndShowWhereTheyLead(t *testing.T) {
	for typed, want := range map[string]string{
		"https://example.com":                      "https://example.com",
		"see http://example.com/a?b=c&d=e#f now":   "http://example.com/a?b=c&d=e#f",
		"(https://example.com/a)":                  "https://example.com/a",
		"https://example.com/a_(b)":                "https://example.com/a_(b)",
		"https://example.com/a, https://b.org!":    "https://example.com/a|https://b.org",
		"<https://example.com|x>":                  "https://example.com",
		"https://ru.wikipedia.org/wiki/Москва":     "https://ru.wikipedia.org/wiki/Москва",
		"https://localhost:8080/x":                 "https://localhost:8080/x",
		"https://user@example.com/":                "https://user",
		"https://аpple.com":                        "", // the first letter is Cyrillic
		"https://\u202egnp.exe":                    "",
		"xhttps://example.com":                     "",
		"javascript:alert(1)":                      "",
		"ftp://example.com":                        "",
		"https://":                                 "",
		"https://" + strings.Repeat("x", 2000):     "",
		"https://example.com/a*b*":                 "https://example.com/a*b",
		"https://example.com/[x] [https://b.org/]": "https://example.com/[x]|https://b.org/",
	} {
		text := new(Text).Verbatim(typed)
		var got []string
		for _, p := range text.pieces {
			if p.kind == link {
				got = append(got, p.text)
			}
		}
		if text.String() != typed || strings.Join(got, "|") != want {
			t.Errorf("%q links %q, want %q", typed, got, want)
		}
	}
}

func TestLongTextIsCutAtSpacesAndNumbered(t *testing.T) {
	text := new(Text).Bold("Ana").Plain("\n").Verbatim(strings.Repeat("слово 🦊 ", 2000)) // 16,000 characters
	parts := text.Split(MaxText - 100)
	joined := ""
	for i, part := range parts {
		joined += part.String()
		if part.Len() > MaxText-100 || i < len(parts)-1 && !strings.HasSuffix(part.String(), " ") {
			t.Errorf("part %d takes %d", i, part.Len())
		}
	}
	if len(parts) != 3 || joined != text.String() {
		t.Fatalf("%d parts", len(parts))
	}
	numbered := Numbered(parts)
	if got := numbered[1].String(); got != "(2/3) "+parts[1].String() || numbered[1].Len() > MaxText {
		t.Fatalf("the second is %q…", got[:20])
	}
	if one := new(Text).Plain("x").Split(MaxText); len(one) != 1 || Numbered(one)[0].String() != "x" || len(new(Text).Split(MaxText)) != 0 {
		t.Fatalf("%v", one)
	}
}

func TestFallbackAndPlainTextKeepTheirLimits(t *testing.T) {
	text := new(Text).Plain(strings.Repeat("&", 10000))
	if got := text.Content().Text; utf8.RuneCountInString(got) > MaxFallback || !strings.HasSuffix(got, "&amp;…") {
		t.Errorf("the fallback has %d and ends in %q", len(got), got[len(got)-9:])
	}
	if got := text.PlainContent(); utf8.RuneCountInString(got.Text) > MaxFallback || got.Blocks != nil {
		t.Errorf("plain has %d", len(got.Text))
	}
	if got := new(Text).Content(); got.Text == "" || got.Blocks != nil {
		t.Errorf("nothing is %+v", got)
	}
}

// checkText asserts what must hold of any text.
func checkText(t interface {
	Helper()
	Fatalf(string, ...any)
}, typed string, limit int,
) {
	t.Helper()
	want := strings.ToValidUTF8(typed, "\uFFFD")
	text := new(Text).Verbatim(typed)
	if text.String() != want {
		t.Fatalf("%q became %q", typed, text.String())
	}
	if escaped := Escape(typed); strings.ContainsAny(escaped, "<>") || unescaper.Replace(escaped) != want {
		t.Fatalf("%q is escaped as %q", typed, escaped)
	}
	content := text.Content()
	if strings.ContainsAny(content.Text, "<>") || content.Text == "" {
		t.Fatalf("%q has the fallback %q", typed, content.Text)
	}
	if visible, _ := shown(t, content); visible != want {
		t.Fatalf("%q is shown as %q", typed, visible)
	}
	joined := ""
	for _, part := range text.Split(limit) {
		joined += part.String()
		if part.Len() > max(limit, 2*maxLink) || part.String() == "" {
			t.Fatalf("a part takes %d", part.Len())
		}
	}
	if joined != want {
		t.Fatalf("the parts are %q", joined)
	}
}

func TestAnyTextIsSplitWithoutLossOrToken(t *testing.T) {
	words := rapid.SampledFrom([]string{"<", ">", "&", "|", "@", "!", "https://a.b/c", " ", "\n", "🦊", "é", ":x:", strings.Repeat("y", 900), "http://" + strings.Repeat("z", 990), "`"})
	rapid.Check(t, func(t *rapid.T) {
		checkText(t, strings.Join(rapid.SliceOfN(words, 0, 60).Draw(t, "words"), ""), 2000)
	})
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"<!channel>", "https://a.com/@x <@U1>", "\xff&", "🦊🦊`a`", strings.Repeat("a https://b.c ", 50)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) { checkText(t, typed, 2000) })
}

func TestButtonsAndSmallPrintKeepTheirLimits(t *testing.T) {
	row := Buttons("conv", Button{Action: "close", Value: "ses_1", Label: "Close", Danger: true}, Button{Action: "read", Value: "ses_1", Label: strings.Repeat("x", 80)})
	want := `{"type":"actions","block_id":"conv","elements":[{"type":"button","text":{"type":"plain_text","text":"Close","emoji":false},"action_id":"close","value":"ses_1","style":"danger"},` +
		`{"type":"button","text":{"type":"plain_text","text":"` + strings.Repeat("x", 74) + `…","emoji":false},"action_id":"read","value":"ses_1"}]}`
	if got := encode(row); got != want {
		t.Errorf("got %s", got)
	}
	want = `{"type":"context","elements":[{"type":"plain_text","text":"Closed by \u003c!here\u003e","emoji":false}]}`
	if got := encode(Small("Closed by <!here>")); got != want {
		t.Errorf("got %s", got)
	}
}
