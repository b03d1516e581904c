package discord_test

import (
	"encoding/json"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestSnapshotBringsBackTheState(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	thread := b.post("Ana", "x")
	kept, err := b.sim.Say(ctx, thread, "kept", discord.WithFile("a", "text/plain", []byte("content")))
	must(t, err)
	_, snapshot := b.get(b.sim.PageURL() + "_sim/snapshot")
	c, _ := b.identify(intents)
	b.send(thread, "gone later")
	c.event("MESSAGE_CREATE", nil)
	b.sim.RemoveBot()
	c.event("GUILD_DELETE", nil)
	b.robot("restore", string(snapshot), nil)
	if p := c.next(); p.Op != 9 {
		t.Fatalf("a connection of the past heard %+v", p)
	}
	later := b.send(thread, "after")
	messages := b.sim.Thread(thread).Messages()
	if len(messages) != 3 || messages[1].Text != "kept" || messages[2].ID != later {
		t.Fatalf("messages: %+v", messages)
	}
	if data, _, ok := b.sim.File(kept.Attachments[0].ID); !ok || string(data) != "content" {
		t.Fatalf("file: %q", data)
	}
}

func TestResetStartsAfreshWithoutRepeatingIDs(t *testing.T) {
	b := unlimited(t)
	first := b.post("Ana", "x")
	b.robot("reset", "", nil)
	if len(b.sim.Threads()) != 0 || len(b.sim.Requests("")) != 0 {
		t.Fatal("something is left")
	}
	if second := b.post("Ben", "x"); second <= first {
		t.Fatalf("%s came after %s", second, first)
	}
}

func TestOverviewShowsEverything(t *testing.T) {
	b := unlimited(t)
	b.post("Ana", "hi <@"+b.sim.User("Olga").ID+">")
	b.identify(intents)
	var state struct {
		Token, PublicKey string
		Threads          []discord.Thread
		Sessions         []discord.Session
		Rights           map[string]bool
		Requests         int
	}
	b.inspect("state", &state)
	if state.Token != b.sim.Token() || state.PublicKey != b.sim.PublicKey() || len(state.Threads) != 1 || len(state.Sessions) != 1 ||
		!state.Rights["MANAGE_THREADS"] || state.Rights["ADMINISTRATOR"] || state.Requests != 2 {
		t.Fatalf("state: %+v", state)
	}
	var pinged []discord.Message
	b.inspect("pinged", &pinged)
	if len(pinged) != 1 || pinged[0].Shown != "hi @Olga" {
		t.Fatalf("pinged: %+v", pinged)
	}
	for _, path := range []string{"threads", "messages/" + pinged[0].ID, "requests?method=createThread", "deliveries", "interactions", "sessions", "limits", "warnings", "faults"} {
		var any json.RawMessage
		b.inspect(path, &any)
	}
}
