package chaos

import (
	"context"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// verdict is what the checker found of one crowd. All but the last group must be 0.
type verdict struct {
	Lost          int // answered 200 and not in the history, or not on the platform
	Duplicated    int // in the history twice by id
	Inversions    int // in the history, on the page or on the platform after something younger
	AnswersLost   int // operators' words that the history or the page does not have
	AnswersDouble int // operators' words that the history or the page has twice
	Regressions   int // statuses that went back on a page; reported

	Accepted int // answered 200
	Unasked  int // in the history without a 200: the answer was lost, and the visitor sent the text again
	Repeated int // posts that the platform shows more often than the history
	Topics   int // topics beyond one for each visitor
	details  []string
}

func (v *verdict) note(count *int, format string, args ...any) {
	if *count++; len(v.details) < 20 {
		v.details = append(v.details, fmt.Sprintf(format, args...))
	}
}

// broken tells whether a promise was broken.
func (v *verdict) broken() bool {
	return v.Lost+v.Duplicated+v.Inversions+v.AnswersLost+v.AnswersDouble > 0
}

func (v *verdict) String() string {
	return fmt.Sprintf("accepted %d, lost %d, duplicated %d, inversions %d, answers lost %d, answers doubled %d | "+
		"stored without a 200 %d, posts repeated %d, topics repeated %d, statuses that went back %d\n%s",
		v.Accepted, v.Lost, v.Duplicated, v.Inversions, v.AnswersLost, v.AnswersDouble,
		v.Unasked, v.Repeated, v.Topics, v.Regressions, strings.Join(v.details, "\n"))
}

// check waits until everything has arrived, as long as ctx allows, and compares.
func (c *crowd) check(ctx context.Context) (*verdict, error) {
	for _, v := range c.visitors {
		c.settle(ctx, v)
	}
	result := &verdict{}
	for _, v := range c.visitors {
		// More than any of them says, and a page's limit: see rounds.
		history, more, err := v.History(context.WithoutCancel(ctx), "", 100)
		if err != nil {
			return nil, fmt.Errorf("history of %s: %w", v.name, err)
		}
		if more {
			return nil, fmt.Errorf("history of %s is longer than a page", v.name)
		}
		result.Accepted += len(v.accepted)
		result.history(v, history)
		result.page(v, history)
		result.platform(c.on, v, history)
	}
	return result, nil
}

// settle waits for the last of everything; what is missing afterwards is lost.
func (c *crowd) settle(ctx context.Context, v *talker) {
	_ = c.on.WaitFor(ctx, func() bool {
		for _, p := range v.accepted {
			if standing(c.on, v, p.content) == "" {
				return false
			}
		}
		return true
	})
	_ = v.Page().Wait(ctx, func() bool {
		shown := texts(v.Page().Messages())
		for _, reply := range v.answered {
			if shown[reply] == 0 {
				return false
			}
		}
		return true
	})
}

// history compares what was promised with what is stored.
func (r *verdict) history(v *talker, history []visitor.Message) {
	byID, counts, before := map[string]int{}, texts(history), ""
	for _, m := range history {
		if byID[m.ID]++; byID[m.ID] == 2 {
			r.note(&r.Duplicated, "%s is in the history twice", m.ID)
		}
		if m.Sender != "visitor" {
			continue
		}
		if m.Content < before { // the numbers have as many digits each
			r.note(&r.Inversions, "history: %q after %q", m.Content, before)
		}
		before = m.Content
	}
	for _, p := range v.accepted {
		if byID[p.id] == 0 {
			r.note(&r.Lost, "history: %q (%s) is lost", p.content, p.id)
		}
		r.Unasked += max(0, counts[p.content]-1)
	}
	for _, reply := range v.answered {
		r.once("history", counts[reply], reply)
	}
}

func (r *verdict) once(where string, count int, reply string) {
	switch {
	case count == 0:
		r.note(&r.AnswersLost, "%s: %q is lost", where, reply)
	case count > 1:
		r.note(&r.AnswersDouble, "%s: %q is there %d times", where, reply, count)
	}
}

// page compares what the visitor sees with what is stored.
func (r *verdict) page(v *talker, history []visitor.Message) {
	shown := v.Page().Messages()
	counts, ids := texts(shown), map[string]bool{}
	for _, m := range shown {
		if ids[m.ID] {
			r.note(&r.Duplicated, "page: %s is shown twice", m.ID)
		}
		ids[m.ID] = true
	}
	for _, reply := range v.answered {
		r.once("page", counts[reply], reply)
	}
	for _, m := range history {
		if !ids[m.ID] {
			r.note(&r.Lost, "page: %q (%s) is not shown", m.Content, m.ID)
		}
	}
	r.AnswersDouble += v.Page().Counts().Doubles
	r.Regressions += v.Page().Counts().Regressions
}

// platform compares what operators see with what is stored.
func (r *verdict) platform(on team.Platform, v *talker, history []visitor.Message) {
	topics := topicsOf(on, v)
	r.Topics += max(0, len(topics)-1)
	var all strings.Builder
	for _, topic := range topics {
		all.WriteString(topic.text)
	}
	stored, last := texts(history), -1
	for _, p := range v.accepted {
		count, at := strings.Count(all.String(), p.content), strings.Index(all.String(), p.content)
		r.Repeated += max(0, count-stored[p.content])
		switch {
		case count == 0:
			r.note(&r.Lost, "platform: %q is lost", p.content)
		case at < last && len(topics) == 1:
			r.note(&r.Inversions, "platform: %q stands before the one that was said before", p.content)
		}
		last = max(last, at)
	}
}

// shownTopic is a topic's id and everything that Bellhop shows in it.
type shownTopic struct{ id, text string }

func topicsOf(on team.Platform, v *talker) []shownTopic {
	var topics []shownTopic
	for _, thread := range on.Threads(v.name + ".") {
		topics = append(topics, shownTopic{thread.ID, team.Text(on, thread.ID)})
	}
	return topics
}

// texts counts messages by their text.
func texts(messages []visitor.Message) map[string]int {
	counts := map[string]int{}
	for _, m := range messages {
		counts[m.Content]++
	}
	return counts
}
