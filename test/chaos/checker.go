package chaos

import (
	"context"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// check waits until everything has arrived, as long as ctx allows, and compares.
func (c *crowd) check(ctx context.Context) (*verdict, error) {
	result := &verdict{}
	for _, on := range c.on {
		result.Platforms = append(result.Platforms, &shown{Name: on.Name()})
	}
	for _, v := range c.visitors {
		c.settle(ctx, v)
	}
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
		for i, on := range c.on {
			result.platform(result.Platforms[i], v, history, threadsOf(on, v), c.kills)
		}
	}
	return result, nil
}

// settle waits for the last of everything; what is missing afterwards is lost.
func (c *crowd) settle(ctx context.Context, v *talker) {
	for _, on := range c.on {
		for !v.everythingStands(on) && visitor.Sleep(ctx, look) {
		}
	}
	_ = v.Page().Wait(ctx, func() bool {
		shown := texts(v.Page().Messages())
		for _, a := range v.answered {
			if shown[a.content] == 0 {
				return false
			}
		}
		return true
	})
}

// everythingStands tells whether a platform shows all that the visitor said and operators wrote elsewhere.
func (v *talker) everythingStands(on team.Platform) bool {
	all := strings.Join(threadsOf(on, v), "\n")
	for _, p := range v.accepted {
		if !strings.Contains(all, p.content) {
			return false
		}
	}
	for _, a := range v.answered {
		if a.on != on.Name() && !strings.Contains(all, a.content) {
			return false
		}
	}
	return true
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
	for _, a := range v.answered {
		r.once("history", counts[a.content], a)
	}
}

func (r *verdict) once(where string, count int, a answer) {
	switch {
	case count == 0:
		r.note(&r.AnswersLost, "%s: %q from %s is lost", where, a.content, a.on)
	case count > 1:
		r.note(&r.AnswersDouble, "%s: %q from %s is there %d times", where, a.content, a.on, count)
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
	for _, a := range v.answered {
		r.once("page", counts[a.content], a)
	}
	for _, m := range history {
		if !ids[m.ID] {
			r.note(&r.Lost, "page: %q (%s) is not shown", m.Content, m.ID)
		}
	}
	r.AnswersDouble += v.Page().Counts().Doubles
	r.Regressions += v.Page().Counts().Regressions
}

// platform compares what operators see in a visitor's threads with what is stored. What they have written there themselves is not
// posted there; everything else is, in the order of the history. Of one conversation a kill repeats one post at most.
func (r *verdict) platform(p *shown, v *talker, history []visitor.Message, threads []string, kills int) {
	again := 0
	p.Threads += max(0, len(threads)-1)
	all := strings.Join(threads, "\n")
	own := map[string]bool{}
	for _, a := range v.answered {
		own[a.content] = a.on == p.Name
	}
	stored, seen, last := texts(history), map[string]bool{}, -1
	for _, m := range history {
		if seen[m.Content] {
			continue
		}
		seen[m.Content] = true
		count, at := strings.Count(all, m.Content), strings.Index(all, m.Content)
		switch {
		case own[m.Content]:
			if count > 0 {
				r.note(&p.Echoed, "%s: %q was written there, and is posted there", p.Name, m.Content)
			}
			continue
		case count == 0:
			r.note(&p.Lost, "%s: %q is lost", p.Name, m.Content)
		case at < last && len(threads) == 1:
			r.note(&p.Inversions, "%s: %q stands before what was said before", p.Name, m.Content)
		}
		for range count - stored[m.Content] {
			again++
			r.note(&p.Repeated, "%s: %q stands there %d times", p.Name, m.Content, count)
		}
		last = max(last, at)
	}
	if again > kills {
		r.note(&p.TooOften, "%s: %d posts of %s stand there again, after %d kills", p.Name, again, v.name, kills)
	}
}

// threadsOf is everything that Bellhop shows in a visitor's threads, oldest first.
func threadsOf(on team.Platform, v *talker) []string {
	var all []string
	for _, thread := range on.Threads(v.name + ".") {
		all = append(all, team.Text(on, thread.ID))
	}
	return all
}

// texts counts messages by their text.
func texts(messages []visitor.Message) map[string]int {
	counts := map[string]int{}
	for _, m := range messages {
		counts[m.Content]++
	}
	return counts
}
