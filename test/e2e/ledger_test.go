package e2e

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// entry is a message that somebody was told is accepted, as it must be in the end.
type entry struct {
	mark    string // "[visitor 12]"; no mark is a part of another
	id      string // of the message, or of the platform's post, with which the message's ends
	version int
	gone    bool
}

func (e *entry) text() string { return fmt.Sprintf("%s {%d}", e.mark, e.version) }

// ledger is what was promised in one conversation, by who said it: "visitor" or a platform's name.
type ledger struct {
	mu  sync.Mutex
	all map[string][]*entry
}

func newLedger() *ledger { return &ledger{all: map[string][]*entry{}} }

// next is a new entry of somebody, which is not in the ledger yet.
func (l *ledger) next(who string) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &entry{mark: fmt.Sprintf("[%s %d]", who, len(l.all[who]))}
}

func (l *ledger) add(who string, e *entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all[who] = append(l.all[who], e)
}

// change is made with an entry when it was accepted.
func (l *ledger) change(how func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	how()
}

// tally is what a checker found. All but the last five must be 0.
type tally struct {
	Lost, Stale, Ghosts int // not there; there as it was once; there although it was taken back
	Inversions          int // after something younger
	Echoes              int // back where it was said
	Doubled             int // in the history or on the page twice
	Disagree            int // conversations whose threads are open on one platform and closed on another

	Repeated int // posts that a platform shows more often than once, strays not counted
	Strays   int // posts of which the platform did not tell that they stand, and cannot be asked
	Threads  int // beyond one for each visitor
	Late     int // what Slack told after something younger of the same author: what is not taken in time, it tells again, up to a minute later
	Checked  int
	details  []string
}

func (c *tally) note(count *int, format string, args ...any) {
	if *count++; len(c.details) < 20 {
		c.details = append(c.details, fmt.Sprintf(format, args...))
	}
}

func (c *tally) broken() bool {
	return c.Lost+c.Stale+c.Ghosts+c.Inversions+c.Echoes+c.Doubled+c.Disagree > 0
}

func (c *tally) add(o *tally) {
	c.Lost, c.Stale, c.Ghosts, c.Inversions = c.Lost+o.Lost, c.Stale+o.Stale, c.Ghosts+o.Ghosts, c.Inversions+o.Inversions
	c.Echoes, c.Doubled, c.Disagree = c.Echoes+o.Echoes, c.Doubled+o.Doubled, c.Disagree+o.Disagree
	c.Repeated, c.Strays, c.Threads, c.Checked = c.Repeated+o.Repeated, c.Strays+o.Strays, c.Threads+o.Threads, c.Checked+o.Checked
	c.Late += o.Late
	c.details = append(c.details, o.details[:min(len(o.details), max(0, 20-len(c.details)))]...)
}

func (c *tally) String() string {
	return fmt.Sprintf("%d checked: %d lost, %d stale, %d not taken back, %d inversions, %d echoes, %d doubled, %d open here and closed there | %d repeated, %d strays, %d threads repeated, %d late\n%s",
		c.Checked, c.Lost, c.Stale, c.Ghosts, c.Inversions, c.Echoes, c.Doubled, c.Disagree, c.Repeated, c.Strays, c.Threads, c.Late, strings.Join(c.details, "\n"))
}

// marked is a message's mark and version in a text.
var marked = regexp.MustCompile(`(\[\w+ \d+\]) \{(\d+)\}`)

// seen are the messages that a text shows: the order of their first appearances, and all versions of each.
func seen(text string) (order []string, versions map[string][]string) {
	versions = map[string][]string{}
	for _, found := range marked.FindAllStringSubmatch(text, -1) {
		if len(versions[found[1]]) == 0 {
			order = append(order, found[1])
		}
		versions[found[1]] = append(versions[found[1]], found[2])
	}
	return order, versions
}

// shownIn is what a thread shows, without the lines that quote, and how many strays beside. A stray stands once more with an id that is
// known, is corrected and taken back there, and itself stays what it was.
func shownIn(on team.Platform, thread string) (shown string, strays int) {
	var text strings.Builder
	for _, p := range team.Standing(on, thread) {
		if p.Stray {
			strays++
			continue
		}
		for l := range strings.Lines(p.Text) {
			if !strings.HasPrefix(l, "> ") {
				text.WriteString(l)
			}
		}
		text.WriteByte('\n')
	}
	return text.String(), strays
}

// platform compares what a platform shows with what was promised; order is the history's.
func (l *ledger) platform(name, text string, order []string) *tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &tally{}
	shown, versions := seen(text)
	for _, who := range slices.Sorted(maps.Keys(l.all)) {
		for _, e := range l.all[who] {
			there := versions[e.mark]
			switch {
			case who == name:
				if len(there) > 0 {
					c.note(&c.Echoes, "%s: %s came back", name, e.mark)
				}
				continue
			case e.gone && len(there) > 0:
				c.note(&c.Ghosts, "%s: %s is still there", name, e.mark)
			case !e.gone && len(there) == 0:
				c.note(&c.Lost, "%s: %s is lost", name, e.mark)
			case !e.gone && slices.ContainsFunc(there, func(v string) bool { return v != fmt.Sprint(e.version) }):
				c.note(&c.Stale, "%s: %s is there as %q, want %d", name, e.mark, there, e.version)
			}
			c.Repeated += max(0, len(there)-1)
			c.Checked++
		}
	}
	c.inverted(name, shown, order)
	return c
}

// inverted counts what stands after something younger.
func (c *tally) inverted(where string, shown, order []string) {
	at := map[string]int{}
	for i, mark := range order {
		at[mark] = i
	}
	youngest := -1
	for _, mark := range shown {
		i, known := at[mark]
		if known && i < youngest {
			c.note(&c.Inversions, "%s: %s stands after %s", where, mark, order[youngest])
		}
		youngest = max(youngest, i)
	}
}

// history compares messages, in order, with what was promised, and answers their order.
func (l *ledger) history(where string, messages []visitor.Message) (*tally, []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ids, youngest := &tally{}, map[string]bool{}, map[string]int{}
	var order []string
	for _, m := range messages {
		who := author(m)
		n := slices.IndexFunc(l.all[who], func(e *entry) bool { return e.is(m) })
		if ids[m.ID] || n < 0 {
			c.note(&c.Doubled, "%s: %s of %s has said %q once more", where, m.ID, who, m.Content)
			continue
		}
		ids[m.ID] = true
		e := l.all[who][n]
		order = append(order, e.mark)
		c.Checked++
		switch {
		case e.gone && m.Content != "":
			c.note(&c.Ghosts, "%s: %s is still %q", where, e.mark, m.Content)
		case !e.gone && m.Content != e.text():
			c.note(&c.Stale, "%s: %q stands for %q", where, m.Content, e.text())
		}
		switch before := youngest[who]; {
		case n >= before:
			youngest[who] = n
		case who == team.Slack:
			c.note(&c.Late, "%s: %s was told after %s", where, e.mark, l.all[who][before].mark)
		default:
			c.note(&c.Inversions, "%s: %s stands after %s", where, e.mark, l.all[who][before].mark)
		}
	}
	for _, all := range l.all {
		for _, e := range all {
			if !slices.ContainsFunc(messages, e.is) {
				c.note(&c.Lost, "%s: %s is lost", where, e.mark)
			}
		}
	}
	return c, order
}

func (e *entry) is(m visitor.Message) bool { return m.ID == e.id || strings.HasSuffix(m.ID, ":"+e.id) }

// author is who has said a message: the ids of operators' begin with their platform.
func author(m visitor.Message) string {
	if m.Sender == "visitor" {
		return "visitor"
	}
	platform, _, _ := strings.Cut(m.ID, ":")
	return platform
}
