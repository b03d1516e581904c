package slack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/page"
)

type threadRow struct {
	TS                string
	Name, State, Last string
	Initial           string
	Hue               int
	Time, Typing      string
	New               int // the app's messages since the last operator's
	Selected          bool
}

func (s *Server) viewThreads(v *pageView, ch *channel) {
	var roots []string
	for _, ts := range ch.Timeline {
		if ch.Messages[ts].begins() {
			roots = append(roots, ts)
		}
	}
	slices.SortStableFunc(roots, func(a, b string) int { return cmp.Compare(ch.latest(b), ch.latest(a)) })
	v.Empty = len(roots) == 0
	if len(roots) > shownThreads {
		v.More = len(roots) - shownThreads
		roots = roots[:shownThreads]
	}
	for _, ts := range roots {
		v.Threads = append(v.Threads, s.threadRow(ch, ts))
	}
	whole := threadRow{Name: "# " + ch.Name, State: "open", Initial: "#", Hue: 290, Last: "Everything in the channel"}
	v.Threads = append(v.Threads, whole)
	v.Current = whole
	for i := range v.Threads {
		v.Threads[i].Selected = v.Threads[i].TS == v.ThreadTS
	}
	if v.ThreadTS != "" {
		v.Current = s.threadRow(ch, v.ThreadTS)
	}
}

func (s *Server) threadRow(ch *channel, ts string) threadRow {
	root, t := ch.Messages[ts], ch.Threads[ts]
	lines := title(root)
	row := threadRow{TS: ts, Name: shorten(strings.Join(lines, " · "), 60), State: "open", Typing: t.status(s.clock.Now())}
	switch {
	case root.Deleted && !root.Tombstone && ch.digest(ts).count > 0:
		row.State = "orphan"
	case root.Deleted:
		row.State = "deleted"
	case t != nil && t.Locked:
		row.State = "locked"
	}
	row.Initial, row.Hue = page.Initial(lines[len(lines)-1]), page.Hue(ts)
	all := []string{ts}
	if t != nil {
		all = append(all, t.Replies...)
	}
	row.recent(ch, all)
	return row
}

// recent tells of a thread's last message, and how many the app posted since a person wrote.
func (row *threadRow) recent(ch *channel, all []string) {
	for _, at := range slices.Backward(all) {
		m := ch.Messages[at]
		if m.Ephemeral != "" {
			continue
		}
		if row.Time == "" {
			row.Last, row.Time = summary(m), hourMinute(m.Date)
			if !m.From.IsBot {
				row.Last = m.From.RealName + ": " + row.Last
			}
		}
		if !m.From.IsBot || row.New == 99 {
			break
		}
		if m.FromBot() && !m.Deleted {
			row.New++
		}
	}
}

// title is what a root shows first: two lines, because the first one often tells of a state only.
func title(m *Message) []string {
	var lines []string
	for line := range strings.Lines(shortcode.ReplaceAllStringFunc(m.Shown, emojiChar)) {
		if line = strings.Trim(line, "*_~ \n"); line != "" && len(lines) < 2 {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		lines = []string{summary(m)}
	}
	return lines
}

func summary(m *Message) string {
	text := strings.Join(strings.Fields(shortcode.ReplaceAllStringFunc(m.Shown, emojiChar)), " ")
	if text == "" && len(m.Files) > 0 {
		text = fmt.Sprintf("[%d file]", len(m.Files))
	}
	return shorten(text, 80)
}

func shorten(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return text
}

func hourMinute(at time.Time) string { return at.Local().Format("15:04") }
