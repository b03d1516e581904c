package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/test/forum"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

func TestConversationGoesBothWays(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		hi := vera.Says("hi")
		topic := s.operators(t).Topic(vera)
		topic.Shows("hi")
		vera.SeesStatus(hi.ID, "delivered")
		topic.Reply("hello", telegram.As("Olga"))
		if heard := vera.Hears("hello"); heard.OperatorName != "Olga" || heard.Sender != "operator" {
			t.Errorf("heard %v from %q, want it from Olga", heard, heard.OperatorName)
		}
		vera.SeesStatus(hi.ID, "read")
		for i := range 5 {
			vera.SeesStatus(vera.Says(fmt.Sprintf("question %d", i)).ID, "delivered")
			topic.Shows(fmt.Sprintf("question %d", i))
			topic.Reply(fmt.Sprintf("answer %d", i))
			vera.Hears(fmt.Sprintf("answer %d", i))
		}
		want := []string{"hi", "hello"}
		for i := range 5 {
			want = append(want, fmt.Sprintf("question %d", i), fmt.Sprintf("answer %d", i))
		}
		vera.Shows(want...)
		for i, m := range vera.Remembers() {
			if m.Content != want[i] {
				t.Errorf("message %d of the history is %q, want %q", i, m.Content, want[i])
			}
		}
	})
}

func TestPageViewOpensNoTopic(t *testing.T) {
	s := usual(t)
	looker := s.arrives(t)
	looker.Connects()
	looker.Tab()
	// Whatever looking leads to would have come before what somebody says later.
	speaker := s.arrives(t)
	speaker.Says("hi")
	s.operators(t).Topic(speaker)
	if topics := forum.Of(s.telegram.State(), looker.name); len(topics) > 0 {
		t.Errorf("looking opened %d topics", len(topics))
	}
	if seq, err := s.bus.LastSeq(visitor.Within(t), id.Default, id.Session(looker.SessionID())); err != nil || seq != 0 {
		t.Errorf("looking left event %d on the bus (%v), want none", seq, err)
	}
}

func TestFirstMessageOpensOneTopicWithCardAndText(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("where is my parcel?")
		vera.Says("and my change?")
		operators := s.operators(t)
		topic := operators.Topic(vera)
		first := topic.Shows("where is my parcel?")
		topic.Shows("and my change?")
		for _, detail := range []string{vera.name, "shop.example/cart", "example.com", "de"} {
			if !strings.Contains(first.Text, detail) {
				t.Errorf("the card does not tell %q:\n%s", detail, first.Text)
			}
		}
		if strings.Contains(topic.Text(), vera.SessionID()) {
			t.Error("the topic shows the session's id, which opens the conversation to whoever knows it")
		}
		if topics := forum.Of(s.telegram.State(), vera.name); len(topics) != 1 {
			t.Errorf("%d topics were opened, want one", len(topics))
		}
		if texts := strings.Count(topic.Text(), "where is my parcel?"); texts != 1 {
			t.Errorf("the first message is shown %d times", texts)
		}
	})
}

// hostile are texts that a platform, a browser or a command parser could take for something else.
var hostile = []string{
	"<b>@everyone /close **x**",
	"@olga @Omar @bellhop_bot <!channel> <@U123> /delete",
	"<script>alert('hi')</script> &amp; <a href=\"http://evil.example\">bank</a>",
	"[my bank](http://evil.example) _a_ *b* `c` ~d~ ||e|| > f",
	"  leading and trailing spaces, twice  in between  ",
	"line one\nline two\n\n\tline four",
	"bidi \u202egnihtemos\u202c, zero\u200bwidth, NUL-less, emoji 👩‍👩‍👧‍👦 🇩🇪, Ünïcödé, 漢字, עברית",
}

// kept is what Telegram itself keeps of a text: it trims, makes a space of a tab and drops overrides of the direction.
func kept(text string) string {
	return strings.TrimSpace(strings.NewReplacer("\t", " ", "\u202e", "", "\u202c", "").Replace(text))
}

func TestHostileTextArrivesAsTypedAndPingsNobody(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	for _, text := range hostile {
		vera.Says(text)
		post := topic.Shows(kept(text))
		if len(post.Notified) > 0 {
			t.Errorf("%q pinged %v", text, post.Notified)
		}
		for _, e := range post.Entities {
			if e.Type == "text_link" || e.Type == "mention" || e.Type == "bot_command" || e.Type == "text_mention" {
				t.Errorf("%q made a %s", text, e.Type)
			}
		}
	}
	vera.Shows(append([]string{"hi"}, hostile...)...)
	topic.Is(telegram.TopicOpen)
	if vera.Page().Closed() > 0 {
		t.Error("a visitor's /close closed the conversation")
	}
	for i, m := range vera.Remembers()[1:] {
		if m.Content != hostile[i] {
			t.Errorf("the history has %q, want %q", m.Content, hostile[i])
		}
	}
}

func TestOperatorsTextArrivesAsTyped(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	for _, text := range []string{"<b>not bold</b> & \"quoted\"", "*stars* and _lines_", "a\nb", "!important: this is no command"} {
		topic.Reply(text)
		vera.Hears(text)
	}
	if vera.Page().Counts().Doubles > 0 {
		t.Error("the page dropped a message as a duplicate")
	}
}

func TestLongestMessageArrivesWhole(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	text := strings.Repeat("ä€😀-", 1000) // 4,000 characters
	vera.Says("hi")
	topic := s.operators(t).Topic(vera)
	vera.Says(text)
	topic.sees("all of it", func(posts []telegram.Message) bool {
		var all strings.Builder
		for _, m := range posts {
			all.WriteString(m.Text)
		}
		return strings.Count(all.String(), "ä€😀-") == 1000
	})
	first := s.arrives(t) // the card leaves no room for it
	first.Says(text)
	s.operators(t).Topic(first).Shows(text)
}
