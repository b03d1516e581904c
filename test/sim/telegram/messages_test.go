package telegram_test

import "testing"

func TestReplyToVanishedMessageIsSentWhenAllowed(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	args := b.message(topic, "x")
	args["reply_parameters"] = fields{"message_id": 999, "allow_sending_without_reply": true}
	b.ok("sendMessage", args, nil)
	target := b.send(topic, "first")
	var m updateMessage
	b.ok("sendMessage", fields{
		"chat_id": b.sim.ChatID(), "text": "second", "reply_parameters": fields{"message_id": target, "quote": "irs"},
	}, &m)
	if m.ThreadID != topic || m.ReplyTo == nil || m.ReplyTo.ID != target {
		t.Fatalf("the reply is %+v", m)
	}
	b.refused("sendMessage", fields{
		"chat_id": b.sim.ChatID(), "text": "x", "reply_parameters": fields{"message_id": target, "quote": "nope"},
	}, 400, "QUOTE_TEXT_INVALID")
}

func TestEditKeepsHistoryAndRefusesWhatItMust(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	topic, chat := b.topic("Ana"), b.sim.ChatID()
	id := b.send(topic, "one")
	b.ok("editMessageText", fields{"chat_id": chat, "message_id": id, "text": "two"}, nil)
	b.refused("editMessageText", fields{"chat_id": chat, "message_id": id, "text": "two"}, 400, "message is not modified")
	m := b.sim.Message(id)
	if m.Text != "two" || len(m.History) != 1 || m.History[0].Text != "one" {
		t.Fatalf("message: %+v", m)
	}
	said, err := b.sim.Say(ctx, topic, "mine")
	must(t, err)
	b.refused("editMessageText", fields{"chat_id": chat, "message_id": said.ID, "text": "yours"}, 400, "message can't be edited")
	b.ok("deleteMessages", fields{"chat_id": chat, "message_ids": []int64{id, 9999}}, nil)
	if !b.sim.Message(id).Deleted {
		t.Fatal("not deleted")
	}
}

func TestButtonsVanishWhenAnEditDoesNotRepeatThem(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	m := b.card(topic, "Close", "c:1")
	b.ok("editMessageText", fields{"chat_id": b.sim.ChatID(), "message_id": m.ID, "text": "card 2"}, nil)
	if got := b.sim.Message(m.ID).Buttons; len(got) != 0 {
		t.Fatalf("buttons: %v", got)
	}
}

func TestMentionsNotifyUnlessTheyAreCode(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	args := b.message(topic, "ask @olga")
	args["entities"] = []fields{{"type": "code", "offset": 4, "length": 5}}
	b.ok("sendMessage", args, nil)
	b.send(topic, "ask @\u2060olga and mail@olga.example and @nobody")
	if pinged := b.sim.State().Pinged(); len(pinged) != 0 {
		t.Fatalf("pinged: %+v", pinged)
	}
	b.send(topic, "ask @Olga")
	pinged := b.sim.State().Pinged()
	if len(pinged) != 1 || len(pinged[0].Notified) != 1 || pinged[0].Notified[0] != "olga" {
		t.Fatalf("pinged: %+v", pinged)
	}
}

func TestChatActionShowsInItsTopicAndEnds(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	b.ok("sendChatAction", fields{"chat_id": b.sim.ChatID(), "message_thread_id": topic, "action": "typing"}, nil)
	if got := b.sim.Topic(topic).Typing; got != "typing" {
		t.Fatalf("typing: %q", got)
	}
	b.sim.Clock().Advance(5e9)
	if got := b.sim.Topic(topic).Typing; got != "" {
		t.Fatalf("typing after 5 s: %q", got)
	}
}

func TestBotHoldsOneReactionPerMessage(t *testing.T) {
	b := unlimited(t)
	id := b.send(b.topic("Ana"), "x")
	for _, emoji := range []string{"👀", "❤️"} {
		b.ok("setMessageReaction", fields{"chat_id": b.sim.ChatID(), "message_id": id, "reaction": []fields{{"type": "emoji", "emoji": emoji}}}, nil)
	}
	if got := b.sim.Message(id).Reactions; len(got) != 1 || got[0].Emoji != "❤" {
		t.Fatalf("reactions: %v", got)
	}
	must(t, b.sim.SetAvailableReactions([]string{"👍"}))
	b.refused("setMessageReaction", fields{"chat_id": b.sim.ChatID(), "message_id": id, "reaction": []fields{{"type": "emoji", "emoji": "👀"}}}, 400, "REACTION_INVALID")
}
