package discord_test

import (
	"encoding/json"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestBotHearsOfItsOwnPostsAndOfOperators(t *testing.T) {
	b := unlimited(t)
	c, r := b.identify(intents)
	if r.User.ID != b.sim.ApplicationID() {
		t.Fatalf("ready: %+v", r)
	}
	thread := b.post("Ana", "hello there")
	var made struct {
		ID           string
		Name         string
		NewlyCreated bool `json:"newly_created"`
	}
	c.event("THREAD_CREATE", &made)
	if made.ID != thread || !made.NewlyCreated || made.Name != "Ana" {
		t.Fatalf("thread: %+v", made)
	}
	var first message
	c.event("MESSAGE_CREATE", &first)
	if first.ID != thread || first.ChannelID != thread || first.Content != "hello there" || first.Author.ID != r.User.ID {
		t.Fatalf("a post's first message has the thread's id: %+v", first)
	}
	ctx := deadline(t)
	said, err := b.sim.Say(ctx, thread, "Hi Ana!", discord.As("Omar"), discord.ReplyTo(thread), discord.WithFile("a.txt", "text/plain", []byte("x")))
	must(t, err)
	var heard message
	c.event("MESSAGE_CREATE", &heard)
	if heard.ID != said.ID || heard.Type != discord.TypeReply || heard.Author.Username != "omar" || heard.GuildID != b.sim.GuildID() ||
		heard.Referenced.ID != thread || len(heard.Attachments) != 1 {
		t.Fatalf("heard: %+v", heard)
	}
	must(t, b.sim.Edit(ctx, said.ID, "Hi Ana, welcome"))
	var edited message
	c.event("MESSAGE_UPDATE", &edited)
	if edited.Content != "Hi Ana, welcome" || edited.Edited == nil {
		t.Fatalf("edited: %+v", edited)
	}
	must(t, b.sim.React(ctx, thread, "👀"))
	var reaction struct {
		MessageID string `json:"message_id"`
		Emoji     struct{ Name string }
		Member    struct{ User struct{ Username string } }
	}
	c.event("MESSAGE_REACTION_ADD", &reaction)
	if reaction.MessageID != thread || reaction.Emoji.Name != "👀" || reaction.Member.User.Username != "olga" {
		t.Fatalf("reaction: %+v", reaction)
	}
	must(t, b.sim.Typing(ctx, thread))
	c.event("TYPING_START", nil)
	must(t, b.sim.Delete(ctx, said.ID))
	var gone struct{ ID string }
	c.event("MESSAGE_DELETE", &gone)
	must(t, b.sim.CloseThread(ctx, thread))
	var closed struct {
		Metadata struct{ Archived, Locked bool } `json:"thread_metadata"`
	}
	c.event("THREAD_UPDATE", &closed)
	if gone.ID != said.ID || !closed.Metadata.Archived || !closed.Metadata.Locked {
		t.Fatalf("gone %+v, closed %+v", gone, closed)
	}
	must(t, b.sim.DeleteThread(ctx, thread))
	c.event("THREAD_DELETE", nil)
}

func TestSessionResumesWithWhatWasMissed(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	c, r := b.identify(intents)
	seen := c.seq
	b.sim.DropGateway()
	if code := c.closedWith(); code != 0 {
		t.Fatalf("closed with %d, want a broken connection", code)
	}
	b.wait(func(v discord.State) bool { return !v.Connected() })
	for _, text := range []string{"one", "two", "three"} {
		_, err := b.sim.Say(deadline(t), thread, text)
		must(t, err)
	}
	again := b.resume(r, seen)
	for i, want := range []string{"one", "two", "three"} {
		p := again.next()
		var m message
		must(t, json.Unmarshal(p.Data, &m))
		if p.Type != "MESSAGE_CREATE" || m.Content != want || p.Seq != seen+int64(i)+1 {
			t.Fatalf("missed event %d: %+v", i, p)
		}
	}
	if p := again.next(); p.Type != "RESUMED" {
		t.Fatalf("after the missed ones: %+v", p)
	}
	if s := b.sim.State().Sessions(); len(s) != 1 || s[0].Resumes != 1 || !s[0].Connected {
		t.Fatalf("sessions: %+v", s)
	}
	if w := b.sim.Warnings(); len(w) != 0 {
		t.Fatalf("warnings: %+v", w)
	}
}
