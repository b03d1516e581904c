package redis

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/occupancy"
)

// errAnswer says that a script answered something else than its first lines say.
var errAnswer = errors.New("unexpected answer of a script")

// answer is read from front to back. The first thing that goes wrong is kept, for those inside of others too.
type answer struct {
	items  []any
	err    error
	within *answer
}

func ask(ctx context.Context, client goredis.UniversalClient, script *goredis.Script, keys []string, args ...any) *answer {
	items, err := script.Run(ctx, client, keys, args...).Slice()
	return &answer{items: items, err: err}
}

// done answers what went wrong.
func (a *answer) done() error { return a.err }

func (a *answer) fail(item any) {
	for ; a != nil; a = a.within {
		if a.err == nil {
			a.err = fmt.Errorf("%w: %T", errAnswer, item)
		}
	}
}

// take answers the next item, the zero value when it is none of this type.
func take[T any](a *answer) T {
	var item any
	if len(a.items) > 0 {
		item, a.items = a.items[0], a.items[1:]
	}
	value, ok := item.(T)
	if !ok {
		a.fail(item)
	}
	return value
}

func (a *answer) flag() bool      { return take[int64](a) != 0 }
func (a *answer) number() int64   { return take[int64](a) }
func (a *answer) text() string    { return take[string](a) }
func (a *answer) list() *answer   { return &answer{items: take[[]any](a), within: a} }
func (a *answer) texts() []string { return a.list().rest() }

// rest answers the items that are left, all of them texts.
func (a *answer) rest() (texts []string) {
	for len(a.items) > 0 {
		texts = append(texts, a.text())
	}
	return texts
}

// each goes through the lists that are left.
func (a *answer) each() iter.Seq[*answer] {
	return func(yield func(*answer) bool) {
		for len(a.items) > 0 && yield(a.list()) {
		}
	}
}

// name reads a token.
func (a *answer) name() string {
	token := a.text()
	name, err := id.Decode(token)
	if err != nil {
		a.fail(token)
	}
	return name
}

// settled reads what settle in channel.lua answers.
func (a *answer) settled(app string) (change occupancy.Change, changed bool) {
	change = occupancy.Change{App: app, Channel: a.name(), Roster: &sessionsv1.Roster{}}
	changed = a.flag()
	r := change.Roster
	r.Version, r.After, r.Sockets, r.Users = uint64(a.number()), uint64(a.number()), a.number(), int32(a.number())
	r.Added = a.pairs()
	r.Removed = a.texts()
	slices.Sort(r.Removed)
	return change, changed
}

// standings reads what look.lua answers.
func (a *answer) standings() (standings []*sessionsv1.Standing) {
	for s := range a.each() {
		standings = append(standings, &sessionsv1.Standing{
			Channel: s.name(), Version: uint64(s.number()), Sockets: s.number(), Users: int32(s.number()), Members: s.members(),
		})
	}
	return standings
}

// pairs reads users, each with something after it.
func (a *answer) pairs() (members []*sessionsv1.Member) {
	for list := a.list(); len(list.items) > 0; {
		members = append(members, &sessionsv1.Member{User: list.text(), Info: list.text()})
	}
	occupancy.Sort(members)
	return members
}

// members reads a hash of user → "<gateways> <info>".
func (a *answer) members() []*sessionsv1.Member {
	members := a.pairs()
	for _, m := range members {
		_, info, found := strings.Cut(m.GetInfo(), " ")
		if !found {
			a.fail(m.GetInfo())
		}
		m.Info = info
	}
	return members
}
