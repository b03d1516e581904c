package discord_test

import (
	"errors"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestEachMissingPermissionHasItsOwnRefusal(t *testing.T) {
	for right, c := range map[string]struct {
		method, path string
		body         any
		status, code int
	}{
		"VIEW_CHANNEL":             {"POST", "/channels/{thread}/messages", fields{"content": "x"}, 403, 50001},
		"SEND_MESSAGES":            {"POST", "/channels/{home}/threads", fields{"name": "n", "message": fields{"content": "x"}}, 403, 50013},
		"SEND_MESSAGES_IN_THREADS": {"POST", "/channels/{thread}/messages", fields{"content": "x"}, 403, 50013},
		"EMBED_LINKS":              {"POST", "/channels/{thread}/messages", fields{"embeds": []fields{{"title": "t"}}}, 403, 50013},
		"MANAGE_THREADS":           {"PATCH", "/channels/{thread}", fields{"locked": true}, 403, 50013},
		"MANAGE_MESSAGES":          {"DELETE", "/channels/{thread}/messages/{said}", nil, 403, 50013},
		"ADD_REACTIONS":            {"PUT", "/channels/{thread}/messages/{said}/reactions/%F0%9F%91%80/@me", nil, 403, 50013},
		"MANAGE_WEBHOOKS":          {"POST", "/channels/{home}/webhooks", fields{"name": "Visitors"}, 403, 50013},
	} {
		t.Run(right, func(t *testing.T) {
			b := unlimited(t)
			thread := b.post("Ana", "hello")
			said, err := b.sim.Say(deadline(t), thread, "q")
			must(t, err)
			path := expand(c.path, map[string]string{"thread": thread, "home": b.sim.ChannelID(), "said": said.ID})
			must(t, b.sim.SetRight(right, false))
			if b.sim.Rights()[right] {
				t.Fatal("it still has it")
			}
			b.refused(c.method, path, c.body, c.status, c.code)
			must(t, b.sim.SetRight(right, true))
			b.ok(c.method, path, c.body, nil)
		})
	}
}

func TestHistoryPermissionGuardsRepliesAndReading(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	said, err := b.sim.Say(deadline(t), thread, "q")
	must(t, err)
	must(t, b.sim.SetOverwrite([]string{"VIEW_CHANNEL"}, []string{"READ_MESSAGE_HISTORY"}))
	b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x", "message_reference": fields{"message_id": said.ID}}, 400, 160002)
	var history []message
	b.ok("GET", "/channels/"+thread+"/messages", nil, &history)
	if len(history) != 0 {
		t.Fatalf("read %d messages", len(history))
	}
	b.refused("GET", "/channels/"+thread+"/messages/"+said.ID, nil, 403, 50013)
	if b.upload("POST", "/channels/"+thread+"/messages", "", []byte("a")).Status != 200 {
		t.Fatal("what is not denied is allowed")
	}
	must(t, b.sim.SetOverwrite([]string{"VIEW_CHANNEL"}, []string{"ATTACH_FILES"}))
	if r := b.upload("POST", "/channels/"+thread+"/messages", "", []byte("a")); r.Code != 50013 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
}

func TestRemovedBotIsShutOutAndToldSo(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	thread := b.post("Ana", "hello")
	b.sim.RemoveBot()
	c.event("GUILD_DELETE", nil)
	b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x"}, 403, 50001)
	b.refused("GET", "/guilds/"+b.sim.GuildID()+"/threads/active", nil, 404, 10004)
	b.sim.InviteBot()
	c.event("GUILD_CREATE", nil)
	b.send(thread, "x")
}

func TestRevokedTokenEndsEverything(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	b.sim.RevokeToken()
	if code := c.closedWith(); code != 4004 {
		t.Fatalf("closed with %d", code)
	}
	b.refused("GET", "/users/@me", nil, 401, 0)
	b.sim.ReplaceToken("another.token")
	b.ok("GET", "/users/@me", nil, nil)
}

func TestBotThatCannotSeeTheChannelHearsNothingOfIt(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	thread := b.post("Ana", "hello")
	c.event("MESSAGE_CREATE", nil)
	must(t, b.sim.SetRight("VIEW_CHANNEL", false))
	c.event("GUILD_ROLE_UPDATE", nil)
	_, err := b.sim.Say(deadline(t), thread, "hidden")
	must(t, err)
	c.none("MESSAGE_CREATE")
	must(t, b.sim.SetRight("VIEW_CHANNEL", true))
	var list struct{ Threads []struct{ ID string } }
	c.event("THREAD_LIST_SYNC", &list)
	if len(list.Threads) != 1 || list.Threads[0].ID != thread {
		t.Fatalf("threads: %+v", list)
	}
}

func TestUnknownRightsAreRefused(t *testing.T) {
	b := unlimited(t)
	for _, err := range []error{
		b.sim.SetRight("CAN_FLY", true), b.sim.SetOverwrite(nil, []string{"CAN_FLY"}), b.sim.SetIntent("GUILDS", false),
	} {
		if err == nil {
			t.Fatal("it was taken")
		}
	}
	if _, err := b.sim.Say(deadline(t), "", "x"); !errors.Is(err, discord.ErrNoThread) {
		t.Fatalf("a forum itself takes no messages: %v", err)
	}
}
