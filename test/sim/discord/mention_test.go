package discord_test

import (
	"slices"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestWhoIsNotifiedFollowsAllowedMentions(t *testing.T) {
	b := unlimited(t)
	must(t, b.sim.SetRight("MENTION_EVERYONE", true))
	thread := b.post("Ana", "hello")
	olga := b.sim.User("Olga").ID
	text := "<@" + olga + "> <@&1440000000000001202> @everyone"
	for name, c := range map[string]struct {
		allowed any
		want    []string
	}{
		"not given":    {nil, []string{"olga", "@support", "@everyone"}},
		"parse null":   {fields{"parse": nil}, []string{"olga", "@support", "@everyone"}},
		"parse empty":  {fields{"parse": []string{}}, nil},
		"only users":   {fields{"parse": []string{"users"}}, []string{"olga"}},
		"only roles":   {fields{"parse": []string{"roles"}}, []string{"@support"}},
		"one by name":  {fields{"users": []string{olga}}, []string{"olga"}},
		"another user": {fields{"users": []string{b.sim.ApplicationID()}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			args := fields{"content": text}
			if c.allowed != nil {
				args["allowed_mentions"] = c.allowed
			}
			if got := b.sim.Message(b.sends(thread, args).ID).Notified; !slices.Equal(got, c.want) {
				t.Fatalf("notified %v, want %v", got, c.want)
			}
		})
	}
}

func TestEditWithoutAllowedMentionsParsesAnew(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	text := "<@" + b.sim.User("Omar").ID + ">"
	sent := b.sends(thread, fields{"content": text, "allowed_mentions": fields{"parse": []string{}}})
	if got := b.sim.State().Pinged(); len(got) != 0 {
		t.Fatalf("pinged: %+v", got)
	}
	b.ok("PATCH", "/channels/"+thread+"/messages/"+sent.ID, fields{"content": text + "!"}, nil)
	if got := b.sim.State().Pinged(); len(got) != 1 || !slices.Equal(got[0].Notified, []string{"omar"}) {
		t.Fatalf("pinged: %+v", got)
	}
}

func TestEveryoneIsNotPingedWithoutThePermission(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "@everyone @here <@&1440000000000001202>")
	if got := b.sim.Message(thread).Notified; len(got) != 0 {
		t.Fatalf("notified %v", got)
	}
}

func TestReplyPingsItsAuthorUnlessForbidden(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	said, err := b.sim.Say(deadline(t), thread, "q", discord.As("Olga"))
	must(t, err)
	for name, c := range map[string]struct {
		allowed fields
		want    []string
	}{
		"not given": {nil, []string{"olga"}},
		"forbidden": {fields{"parse": []string{}, "replied_user": false}, nil},
		"left out":  {fields{"parse": []string{}}, nil},
	} {
		args := fields{"content": "a", "message_reference": fields{"message_id": said.ID}}
		if c.allowed != nil {
			args["allowed_mentions"] = c.allowed
		}
		if got := b.sim.Message(b.sends(thread, args).ID).Notified; !slices.Equal(got, c.want) {
			t.Errorf("%s: notified %v, want %v", name, got, c.want)
		}
	}
}
