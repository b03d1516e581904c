package telegram

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"github.com/bellhop-chat/bellhop/internal/label"
	"pgregory.net/rapid"
)

// covered is what an entity covers, by UTF-16 offsets as Telegram reads them.
func covered(text string, e models.MessageEntity) string {
	return string(utf16.Decode(utf16.Encode([]rune(text))[e.Offset : e.Offset+e.Length]))
}

func TestEntitiesCountUTF16(t *testing.T) {
	text := new(Text).Plain("💬 ").Bold("Ana 🦊").Plain(": ").Code("x < y & z")
	if got := text.String(); got != "💬 Ana 🦊: x < y & z" || text.Len() != 18 {
		t.Fatalf("%q of %d code points", got, text.Len())
	}
	var got []string
	for _, e := range text.Entities() {
		got = append(got, string(e.Type)+":"+covered(text.String(), e))
	}
	if want := "bold:Ana 🦊|code:x < y & z"; strings.Join(got, "|") != want {
		t.Fatalf("entities %q, want %q", got, want)
	}
}

func TestTextsJoinWithTheirFormatting(t *testing.T) {
	text := new(Text).Plain("🦊").Add(new(Text).Bold("b").Plain("c")).Add(new(Text).Italic("d"))
	entities := text.Entities()
	if text.String() != "🦊bcd" || len(entities) != 2 || covered(text.String(), entities[0]) != "b" || covered(text.String(), entities[1]) != "d" || text.Len() != 4 {
		t.Fatalf("%q %+v", text.String(), entities)
	}
}

func TestVisitorPingsNobodyAndTextStaysAsTyped(t *testing.T) {
	for typed, code := range map[string]string{
		"@olga":                           "@olga",
		"hi @olga, @petr!":                "@olga|@petr",
		"(@olga)":                         "@olga",
		"é@olga":                          "@olga",
		"🦊@olga":                          "@olga",
		"/close":                          "/close",
		"/close@bellhop_bot now":          "/close@bellhop_bot",
		"please /ban him":                 "/ban",
		"line\n/start":                    "/start",
		"mail me: ana@example.com":        "",
		"and/or, 1/2, w/o":                "",
		"https://example.com/close":       "",
		"see https://medium.com/@ana/x-1": "",
		"https://a/@olga":                 "@olga",
		"http://a.b/@olga":                "@olga",
		"https://a.com/x\"@olga":          "@olga",
		"https://a.com.@olga":             "@olga",
		"@@olga":                          "@olga",
		"a @ b / c":                       "",
		"/@olga":                          "@olga",
		"":                                "",
		"<b>bold</b> *x* `y`":             "/b",
	} {
		text := new(Text).Verbatim(typed)
		if text.String() != typed {
			t.Errorf("%q became %q", typed, text.String())
		}
		var got []string
		for _, e := range text.Entities() {
			if e.Type != models.MessageEntityTypeCode {
				t.Errorf("%q: entity %v", typed, e.Type)
			}
			got = append(got, covered(typed, e))
		}
		if strings.Join(got, "|") != code {
			t.Errorf("%q: code %q, want %q", typed, got, code)
		}
	}
}

func TestCodePausesTheBoldOfAName(t *testing.T) {
	text := new(Text).Bold("Ana @olga X")
	var got []string
	for _, e := range text.Entities() {
		got = append(got, string(e.Type)+":"+covered(text.String(), e))
	}
	if want := "bold:Ana |code:@olga|bold: X"; strings.Join(got, "|") != want {
		t.Fatalf("%q, want %q", got, want)
	}
}

func TestLongTextIsCutAtSpaces(t *testing.T) {
	long := strings.Repeat("слово 🦊 ", 1000) // 8,000 code points
	text := new(Text).Bold("Ana").Plain("\n").Verbatim(long)
	parts := text.Split(MaxText)
	joined := ""
	for i, part := range parts {
		joined += part.Text
		if n := utf8.RuneCountInString(part.Text); n > MaxText || i < len(parts)-1 && !strings.HasSuffix(part.Text, " ") {
			t.Errorf("part %d has %d code points and ends in %q", i, n, part.Text[len(part.Text)-4:])
		}
	}
	if len(parts) != 2 || joined != text.String() || covered(parts[0].Text, parts[0].Entities[0]) != "Ana" {
		t.Fatalf("%d parts", len(parts))
	}
}

func TestEntityThatIsCutGoesOnInTheNextPart(t *testing.T) {
	parts := new(Text).Plain("🦊").Code(strings.Repeat("x", 100)).Split(64)
	if len(parts) != 2 || covered(parts[0].Text, parts[0].Entities[0]) != strings.Repeat("x", 63) || covered(parts[1].Text, parts[1].Entities[0]) != strings.Repeat("x", 37) {
		t.Fatalf("%+v", parts)
	}
}

func TestPartOfNothingButSpacesIsLeftOut(t *testing.T) {
	if parts := new(Text).Plain(strings.Repeat("x", 64) + strings.Repeat(" ", 64) + "y").Split(64); len(parts) != 2 {
		t.Fatalf("%+v", parts)
	}
	if parts := new(Text).Plain(" \n ").Split(64); len(parts) != 0 {
		t.Fatalf("%+v", parts)
	}
}

func TestLinkThatIsTooLongForOneMessagePingsNobody(t *testing.T) {
	for _, typed := range []string{
		"https://example.com/" + strings.Repeat("x/", 2035) + "@olga @olga",
		strings.Repeat("y", 4085) + "(https://example.com/@olga",
		strings.Repeat("y", 4080) + " https://example.com/@olga",
	} {
		checkParts(t, typed, MaxText)
	}
}

// pings is how Telegram finds mentions and commands, read once more and differently from risks.
var pings = regexp.MustCompile(`(?:^|[^A-Za-z0-9_])(@[A-Za-z0-9_]{2,32})|(?:^|[^A-Za-z0-9_/])(/[A-Za-z0-9_]{1,64})`)

// pinged is a mention or command that neither code nor a link covers.
func pinged(part Part) string {
	covers := link.FindAllStringIndex(part.Text, -1)
	for _, e := range part.Entities {
		if e.Type == models.MessageEntityTypeCode {
			before := len(covered(part.Text, models.MessageEntity{Length: e.Offset}))
			covers = append(covers, []int{before, before + len(covered(part.Text, e))})
		}
	}
	for _, found := range pings.FindAllStringSubmatchIndex(part.Text, -1) {
		from, to := max(found[2], found[4]), max(found[3], found[5])
		if !slices.ContainsFunc(covers, func(c []int) bool { return c[0] < to && from < c[1] }) {
			return part.Text[from:to]
		}
	}
	return ""
}

// checkParts asserts what must hold of any text: well formed entities, nothing lost, nobody pinged outside of code and links.
func checkParts(t interface {
	Helper()
	Fatalf(string, ...any)
}, typed string, limit int,
) {
	t.Helper()
	text := new(Text).Bold("n").Plain("\n").Verbatim(typed)
	if want := strings.ToValidUTF8(typed, "\uFFFD"); text.String() != "n\n"+want {
		t.Fatalf("%q became %q", typed, text.String())
	}
	if utf8.RuneCountInString(text.String()) != text.Len() {
		t.Fatalf("%q counts %d", text.String(), text.Len())
	}
	rest := text.String()
	for _, part := range text.Split(limit) {
		at := strings.Index(rest, part.Text)
		if at < 0 || strings.TrimSpace(rest[:at]) != "" {
			t.Fatalf("part %q is not next in %q", part.Text, rest)
		}
		rest = rest[at+len(part.Text):]
		if n := utf8.RuneCountInString(part.Text); n > limit || n == 0 {
			t.Fatalf("part of %d code points", n)
		}
		units, end := utf16Len(part.Text), 0
		for _, e := range part.Entities {
			if e.Offset < end || e.Length <= 0 || e.Offset+e.Length > units {
				t.Fatalf("entity %+v after %d in %d units", e, end, units)
			}
			end = e.Offset + e.Length
		}
		if found := pinged(part); found != "" {
			t.Fatalf("%q would ping %q in %q", typed, found, part.Text)
		}
	}
	if strings.TrimSpace(rest) != "" {
		t.Fatalf("lost %q", rest)
	}
}

func TestAnyTextIsSplitWithoutLossOrPing(t *testing.T) {
	letters := rapid.SampledFrom([]rune("ab_1@@//. \n🦊é:-"))
	rapid.Check(t, func(t *rapid.T) {
		checkParts(t, rapid.StringOfN(letters, 0, 400, -1).Draw(t, "typed"), 64)
	})
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"@olga", "https://a.com/@x @olga", "/close@bot", "\xff@x", "🦊🦊@a/b/c", strings.Repeat("a@b", 50)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) { checkParts(t, typed, 64) })
}

func TestNamesCannotTurnOrHideWhatStandsBeside(t *testing.T) {
	for name, want := range map[string]string{
		"Ana":                     "Ana",
		" Ana \n  Maria\t":        "Ana Maria",
		"\u202Egnp.exe\u202C":     "gnp.exe",
		"\u2066Ana\u2069\u200B":   "Ana",
		"a\x00b\x1b[31m\u007f":    "ab[31m",
		"👩\u200d💻":                "👩\u200d💻",
		"\xff\xfe":                "",
		strings.Repeat("é", 128):  strings.Repeat("é", 128),
		strings.Repeat("🦊", 129):  strings.Repeat("🦊", 127) + "…",
		strings.Repeat("ab ", 99): strings.TrimSpace(strings.Repeat("ab ", 43)[:127]) + "…",
	} {
		if got := TopicName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func FuzzTopicName(f *testing.F) {
	f.Add("Ana · pricing")
	f.Add("\u202E\xff" + strings.Repeat("🦊 ", 200))
	f.Fuzz(func(t *testing.T, s string) {
		name := TopicName(s)
		if !utf8.ValidString(name) || utf8.RuneCountInString(name) > MaxTopicName || label.Clean(name) != name || TopicName(name) != name {
			t.Fatalf("%q became %q", s, name)
		}
	})
}
