package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// hostile are texts that a platform, a browser or a command parser could take for something else.
var hostile = []string{
	"<b>@everyone /close **x**",
	"@here @olga @Omar @Olga @bellhop_bot <!channel> <!here> <!everyone> <@U01OLGA> <@&123> <@123456789012345678> <#C0SUPPORT> /delete",
	"</script><script>alert('hi')</script> &amp; &lt;b&gt; <a href=\"http://evil.example\">bank</a>",
	"[my bank](http://evil.example) <http://evil.example|my bank> **[x](http://evil.example)** [http://bank.example](http://evil.example)",
	"<https://evil.example|https://bank.example> javascript:alert(1) tg://resolve?domain=x mailto:a@b.example",
	"_a_ *b* **c** `d` ~e~ ~~E~~ ||f|| > g ```h``` __i__ \\j\\ \\*k\\* :smile: :+1: -# l # m",
	"> quoted\n>>> all quoted\n- item\n1. item\n# heading\n-# small",
	"  leading and trailing spaces, twice  in between  ",
	"line one\nline two\n\n\tline four",
	"bidi \u202egnihtemos\u202c \u2066x\u2069, zero\u200bwidth, emoji 👩‍👩‍👧‍👦 🇩🇪, Ünïcödé, e\u0301, 漢字, עברית, \u00a0.",
	"<t:1700000000:R> </close:123> <:blob:123> <id:customize> <!date^1392734382^{date}|x> <!subteam^S123> <mailto:a@b.example|x>",
	"//note !note /note /close !close @bellhop close",
	"''\"\"``; DROP TABLE messages; -- {{7*7}} ${7*7} %s %d %n",
}

// visible is what people see of a text: platforms are kept from reading something into it by characters without a width.
func visible(text string) string {
	return strings.NewReplacer("\u200b", "", "\u2060", "").Replace(text)
}

// shown is how a text of a visitor's looks on a platform. Telegram itself trims, makes a space of a tab, and drops what overrides the
// direction of writing.
func shown(on team.Platform, text string) string {
	if on.Name() == team.Telegram {
		text = strings.TrimSpace(strings.NewReplacer("\t", " ", "\u202e", "", "\u202c", "").Replace(text))
	}
	return visible(text)
}

// harmless fails where Bellhop's posts have pinged somebody or hide an address.
func harmless(t *testing.T, room team.Room) {
	t.Helper()
	for _, p := range room.Posts(room.ID) {
		if p.ByBot && len(p.Notified)+len(p.Masked) > 0 {
			t.Errorf("in %s %q pinged %q and hides %q", room.Label(), p.Text, p.Notified, p.Masked)
		}
	}
}

// G15.
func TestHostileTextIsShownAsTypedAndPingsNobody(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	rooms := s.rooms(t, vera)
	for _, text := range hostile {
		vera.Says(text)
	}
	vera.Says("and that was all")
	for name, room := range rooms {
		room.Shows("and that was all")
		for _, text := range hostile {
			if !strings.Contains(visible(room.Text()), shown(room, text)) {
				t.Errorf("%s does not show %q; it shows:\n%q", name, text, room.Text())
			}
		}
		harmless(t, room)
		room.Is(team.Open)
	}
	vera.Shows(slices.Concat([]string{"hi"}, hostile, []string{"and that was all"})...)
	if vera.Page().Closed() > 0 {
		t.Error("a visitor's /close closed the conversation")
	}
	for i, m := range vera.Remembers()[1 : 1+len(hostile)] {
		if m.Content != hostile[i] {
			t.Errorf("the history has %q, want %q", m.Content, hostile[i])
		}
	}
}

func TestHostileNamesPagesAndEventsAreText(t *testing.T) {
	s := usual(t)
	const evil = `<!channel> @everyone <@U01OLGA> [x](http://evil.example) <http://evil.example|bank> `
	vera := s.arrives(t, func(o *visitor.Options) {
		name, _ := o.Identity["name"].(string)
		o.Identity["name"] = name + evil[:24]
		o.Identity["email"], o.Identity["phone"] = evil+"@example.com", evil
		o.Metadata = map[string]any{"url": "https://evil.example/" + evil, "pageTitle": evil, "referrer": evil, "language": evil}
	})
	vera.name = vera.name[:len("Vera abcdefghijkl")]
	vera.Says("hi")
	rooms := s.rooms(t, vera)
	for _, room := range rooms {
		room.Shows("hi")
	}
	if !vera.Trigger(evil, map[string]any{evil: evil}) {
		t.Fatal("no socket to send it over")
	}
	for _, room := range rooms {
		room.Sees("the event", func([]team.Post) bool { return room.Count("⚡") > 0 })
		harmless(t, room)
	}
}

func TestLongestTextArrivesWholeAndIsEditedAndDeletedAsOne(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		const word = "ä€😀-"
		text := strings.Repeat(word, 999) + "end."
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		whole := func(word string, times int) {
			t.Helper()
			room.Sees(fmt.Sprintf("%s %d times", word, times), func(posts []team.Post) bool {
				var all strings.Builder
				for _, p := range posts {
					all.WriteString(p.Text)
				}
				return strings.Count(all.String(), word) == times
			})
		}
		said := vera.Says(text)
		whole(word, 999)
		vera.Edits(said.ID, strings.Repeat("short ", 20)+"text")
		whole(word, 0)
		whole("short ", 20)
		vera.Edits(said.ID, strings.Repeat(word, 500)+strings.Repeat("more ", 300))
		whole(word, 500)
		vera.Deletes(said.ID)
		whole(word, 0)
		whole("more ", 0)
		left := len(room.Standing())
		if vera.SeesStatus(vera.Says("after it").ID, "delivered"); left > 2 {
			t.Errorf("%d posts are left of a card and a message:\n%s", left, room.Text())
		}
		first := s.arrives(t) // the card leaves no room for it
		first.Says(text)
		room = desk.Room(first)
		whole(word, 999)
	})
}
