package slack_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestEventsArriveSignedAndInTheOrderOfTheirThread(t *testing.T) {
	b, r := hooked(t)
	root := b.post("", "Ana")
	for _, text := range []string{"a", "b", "c"} {
		b.say(root, text, slack.As("Olga"))
	}
	b.wait(quiet)
	var texts []string
	for _, d := range r.all() {
		if e := d.Event.Event; e.Subtype == "" {
			texts = append(texts, e.Text)
		}
	}
	if got := strings.Join(texts, " "); got != "Ana a b c" {
		t.Fatalf("texts: %s", got)
	}
	last := r.all()[len(r.all())-2].Event.Event
	if last.ThreadTS != root || last.User != "U0OLGA" || last.ClientID == "" || last.BotID != "" {
		t.Fatalf("event: %+v", last)
	}
}

func TestOwnMessagesComeBackWithTheirMetadata(t *testing.T) {
	b, r := hooked(t)
	b.ok("chat.postMessage", fields{
		"channel": b.sim.ChannelID(), "text": "hi", "metadata": fields{"event_type": "bellhop_message", "event_payload": fields{"id": "m1"}},
	}, nil)
	b.wait(quiet)
	e := r.all()[0].Event.Event
	if e.BotID != slack.BotID || e.User != slack.BotUserID || !strings.Contains(string(e.Metadata), `"id":"m1"`) {
		t.Fatalf("event: %+v", e)
	}
}

func TestEditsAndDeletionsAreTold(t *testing.T) {
	b, r := hooked(t)
	ctx := deadline(t)
	root := b.post("", "Ana")
	m := b.say(root, "Hi & welcome")
	must(t, b.sim.Edit(ctx, m.TS, "Hi!"))
	must(t, b.sim.Delete(ctx, m.TS))
	b.wait(quiet)
	all := r.all()
	if got := r.kinds(); got != "message message message_changed message_changed message_deleted message_changed " {
		t.Fatalf("events: %s", got)
	}
	noise, edit, deletion := all[2].Event.Event, all[3].Event.Event, all[4].Event.Event
	if noise.Message.TS != root || noise.Message.ReplyCount != 1 || noise.Message.Text != noise.Previous.Text {
		t.Errorf("the root's change: %+v %+v", noise.Message, noise.Previous)
	}
	if edit.Message.Text != "Hi!" || edit.Previous.Text != "Hi &amp; welcome" || edit.Message.TS != m.TS {
		t.Errorf("the edit: %+v", edit.Message)
	}
	if deletion.Deleted != m.TS || deletion.Previous.ThreadTS != root {
		t.Errorf("the deletion: %+v", deletion)
	}
}

func TestDeletedRootLeavesATombstoneUntilItsLastReplyGoes(t *testing.T) {
	b, r := hooked(t)
	ctx := deadline(t)
	root := b.post("", "Ana")
	reply := b.post(root, "hello")
	must(t, b.sim.Delete(ctx, root))
	b.wait(quiet)
	all := r.all()
	stone := all[len(all)-1].Event.Event
	if stone.Subtype != "message_changed" || stone.Message.Subtype != "tombstone" || stone.Previous.Text != "Ana" {
		t.Fatalf("event: %+v", stone)
	}
	var page struct{ Messages []inner }
	b.ok("conversations.replies", fields{"channel": b.sim.ChannelID(), "ts": root}, &page)
	if len(page.Messages) != 2 || page.Messages[0].Subtype != "tombstone" || page.Messages[1].TS != reply {
		t.Fatalf("replies: %+v", page.Messages)
	}
	b.post(root, "still possible")
	must(t, b.sim.DeleteThread(ctx, root))
	b.refused("conversations.replies", fields{"channel": b.sim.ChannelID(), "ts": root}, "thread_not_found")
	b.wait(quiet)
	all = r.all()
	if last := all[len(all)-1].Event.Event; last.Subtype != "message_deleted" || last.Deleted != root {
		t.Fatalf("the tombstone's end: %+v", last)
	}
}

func TestReactionsBroadcastsAndMentionsHaveTheirEvents(t *testing.T) {
	b, r := hooked(t)
	ctx := deadline(t)
	root := b.post("", "Ana")
	must(t, b.sim.React(ctx, root, "👀", slack.As("Omar")))
	must(t, b.sim.Unreact(ctx, root, "eyes", slack.As("Omar")))
	b.say(root, "look", slack.Broadcast())
	b.say("", "hey @Bellhop", slack.As("Omar"))
	b.wait(quiet)
	if got := r.kinds(); !sameWords(got, "message reaction_added reaction_removed thread_broadcast message_changed message app_mention") {
		t.Fatalf("events: %s", got)
	}
	for _, d := range r.all() {
		switch e := d.Event.Event; {
		case e.Type == "reaction_added" && (e.Reaction != "eyes" || e.User != "U0OMAR"):
			t.Errorf("reaction: %+v", e)
		case e.Subtype == "thread_broadcast" && (e.Root == nil || e.Root.TS != root || e.ThreadTS != root):
			t.Errorf("broadcast: %+v", e)
		}
	}
}

func TestUnfurlsAreANoiseThatChangesNoText(t *testing.T) {
	b, r := hooked(t)
	b.say("", "see https://docs.example/page")
	b.wait(quiet)
	all := r.all()
	if len(all) != 2 || all[0].Event.Event.Text != "see <https://docs.example/page>" {
		t.Fatalf("events: %s", r.kinds())
	}
	change := all[1].Event
	if change.Event.Message.Text != change.Event.Previous.Text || !strings.Contains(string(change.Raw), `"from_url":"https://docs.example/page"`) {
		t.Fatalf("unfurl: %s", change.Raw)
	}
	b.ok("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "https://x.example/a.png", "unfurl_links": "false", "unfurl_media": "false"}, nil)
	b.wait(quiet)
	if len(r.all()) != 3 {
		t.Fatalf("events: %s", r.kinds())
	}
}

func TestSubscriptionsScopesAndMembershipDecideWhatIsTold(t *testing.T) {
	b, r := hooked(t)
	b.sim.SetScope("channels:history", false)
	b.say("", "not for the app")
	b.sim.SetScope("channels:history", true)
	must(t, b.sim.SetSubscription("message.channels", false))
	b.say("", "nor this")
	must(t, b.sim.SetSubscription("message.channels", true))
	b.sim.KickBot()
	b.say("", "nor this")
	b.wait(quiet)
	if got := r.kinds(); got != "member_left_channel " {
		t.Fatalf("events: %s", got)
	}
	if err := b.sim.SetSubscription("message.stars", true); err == nil {
		t.Fatal("an unknown event was subscribed to")
	}
}

func TestPrivateChannelsAreGroups(t *testing.T) {
	b := start(t, slack.Options{Private: true, ChannelID: "G0SECRET"})
	r := receive(b)
	b.hook(r)
	b.say("", "hi")
	b.wait(quiet)
	var e struct {
		ChannelType string `json:"channel_type"`
	}
	must(t, json.Unmarshal(r.all()[0].Event.Raw, &e))
	if e.ChannelType != "group" {
		t.Fatalf("channel type %q", e.ChannelType)
	}
	b.sim.SetScope("groups:history", false)
	missing := b.refused("conversations.history", fields{"channel": "G0SECRET"}, "missing_scope")
	if missing.Needed != "groups:history" {
		t.Fatalf("needed %q", missing.Needed)
	}
	b.sim.KickBot()
	b.refused("chat.postMessage", fields{"channel": "G0SECRET", "text": "x"}, "channel_not_found")
}

// sameWords compares without regard to order: events of different threads overtake each other.
func sameWords(got, want string) bool {
	count := map[string]int{}
	for _, w := range strings.Fields(got) {
		count[w]++
	}
	for _, w := range strings.Fields(want) {
		count[w]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}
