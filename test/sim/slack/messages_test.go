package slack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestTimestampsHaveSixDecimalsAndGrow(t *testing.T) {
	b := unlimited(t)
	last := ""
	for range 20 {
		ts := b.post("", "x")
		if len(ts) != len("1795000000.000100") || ts[10] != '.' || ts <= last {
			t.Fatalf("ts %q after %q", ts, last)
		}
		last = ts
	}
}

func TestReplyToAReplyBelongsToItsRoot(t *testing.T) {
	b := unlimited(t)
	root := b.post("", "Ana")
	reply := b.post(root, "one")
	second := b.post(reply, "two")
	if got := b.sim.Message(second).ThreadTS; got != root {
		t.Fatalf("thread_ts %q, want the root %q", got, root)
	}
	thread := b.sim.Thread(root)
	if thread.Replies != 2 || len(thread.Messages()) != 3 || thread.Orphan {
		t.Fatalf("thread: %+v", thread)
	}
}

func TestPostIntoAVanishedThreadIsAnOrphanOrRefused(t *testing.T) {
	b := unlimited(t)
	root := b.post("", "Ana")
	must(t, b.sim.Delete(deadline(t), root))
	b.post(root, "nobody sees this")
	if thread := b.sim.Thread(root); !thread.Orphan {
		t.Fatalf("thread: %+v", thread)
	}
	b.refused("conversations.replies", fields{"channel": b.sim.ChannelID(), "ts": root}, "thread_not_found")
	b.sim.SetOrphans(true)
	b.refused("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "x", "thread_ts": root}, "thread_not_found")
	b.refused("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "x", "thread_ts": "17950.1"}, "invalid_thread_ts")
}

func TestUpdateReplacesTextAndBlocksAndRemembersWhatStoodThere(t *testing.T) {
	b := unlimited(t)
	card := fields{
		"channel": b.sim.ChannelID(), "text": "Ana: open",
		"blocks": []fields{{"type": "actions", "elements": []fields{{"type": "button", "action_id": "close", "text": fields{"type": "plain_text", "text": "Close"}}}}},
	}
	ts := b.ok("chat.postMessage", card, nil).TS
	if m := b.sim.Message(ts); len(m.Buttons) != 1 || m.Shown != "Close" {
		t.Fatalf("message: %+v", m)
	}
	b.ok("chat.update", fields{"channel": b.sim.ChannelID(), "ts": ts, "text": "Ana: closed", "blocks": "[]"}, nil)
	m := b.sim.Message(ts)
	if m.Text != "Ana: closed" || m.Shown != "Ana: closed" || len(m.Buttons) != 0 || m.Edited == nil || len(m.History) != 1 || m.History[0].Text != "Ana: open" {
		t.Fatalf("message: %+v", m)
	}
	b.refused("chat.update", fields{"channel": b.sim.ChannelID(), "ts": ts, "text": strings.Repeat("x", 4001)}, "msg_too_long")
}

func TestOnlyOwnMessagesAreChangedOrDeleted(t *testing.T) {
	b := unlimited(t)
	m := b.say("", "hers")
	ch := b.sim.ChannelID()
	b.refused("chat.update", fields{"channel": ch, "ts": m.TS, "text": "x"}, "cant_update_message")
	b.refused("chat.delete", fields{"channel": ch, "ts": m.TS}, "cant_delete_message")
	b.refused("chat.delete", fields{"channel": ch, "ts": "1795000000.999999"}, "message_not_found")
	own := b.post("", "own")
	b.ok("chat.delete", fields{"channel": ch, "ts": own}, nil)
	b.refused("chat.update", fields{"channel": ch, "ts": own, "text": "x"}, "message_not_found")
}

func TestEphemeralIsSeenByOneAndToldToNobody(t *testing.T) {
	b, r := hooked(t)
	ch := b.sim.ChannelID()
	var answer struct {
		TS string `json:"message_ts"`
	}
	b.ok("chat.postEphemeral", fields{"channel": ch, "user": "U0OLGA", "text": "psst"}, &answer)
	if m := b.sim.Message(answer.TS); m.Ephemeral != "U0OLGA" {
		t.Fatalf("message: %+v", m)
	}
	b.refused("chat.postEphemeral", fields{"channel": ch, "user": "U0NOBODY", "text": "psst"}, "user_not_found")
	var page struct{ Messages []inner }
	b.ok("conversations.history", fields{"channel": ch}, &page)
	b.wait(quiet)
	if len(page.Messages) != 0 || len(r.all()) != 0 {
		t.Fatalf("history %+v, events %s", page.Messages, r.kinds())
	}
}

func TestStatusLastsTwoMinutesOrUntilAMessage(t *testing.T) {
	b := unlimited(t)
	root := b.post("", "Ana")
	status := func() string { return b.sim.Thread(root).Status }
	set := fields{"channel_id": b.sim.ChannelID(), "thread_ts": root, "status": "is typing…"}
	b.ok("assistant.threads.setStatus", set, nil)
	if status() != "is typing…" {
		t.Fatalf("status %q", status())
	}
	b.post(root, "here it is")
	if status() != "" {
		t.Fatalf("status %q after the message", status())
	}
	b.ok("assistant.threads.setStatus", set, nil)
	b.sim.Clock().Advance(119 * time.Second)
	if status() == "" {
		t.Fatal("the status ended early")
	}
	b.sim.Clock().Advance(time.Second)
	if status() != "" {
		t.Fatalf("status %q after two minutes", status())
	}
	set["thread_ts"] = "1.000000"
	b.refused("assistant.threads.setStatus", set, "thread_not_found")
}

func TestPermalinkLeadsToTheMessage(t *testing.T) {
	b := unlimited(t)
	ts := b.post(b.post("", "Ana"), "x")
	var answer struct{ Permalink string }
	b.ok("chat.getPermalink", fields{"channel": b.sim.ChannelID(), "message_ts": ts}, &answer)
	if !strings.Contains(answer.Permalink, "/archives/"+b.sim.ChannelID()+"/p"+strings.ReplaceAll(ts, ".", "")+"?thread_ts=") {
		t.Fatalf("permalink %q", answer.Permalink)
	}
	b.refused("chat.getPermalink", fields{"channel": b.sim.ChannelID(), "message_ts": "1.000000"}, "message_not_found")
}

func TestReactionsAreAddedOnceByKnownNames(t *testing.T) {
	b := unlimited(t)
	ts := b.post("", "x")
	with := func(name string) fields {
		return fields{"channel": b.sim.ChannelID(), "timestamp": ts, "name": name}
	}
	b.ok("reactions.add", with("thumbsup"), nil)
	b.refused("reactions.add", with("+1"), "already_reacted")
	for _, name := range []string{"👍", ":+1:", "nosuchthing"} {
		b.refused("reactions.add", with(name), "invalid_name")
	}
	if m := b.sim.Message(ts); !m.Has("+1", slack.BotUserID) {
		t.Fatalf("reactions: %+v", m.Reactions)
	}
	b.ok("reactions.remove", with("+1"), nil)
	b.refused("reactions.remove", with("+1"), "no_reaction")
	b.refused("reactions.remove", fields{"name": "+1"}, "no_item_specified")
	b.refused("reactions.add", fields{"channel": b.sim.ChannelID(), "timestamp": "17", "name": "+1"}, "bad_timestamp")
}
