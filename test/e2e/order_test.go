package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// full is `make order`.
var full = flag.Bool("full", false, "100,000 operations instead of a few hundred")

// size is how much is done: so many conversations at once, each with so many operations of its visitor and as many of the team. All that
// is said in one must fit a page of its history.
func size() (rounds, conversations, each int) {
	if *full {
		return 40, 25, 50
	}
	return 1, 8, 25
}

// settling is how long everything may take to arrive after the last operation. While a platform asks for pauses it takes seconds.
const settling = 2 * time.Minute

// G4 and G5. Visitors and the teams of three platforms write, correct, take back, answer, close and mark as read, all at once, while
// the platforms are slow, ask for pauses and lose answers. In the end all of them show the same, in the order of the history.
func TestOneOrderEverywhere(t *testing.T) {
	s := own(t, setup{})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rounds, conversations, each := size()
	total, begun := map[string]*tally{}, time.Now()
	var done atomic.Int64
	for round := range rounds {
		if round > 0 {
			t.Logf("%d operations after %s", done.Load(), time.Since(begun).Round(time.Second))
		}
		for _, found := range s.round(t, rand.New(rand.NewPCG(seed, uint64(round))), conversations, each, &done) {
			for where, c := range found {
				if total[where] == nil {
					total[where] = &tally{}
				}
				total[where].add(c)
			}
		}
	}
	t.Logf("%d operations in %s", done.Load(), time.Since(begun).Round(time.Second))
	for where, c := range total {
		t.Logf("%s: %v", where, c)
		if c.broken() {
			t.Errorf("%s: a promise was broken", where)
		}
		if c.Repeated > 0 {
			t.Errorf("%s shows %d posts twice, and told so", where, c.Repeated)
		}
		if c.Strays > 0 && where != team.Telegram {
			t.Errorf("%s shows %d posts astray, although it lets them be found", where, c.Strays)
		}
	}
	for _, p := range s.all {
		t.Logf("%s refused %d calls for their rate", p.Label(), p.Strain().Denied)
	}
}

// disturbed lets a platform be slow, ask for pauses and lose answers now and then.
func disturbed(p team.Platform) {
	p.Disturb(team.Trouble{Chance: 0.004, Status: http.StatusTooManyRequests, After: time.Second})
	p.Disturb(team.Trouble{With: team.Posting, Chance: 0.004, Unanswered: true})
	p.Disturb(team.Trouble{With: team.Editing, Chance: 0.004, Unanswered: true})
	p.Disturb(team.Trouble{Chance: 0.1, Latency: 30 * time.Millisecond})
}

// round plays conversations beside each other and answers what is wrong with them, by where.
func (s *stack) round(t *testing.T, chance *rand.Rand, conversations, each int, done *atomic.Int64) []map[string]*tally {
	t.Helper()
	talks := make([]*talk, conversations)
	for i := range talks {
		talks[i] = s.talk(t)
	}
	for _, p := range s.all {
		disturbed(p)
	}
	var wg sync.WaitGroup
	for _, k := range talks {
		for _, play := range []func(*rand.Rand) error{k.visits, k.answers} {
			own := rand.New(rand.NewPCG(chance.Uint64(), chance.Uint64()))
			wg.Go(func() {
				for range each {
					if err := play(own); err != nil {
						t.Error(err)
						return
					}
					done.Add(1)
				}
			})
		}
	}
	wg.Wait()
	for _, p := range s.all {
		p.Calm()
	}
	ctx, cancel := context.WithTimeout(t.Context(), settling)
	defer cancel()
	var found []map[string]*tally
	for _, k := range talks {
		found = append(found, k.settle(ctx))
		k.Close()
	}
	return found
}

// talk is one conversation with its ledger.
type talk struct {
	guest
	*ledger
	s     *stack
	rooms map[string]team.Room
	mine  []*entry
	posts map[string][]said
}

// said is what an operator has said and may still change.
type said struct {
	*entry
	post team.Post
}

// talk begins a conversation before anything is disturbed.
func (s *stack) talk(t *testing.T) *talk {
	t.Helper()
	k := &talk{guest: s.arrives(t), ledger: newLedger(), s: s, posts: map[string][]said{}}
	if err := k.says(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	k.rooms = s.rooms(t, k.guest)
	return k
}

func (k *talk) says(ctx context.Context, replyTo string) error {
	e, id := k.next("visitor"), ""
	err := insist(ctx, func() error {
		sent, err := k.Send(ctx, e.text(), replyTo)
		if id = sent.MessageID; err == nil {
			return nil
		}
		messages, _, unread := k.History(ctx, "", 0) // it may have been taken all the same
		for _, m := range messages {
			if unread == nil && m.Content == e.text() {
				id = m.ID
				return nil
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", e.mark, err)
	}
	e.id = id
	k.add("visitor", e)
	k.mine = append(k.mine, e)
	return nil
}

// insist tries again what was refused because the machine has too much to do.
func insist(ctx context.Context, try func() error) error {
	for {
		err := try()
		var refused *visitor.Refused
		if !errors.As(err, &refused) || refused.Status != http.StatusServiceUnavailable || !visitor.Sleep(ctx, 100*time.Millisecond) {
			return err
		}
	}
}

// visits is one operation of the visitor's.
func (k *talk) visits(chance *rand.Rand) error {
	ctx, cancel := context.WithTimeout(context.Background(), visitor.Patience)
	defer cancel()
	n := chance.IntN(len(k.mine))
	chosen := k.mine[n]
	switch dice := chance.IntN(100); {
	case dice < 65:
		return k.says(ctx, "")
	case dice < 75:
		return k.says(ctx, chosen.id)
	case chosen.gone:
		return nil
	case dice < 92:
		next := entry{mark: chosen.mark, version: chosen.version + 1}
		if err := insist(ctx, func() error { return k.Edit(ctx, chosen.id, next.text()) }); err != nil {
			return fmt.Errorf("edit %s: %w", chosen.mark, err)
		}
		k.change(func() { chosen.version++ })
	default:
		if err := insist(ctx, func() error { return k.Delete(ctx, chosen.id) }); err != nil {
			return fmt.Errorf("delete %s: %w", chosen.mark, err)
		}
		k.change(func() { chosen.gone = true })
	}
	return nil
}

// answers is one operation of the team's, on one of the platforms.
func (k *talk) answers(chance *rand.Rand) error {
	ctx, cancel := context.WithTimeout(context.Background(), visitor.Patience)
	defer cancel()
	name := everyPlatform[chance.IntN(len(everyPlatform))]
	room, posts := k.rooms[name], k.posts[name]
	dice := chance.IntN(100)
	switch {
	case dice < 60 || len(posts) == 0:
		return k.replies(ctx, chance, name)
	case dice < 66:
		_, err := room.Say(ctx, room.ID, "// what nobody else must read")
		return err
	case dice < 70:
		_, err := room.Say(ctx, room.ID, []string{"!read", "!close", "!colse", "!info"}[chance.IntN(4)])
		return err
	case dice < 75:
		if standing := room.Standing(); len(standing) > 0 {
			err := room.React(ctx, standing[chance.IntN(len(standing))], "👍")
			return ignoreMissing(err)
		}
		return nil
	}
	chosen := posts[chance.IntN(len(posts))]
	switch {
	case chosen.gone:
		return nil
	case dice < 92:
		next := entry{mark: chosen.mark, version: chosen.version + 1}
		if err := room.Edit(ctx, chosen.post, next.text()); err != nil {
			return fmt.Errorf("%s: edit %s: %w", name, chosen.mark, err)
		}
		k.change(func() { chosen.version++ })
	default:
		if err := room.TakeBack(ctx, chosen.post); err != nil {
			return fmt.Errorf("%s: take back %s: %w", name, chosen.mark, err)
		}
		k.change(func() { chosen.gone = true })
	}
	return nil
}

// replies writes as an operator, sometimes as an answer to a post of Bellhop's.
func (k *talk) replies(ctx context.Context, chance *rand.Rand, name string) error {
	room, e := k.rooms[name], k.next(name)
	var how []team.How
	if standing := room.Standing(); room.Can(team.Replying) && len(standing) > 0 && chance.IntN(3) == 0 {
		how = append(how, team.Answering(standing[chance.IntN(len(standing))]))
	}
	post, err := room.Say(ctx, room.ID, e.text(), how...)
	if err != nil && len(how) > 0 { // what was to be answered has gone meanwhile
		post, err = room.Say(ctx, room.ID, e.text())
	}
	if err != nil {
		return fmt.Errorf("%s: %s: %w", name, e.mark, err)
	}
	e.id = post.ID
	k.add(name, e)
	k.posts[name] = append(k.posts[name], said{e, post})
	return nil
}

// ignoreMissing is for a post that Bellhop has removed between a look and a touch.
func ignoreMissing(err error) error {
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// settle waits until everything is as it must be, as long as ctx allows, and answers what is not.
func (k *talk) settle(ctx context.Context) map[string]*tally {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		found, broken := k.check(context.WithoutCancel(ctx)), false
		for _, c := range found {
			broken = broken || c.broken()
		}
		if !broken {
			return found
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return found
		}
	}
}

func (k *talk) check(ctx context.Context) map[string]*tally {
	found := map[string]*tally{}
	const page = 100
	messages, more, err := k.History(ctx, "", page)
	if err != nil || more {
		found["history"] = &tally{Lost: 1, details: []string{fmt.Sprintf("history: more than a page %v, %v", more, err)}}
		return found
	}
	var order []string
	found["history"], order = k.history("history", messages)
	states := map[team.ThreadState]bool{}
	for name, room := range k.rooms {
		threads := room.Threads(k.name)
		c := &tally{Lost: 1, details: []string{name + " has no thread"}}
		if len(threads) > 0 {
			newest := threads[len(threads)-1]
			shown, strays := shownIn(room, newest.ID)
			c = k.platform(name, shown, order)
			c.Strays = strays
			c.Threads += len(threads) - 1
			states[newest.State] = true
		}
		found[name] = c
	}
	if len(states) > 1 {
		found["history"].note(&found["history"].Disagree, "%s is %v", k.name, states)
	}
	found["page"] = k.onPage(messages)
	return found
}

// onPage compares what the visitor's page shows with the history.
func (k *talk) onPage(history []visitor.Message) *tally {
	c, shown := &tally{}, map[string]visitor.Message{}
	for _, m := range k.Page().Messages() {
		shown[m.ID] = m
	}
	for _, m := range history {
		there, ok := shown[m.ID]
		switch {
		case !ok:
			c.note(&c.Lost, "page: %v is not shown", m)
		case there.Content != m.Content:
			c.note(&c.Stale, "page: %v is shown as %v", m, there)
		}
		c.Checked++
	}
	c.Doubled += k.Page().Counts().Doubles
	return c
}
