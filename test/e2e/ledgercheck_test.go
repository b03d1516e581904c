package e2e

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/visitor"
)

// A checker that finds nothing proves nothing.
func TestLedgerFindsWhatIsWrong(t *testing.T) {
	l := newLedger()
	one, two, three, said := l.next("visitor"), &entry{mark: "[visitor 1]", id: "b", version: 2}, &entry{mark: "[visitor 2]", id: "c", gone: true}, l.next("slack")
	one.id, said.id = "a", "1"
	for _, e := range []*entry{one, two, three} {
		l.add("visitor", e)
	}
	l.add("slack", said)
	order := []string{"[visitor 0]", "[slack 0]", "[visitor 1]", "[visitor 2]"}
	for name, c := range map[string]struct {
		text string
		want tally
	}{
		"nothing":     {"[visitor 0] {0}\n[slack 0] {0}\n[visitor 1] {2}", tally{Checked: 4}},
		"lost":        {"[slack 0] {0} [visitor 1] {2}", tally{Checked: 4, Lost: 1}},
		"stale":       {"[visitor 0] {0} [slack 0] {0} [visitor 1] {1}", tally{Checked: 4, Stale: 1}},
		"out of turn": {"[slack 0] {0} [visitor 0] {0} [visitor 1] {2}", tally{Checked: 4, Inversions: 1}},
		"repeated":    {"[visitor 0] {0} [visitor 0] {0} [slack 0] {0} [visitor 1] {2}", tally{Checked: 4, Repeated: 1}},
		"not gone":    {"[visitor 0] {0} [slack 0] {0} [visitor 1] {2} [visitor 2] {0}", tally{Checked: 4, Ghosts: 1}},
	} {
		got := l.platform("telegram", c.text, order)
		got.details = nil
		if got.String() != c.want.String() || got.broken() == (name == "nothing" || name == "repeated") {
			t.Errorf("%s: %v, want %v", name, got, &c.want)
		}
	}
	if got := l.platform("slack", "[visitor 0] {0} [slack 0] {0} [visitor 1] {2}", order); got.Echoes != 1 {
		t.Errorf("an echo: %v", got)
	}
	history := []visitor.Message{
		{ID: "a", Sender: "visitor", Content: "[visitor 0] {0}"}, {ID: "slack:1", Sender: "operator", Content: "[slack 0] {0}"},
		{ID: "b", Sender: "visitor", Content: "[visitor 1] {2}"}, {ID: "c", Sender: "visitor"},
	}
	if got, marks := l.history("history", history); got.broken() || len(marks) != 4 || marks[1] != "[slack 0]" {
		t.Errorf("a good history: %v, %q", got, marks)
	}
	history[0], history[2] = history[2], history[0]
	if got, _ := l.history("history", history); got.Inversions != 1 || !got.broken() {
		t.Errorf("a history out of turn: %v", got)
	}
	if got, _ := l.history("history", append(history[:1:1], history[0])); got.Doubled != 1 || got.Lost != 3 {
		t.Errorf("a history with something twice: %v", got)
	}
	history[2].Content = "[visitor 1] {1}"
	if got, _ := l.history("history", history); got.Stale != 1 {
		t.Errorf("a history with an old version: %v", got)
	}
	more := l.next("slack")
	more.id = "2"
	l.add("slack", more)
	late := []visitor.Message{{ID: "slack:2", Content: "[slack 1] {0}"}, {ID: "slack:1", Content: "[slack 0] {0}"}}
	if got, _ := l.history("history", late); got.Late != 1 || got.Inversions != 0 {
		t.Errorf("a history of what Slack told late: %v", got)
	}
}
