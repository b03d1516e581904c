package discord_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestIdleThreadArchivesItselfAndWritingOpensIt(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	thread := b.post("Ana", "hello")
	b.ok("PATCH", "/channels/"+thread, fields{"auto_archive_duration": 60}, nil)
	c.event("THREAD_UPDATE", nil)
	b.sim.Clock().Advance(59 * time.Minute)
	if got := b.sim.Thread(thread).State; got != discord.ThreadOpen {
		t.Fatalf("state %s too early", got)
	}
	b.sim.Clock().Advance(time.Minute)
	if got := b.sim.Thread(thread).State; got != discord.ThreadArchived {
		t.Fatalf("state %s", got)
	}
	c.event("THREAD_UPDATE", nil)
	b.refused("PATCH", "/channels/"+thread+"/messages/"+thread, fields{"content": "x"}, 400, 50083)
	b.refused("PUT", "/channels/"+thread+"/messages/"+thread+"/reactions/%F0%9F%91%80/@me", nil, 400, 50083)
	b.refused("PATCH", "/channels/"+thread, fields{"name": "x"}, 400, 50083)
	b.send(thread, "again")
	c.event("THREAD_UPDATE", nil)
	c.event("MESSAGE_CREATE", nil)
	if got := b.sim.Thread(thread); got.State != discord.ThreadOpen {
		t.Fatalf("thread: %+v", got)
	}
	b.ok("PATCH", "/channels/"+thread+"/messages/"+thread, fields{"content": "x"}, nil)
}

func TestLockedThreadTakesManageThreads(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	b.ok("PATCH", "/channels/"+thread, fields{"archived": true, "locked": true}, nil)
	if got := b.sim.Thread(thread).State; got != discord.ThreadClosed {
		t.Fatalf("state %s", got)
	}
	must(t, b.sim.SetRight("MANAGE_THREADS", false))
	b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x"}, 403, 160005)
	b.refused("PATCH", "/channels/"+thread, fields{"archived": false}, 403, 50013)
	must(t, b.sim.SetRight("MANAGE_THREADS", true))
	b.ok("PATCH", "/channels/"+thread, fields{"archived": false, "locked": false}, nil)
	b.send(thread, "x")
	must(t, b.sim.SetRight("MANAGE_THREADS", false))
	b.refused("PATCH", "/channels/"+thread, fields{"locked": true}, 403, 50013)
	b.ok("PATCH", "/channels/"+thread, fields{"archived": true}, nil) // its own thread
	b.ok("PATCH", "/channels/"+thread, fields{"archived": false}, nil)
	b.refused("DELETE", "/channels/"+thread, nil, 403, 50013)
}

func TestDeletedThreadIsUnknown(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	must(t, b.sim.DeleteThread(deadline(t), thread))
	b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x"}, 404, 10003)
	b.refused("PATCH", "/channels/"+thread, fields{"archived": false}, 404, 10003)
	if _, err := b.sim.Say(deadline(t), thread, "x"); !errors.Is(err, discord.ErrNoThread) {
		t.Fatal(err)
	}
	must(t, b.sim.DeleteChannel(deadline(t)))
	b.refused("POST", "/channels/"+b.sim.ChannelID()+"/threads", fields{"name": "n", "message": fields{"content": "x"}}, 404, 10003)
}

func TestThreadOutlivesItsFirstMessage(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	b.ok("DELETE", "/channels/"+thread+"/messages/"+thread, nil, nil)
	b.send(thread, "still here")
	if got := b.sim.Thread(thread).State; got != discord.ThreadOpen {
		t.Fatalf("state %s", got)
	}
}

func TestActiveThreadsAreCapped(t *testing.T) {
	b := start(t, discord.Options{ActiveThreads: 2, Budget: discord.Budget{Off: true}})
	first := b.post("a", "x")
	b.post("b", "x")
	body := fields{"name": "c", "message": fields{"content": "x"}}
	b.refused("POST", "/channels/"+b.sim.ChannelID()+"/threads", body, 400, 160006)
	b.ok("PATCH", "/channels/"+first, fields{"archived": true}, nil)
	b.post("c", "x")
	b.refused("POST", "/channels/"+first+"/messages", fields{"content": "x"}, 400, 160006)
}

func TestForumPostsAreChecked(t *testing.T) {
	b := start(t, discord.Options{RequireTag: true, Tags: []string{"open", "closed"}, Budget: discord.Budget{Off: true}})
	path := "/channels/" + b.sim.ChannelID() + "/threads"
	message := fields{"content": "x"}
	b.refused("POST", path, fields{"name": "n", "message": message}, 400, 40067)
	b.refused("POST", path, fields{"name": "n", "message": message, "applied_tags": []string{"1440000000000009999"}}, 400, 50035)
	b.refused("POST", path, fields{"name": "", "message": message}, 400, 50035)
	b.refused("POST", path, fields{"name": "n"}, 400, 50035)
	b.refused("POST", path, fields{"name": "n", "message": fields{}, "applied_tags": []string{"1440000000000001301"}}, 400, 50006)
	b.refused("POST", path, fields{"name": "n", "message": message, "auto_archive_duration": 61}, 400, 50035)
	var made struct{ ID string }
	b.ok("POST", path, fields{"name": "n", "message": message, "applied_tags": []string{"1440000000000001301"}}, &made)
	if got := b.sim.Thread(made.ID).Tags; len(got) != 1 || got[0] != "open" {
		t.Fatalf("tags %v", got)
	}
	must(t, b.sim.TagThread(deadline(t), made.ID, []string{"closed"}))
	if err := b.sim.TagThread(deadline(t), made.ID, []string{"nonsense"}); !errors.Is(err, discord.ErrNoTag) {
		t.Fatal(err)
	}
}

func TestTextChannelsThreadsBeginAtMessages(t *testing.T) {
	b := textual(t)
	c, _ := b.identify(intents)
	home := "/channels/" + b.sim.ChannelID()
	root := b.send(b.sim.ChannelID(), "Ana: hello")
	var made struct{ ID string }
	b.ok("POST", home+"/messages/"+root+"/threads", fields{"name": "Ana"}, &made)
	if made.ID != root {
		t.Fatalf("thread %s of message %s", made.ID, root)
	}
	b.refused("POST", home+"/messages/"+root+"/threads", fields{"name": "Ana"}, 400, 160004)
	c.event("THREAD_CREATE", nil)
	if first := b.sim.Thread(root).Messages()[0]; first.Type != discord.TypeStarter || first.ReplyTo != root {
		t.Fatalf("first: %+v", first)
	}
	b.send(root, "in the thread")
	var bare struct{ Type int }
	b.ok("POST", home+"/threads", fields{"name": "bare", "type": 11}, &bare)
	if bare.Type != 11 {
		t.Fatalf("type %d", bare.Type)
	}
	must(t, b.sim.SetRight("CREATE_PUBLIC_THREADS", false))
	other := b.send(b.sim.ChannelID(), "Ben: hello")
	b.refused("POST", home+"/messages/"+other+"/threads", fields{"name": "Ben"}, 403, 50013)
	b.refused("POST", home+"/threads", fields{"name": "p"}, 403, 50013) // private by default
	b.refused("POST", "/channels/"+root+"/threads", fields{"name": "p", "type": 11}, 400, 50024)
}

func TestOperatorsOpenThreadsByHand(t *testing.T) {
	for name, b := range map[string]*bot{"forum": unlimited(t), "text": textual(t)} {
		t.Run(name, func(t *testing.T) {
			made, err := b.sim.CreateThread(deadline(t), "By hand", "first words", discord.As("Omar"))
			must(t, err)
			b.send(made.ID, "hello from the bot")
			if found, err := b.sim.AwaitThread(deadline(t), "By hand"); err != nil || found.ID != made.ID || found.OwnerID != b.sim.User("Omar").ID {
				t.Fatalf("%+v %v", found, err)
			}
			m, err := b.sim.AwaitMessage(deadline(t), made.ID, "from the bot")
			must(t, err)
			if !m.FromBot() {
				t.Fatalf("message: %+v", m)
			}
		})
	}
}

func TestActiveAndArchivedThreadsAreListed(t *testing.T) {
	b := unlimited(t)
	one, two, three := b.post("1", "x"), b.post("2", "x"), b.post("3", "x")
	for i, id := range []string{one, two} {
		b.sim.Clock().Advance(time.Duration(i+1) * time.Second)
		must(t, b.sim.CloseThread(deadline(t), id))
	}
	type list struct {
		Threads []struct {
			ID       string
			Metadata struct {
				At string `json:"archive_timestamp"`
			} `json:"thread_metadata"`
		}
		Members []struct{ ID string }
		HasMore bool `json:"has_more"`
	}
	var active, archived list
	b.ok("GET", "/guilds/"+b.sim.GuildID()+"/threads/active", nil, &active)
	if len(active.Threads) != 1 || active.Threads[0].ID != three || len(active.Members) != 1 {
		t.Fatalf("active: %+v", active)
	}
	path := "/channels/" + b.sim.ChannelID() + "/threads/archived/public"
	b.ok("GET", path+"?limit=1", nil, &archived)
	if len(archived.Threads) != 1 || archived.Threads[0].ID != two || !archived.HasMore {
		t.Fatalf("archived: %+v", archived)
	}
	before := archived.Threads[0].Metadata.At[:len("2026-11-18T11:06:40.000000")] + "Z"
	b.ok("GET", path+"?before="+before, nil, &archived)
	if len(archived.Threads) != 1 || archived.Threads[0].ID != one || archived.HasMore {
		t.Fatalf("before %s: %+v", before, archived)
	}
	b.refused("GET", path+"?before=yesterday", nil, 400, 50035)
}

func TestAddingAUserToAThreadNotifiesThem(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	b.ok("PUT", "/channels/"+thread+"/thread-members/@me", nil, nil)
	b.ok("PUT", "/channels/"+thread+"/thread-members/"+b.sim.User("Omar").ID, nil, nil)
	b.refused("PUT", "/channels/"+thread+"/thread-members/1440000000000000044", nil, 404, 10013)
	if got := b.sim.Thread(thread).Added; len(got) != 1 || got[0] != "omar" {
		t.Fatalf("added %v", got)
	}
}
