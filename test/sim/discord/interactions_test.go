package discord_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

// pressed is what the tests read of INTERACTION_CREATE.
type pressed struct {
	ID, Token     string
	Type          int
	ApplicationID string `json:"application_id"`
	ChannelID     string `json:"channel_id"`
	Data          struct {
		CustomID string `json:"custom_id"`
		Name     string
		Options  []struct {
			Name  string
			Type  int
			Value json.RawMessage
		}
	}
	Member  struct{ User struct{ Username string } }
	Message message
}

func (p pressed) callback() string { return "/interactions/" + p.ID + "/" + p.Token + "/callback" }

// card posts a message with a button, presses it and returns what the bot heard.
func (b *bot) card(c *client, thread string) (pressed, discord.Interaction) {
	b.t.Helper()
	m := b.sends(thread, fields{"content": "card", "components": buttons("Close", "c:1")})
	begun, err := b.sim.Press(deadline(b.t), m.ID, "Close", discord.As("Omar"))
	must(b.t, err)
	var p pressed
	c.event("INTERACTION_CREATE", &p)
	if p.ID != begun.ID || p.Type != 3 || p.Data.CustomID != "c:1" || p.Member.User.Username != "omar" || p.Message.ID != m.ID || p.ChannelID != thread {
		b.t.Fatalf("interaction: %+v", p)
	}
	return p, begun
}

func TestPressIsAnsweredOnceAndInTime(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	thread := b.post("Ana", "x")
	p, begun := b.card(c, thread)
	if begun.Verdict != discord.VerdictWaiting || begun.Via != "gateway" {
		t.Fatalf("begun: %+v", begun)
	}
	b.ok("POST", p.callback(), fields{"type": 4, "data": fields{"content": "done <@&1440000000000001202>", "flags": 64}}, nil)
	b.refused("POST", p.callback(), fields{"type": 6}, 400, 40060)
	i, err := b.sim.AwaitAnswer(deadline(t), p.ID)
	must(t, err)
	if i.Verdict != discord.VerdictAnswered || i.Answer != 4 || !i.Ephemeral || !slices.Equal(i.Refused, []int{40060}) {
		t.Fatalf("answered: %+v", i)
	}
	answer := b.sim.Message(i.ResponseID)
	if answer.OnlyFor != b.sim.User("Omar").ID || len(answer.Notified) != 0 {
		t.Fatalf("answer: %+v", answer)
	}
	b.refused("GET", "/channels/"+thread+"/messages/"+answer.ID, nil, 404, 10008)
	c.none("MESSAGE_CREATE")
}

func TestLateAnswerIsUnknown(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	p, _ := b.card(c, b.post("Ana", "x"))
	b.sim.Clock().Advance(3 * time.Second)
	b.refused("POST", p.callback(), fields{"type": 6}, 404, 10062)
	b.refused("POST", "/interactions/"+p.ID+"/wrong/callback", fields{"type": 6}, 404, 10062)
	if i := b.sim.State().Interaction(p.ID); i.Verdict != discord.VerdictFailed || !slices.Equal(i.Refused, []int{10062}) {
		t.Fatalf("interaction: %+v", i)
	}
}

func TestDeferredAnswerIsFilledInLater(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	p, _ := b.card(c, b.post("Ana", "x"))
	hook := "/webhooks/" + p.ApplicationID + "/" + p.Token
	b.refused("POST", hook, fields{"content": "too early"}, 404, 10015)
	var full struct {
		Resource struct{ Message message }
	}
	b.ok("POST", p.callback()+"?with_response=true", fields{"type": 5}, &full)
	var edited, second message
	b.ok("PATCH", hook+"/messages/@original", fields{"content": "filled in"}, &edited)
	b.ok("POST", hook, fields{"content": "and more", "flags": 64}, &second)
	if edited.ID != full.Resource.Message.ID || edited.Content != "filled in" || second.ID == edited.ID || second.Flags&64 == 0 {
		t.Fatalf("%+v, %+v", edited, second)
	}
	b.ok("DELETE", hook+"/messages/"+second.ID, nil, nil)
	b.sim.Clock().Advance(15 * time.Minute)
	b.refused("PATCH", hook+"/messages/@original", fields{"content": "x"}, 401, 50027)
}

func TestFollowUpsOfOneInteractionDoNotSlowAnother(t *testing.T) {
	b := start(t, discord.Options{})
	c, _ := b.identify(intents)
	thread := b.post("Ana", "x")
	one, _ := b.card(c, thread)
	two, _ := b.card(c, thread)
	for _, p := range []pressed{one, two} {
		b.ok("POST", p.callback(), fields{"type": 6}, nil)
	}
	hook := "/webhooks/" + one.ApplicationID + "/"
	for range 5 {
		b.ok("POST", hook+one.Token, fields{"content": "x", "flags": 64}, nil)
	}
	b.refused("POST", hook+one.Token, fields{"content": "x"}, 429, 0)
	b.ok("POST", hook+two.Token, fields{"content": "x", "flags": 64}, nil)
}

func TestPressUpdatesItsOwnMessage(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	p, _ := b.card(c, b.post("Ana", "x"))
	b.ok("POST", p.callback(), fields{"type": 7, "data": fields{"content": "closed by Omar", "components": []fields{}}}, nil)
	c.event("MESSAGE_UPDATE", nil)
	if m := b.sim.Message(p.Message.ID); m.Text != "closed by Omar" || len(m.Buttons) != 0 {
		t.Fatalf("message: %+v", m)
	}
	if _, err := b.sim.Press(deadline(t), p.Message.ID, "Close"); !errors.Is(err, discord.ErrNoButton) {
		t.Fatalf("pressed a button that is gone: %v", err)
	}
}

func TestWrongCallbacksAreRefusedAndLeaveTheInteractionOpen(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	p, _ := b.card(c, b.post("Ana", "x"))
	for name, body := range map[string]fields{
		"no type":      {},
		"unknown type": {"type": 99},
		"pong":         {"type": 1},
		"empty":        {"type": 4, "data": fields{"content": ""}},
		"too long":     {"type": 4, "data": fields{"content": strings.Repeat("x", 2001)}},
	} {
		if r := b.call("POST", p.callback(), body); r.Status != 400 {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
	b.ok("POST", p.callback(), fields{"type": 6}, nil)
}

func TestCommandsAreRegisteredAndRunInThreads(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	thread := b.post("Ana", "x")
	path := "/applications/" + b.sim.ApplicationID() + "/guilds/" + b.sim.GuildID() + "/commands"
	commands := []fields{
		{"name": "close", "description": "closes"},
		{"name": "note", "description": "notes", "options": []fields{{"type": 3, "name": "text", "description": "t", "required": true}}},
	}
	var first, second []struct{ ID, Name string }
	b.ok("PUT", path, commands, &first)
	b.ok("PUT", path, commands, &second)
	if len(second) != 2 || first[1].ID != second[1].ID {
		t.Fatalf("registered: %+v, %+v", first, second)
	}
	for _, bad := range []any{
		[]fields{{"name": "Close", "description": "d"}}, []fields{{"name": "x"}}, fields{"name": "x"},
		[]fields{{"name": "a", "description": "d"}, {"name": "a", "description": "d"}},
	} {
		if r := b.call("PUT", path, bad); r.Status != 400 || r.Code != 50035 {
			t.Errorf("%v: %d %s", bad, r.Status, r.Body)
		}
	}
	for _, err := range []error{
		second1(b.sim.Slash(deadline(t), thread, "nothing", nil)), second1(b.sim.Slash(deadline(t), thread, "note", nil)),
		second1(b.sim.Slash(deadline(t), thread, "close", map[string]any{"text": "x"})),
	} {
		if !errors.Is(err, discord.ErrNoCommand) {
			t.Errorf("slash: %v", err)
		}
	}
	begun, err := b.sim.Slash(deadline(t), thread, "/note", map[string]any{"text": "rude"}, discord.As("Olga"))
	must(t, err)
	var p pressed
	c.event("INTERACTION_CREATE", &p)
	if p.ID != begun.ID || p.Type != 2 || p.Data.Name != "note" || string(p.Data.Options[0].Value) != `"rude"` || p.ChannelID != thread {
		t.Fatalf("command: %+v", p)
	}
	b.ok("POST", p.callback(), fields{"type": 4, "data": fields{"content": "noted"}}, nil)
	var answer message
	c.event("MESSAGE_CREATE", &answer)
	if answer.Type != 20 || answer.Content != "noted" {
		t.Fatalf("answer: %+v", answer)
	}
}

func second1[T any](_ T, err error) error { return err }

func TestPressWithNobodyThereFails(t *testing.T) {
	b := unlimited(t)
	m := b.sends(b.post("Ana", "x"), fields{"content": "card", "components": buttons("Close", "c:1")})
	i, err := b.sim.Press(deadline(t), m.ID, "Close")
	must(t, err)
	if i.Verdict != discord.VerdictFailed || i.Via != "" {
		t.Fatalf("interaction: %+v", i)
	}
}
