package telegram_test

import (
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestTopicLivesThroughItsStates(t *testing.T) {
	b := unlimited(t)
	topic, chat := b.topic("Ana"), b.sim.ChatID()
	in := fields{"chat_id": chat, "message_thread_id": topic}
	b.ok("closeForumTopic", in, nil)
	b.refused("closeForumTopic", in, 400, "TOPIC_NOT_MODIFIED")
	b.ok("reopenForumTopic", in, nil)
	b.refused("reopenForumTopic", in, 400, "TOPIC_NOT_MODIFIED")
	rename := fields{"chat_id": chat, "message_thread_id": topic, "name": "Ana · paid", "icon_custom_emoji_id": "5417915203100613993"}
	b.ok("editForumTopic", rename, nil)
	b.refused("editForumTopic", rename, 400, "TOPIC_NOT_MODIFIED")
	got := b.sim.Topic(topic)
	if got.Name != "Ana · paid" || got.IconEmoji == "" || got.State != telegram.TopicOpen {
		t.Fatalf("topic: %+v", got)
	}
	var kinds []string
	for _, m := range got.Messages() {
		kinds = append(kinds, m.Service.Kind)
	}
	if want := "topic_created topic_closed topic_reopened topic_edited"; join(kinds) != want {
		t.Fatalf("service messages: %v", kinds)
	}
	b.ok("deleteForumTopic", in, nil)
	b.refused("sendMessage", b.message(topic, "x"), 400, "message thread not found")
	b.refused("closeForumTopic", in, 400, "TOPIC_DELETED")
	b.refused("closeForumTopic", fields{"chat_id": chat, "message_thread_id": 4711}, 400, "TOPIC_ID_INVALID")
}

func TestEachMissingRightIsNamed(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	chat := b.sim.ChatID()
	theirs, err := b.sim.CreateTopic(ctx, "by hand")
	must(t, err)
	said, err := b.sim.Say(ctx, theirs.ID, "hello")
	must(t, err)
	must(t, b.sim.CloseTopic(ctx, theirs.ID))
	in := fields{"chat_id": chat, "message_thread_id": theirs.ID}
	at := fields{"chat_id": chat, "message_id": said.ID}
	cases := []struct {
		right, method string
		args          fields
		text          string
	}{
		{"can_manage_topics", "createForumTopic", fields{"chat_id": chat, "name": "n"}, "not enough rights to create a topic"},
		{"can_manage_topics", "reopenForumTopic", in, "not enough rights to edit the topic"},
		{"can_manage_topics", "sendMessage", b.message(theirs.ID, "x"), "TOPIC_CLOSED"},
		{"can_delete_messages", "deleteForumTopic", in, "not enough rights to delete the topic"},
		{"can_delete_messages", "deleteMessage", at, "message can't be deleted"},
		{"can_pin_messages", "pinChatMessage", at, "not enough rights to manage pinned messages"},
		{"can_send_messages", "sendMessage", b.message(0, "x"), "not enough rights to send text messages"},
		{"can_send_photos", "sendPhoto", fields{"chat_id": chat, "photo": "x"}, "not enough rights to send photos"},
		{"can_send_documents", "sendDocument", fields{"chat_id": chat, "document": "x"}, "not enough rights to send documents"},
	}
	for _, c := range cases {
		must(t, b.sim.SetRight(c.right, false))
		b.refused(c.method, c.args, 400, c.text)
		must(t, b.sim.SetRight(c.right, true))
	}
	b.send(theirs.ID, "an administrator may write in a closed topic")
	if err := b.sim.SetRight("can_fly", true); err == nil {
		t.Fatal("an unknown right was taken")
	}
}

func TestCreatorMayReopenItsTopicWithoutTheRight(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	must(t, b.sim.CloseTopic(deadline(t), topic))
	must(t, b.sim.SetRight("can_manage_topics", false))
	b.refused("sendMessage", b.message(topic, "x"), 400, "TOPIC_CLOSED")
	b.ok("reopenForumTopic", fields{"chat_id": b.sim.ChatID(), "message_thread_id": topic}, nil)
	b.send(topic, "x")
}

func TestKickedBotIsForbiddenEverything(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	must(t, b.sim.KickBot())
	b.refused("sendMessage", b.message(topic, "x"), 403, "bot was kicked from the supergroup chat")
	b.refused("getChat", fields{"chat_id": b.sim.ChatID()}, 403, "bot was kicked")
	must(t, b.sim.SetBotStatus("left"))
	b.refused("sendMessage", b.message(topic, "x"), 403, "bot is not a member of the supergroup chat")
}

func TestOldChatNamesTheNewOneAfterMigration(t *testing.T) {
	b := start(t, telegram.Options{ChatID: -4001, BasicGroup: true, Budget: telegram.Budget{Off: true}})
	b.refused("createForumTopic", fields{"chat_id": -4001, "name": "n"}, 400, "the chat is not a forum")
	moved := b.sim.Migrate()
	r := b.call("sendMessage", fields{"chat_id": -4001, "text": "x"})
	if r.Status != 400 || r.Parameters.MigrateTo != moved || b.sim.ChatID() != moved {
		t.Fatalf("answer %+v, new chat %d", r, moved)
	}
	b.send(b.topic("Ana"), "x")
	var to, from int64
	for _, u := range b.updates(0) {
		if u.Message != nil {
			to, from = to+u.Message.MigrateTo, from+u.Message.MigrateOf
		}
	}
	if to != moved || from != -4001 {
		t.Fatalf("service messages say %d and %d", to, from)
	}
}

func TestMigratedForumKeepsItsTopics(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	b.send(topic, "before")
	b.sim.Migrate()
	b.send(topic, "after")
	if got := len(b.sim.Topic(topic).Messages()); got != 3 {
		t.Fatalf("%d messages, want the root and two", got)
	}
}

func TestDoctorSeesChatAndOwnRights(t *testing.T) {
	b := unlimited(t)
	var me struct {
		ID      int64
		ReadAll bool `json:"can_read_all_group_messages"`
	}
	b.ok("getMe", nil, &me)
	var chat struct {
		Type  string
		Forum bool `json:"is_forum"`
	}
	b.ok("getChat", fields{"chat_id": b.sim.ChatID()}, &chat)
	must(t, b.sim.SetRight("can_pin_messages", false))
	var member struct {
		Status string
		Topics bool `json:"can_manage_topics"`
		Pins   bool `json:"can_pin_messages"`
	}
	b.ok("getChatMember", fields{"chat_id": b.sim.ChatID(), "user_id": me.ID}, &member)
	if me.ID != 7001 || !me.ReadAll || chat.Type != "supergroup" || !chat.Forum {
		t.Fatalf("me %+v, chat %+v", me, chat)
	}
	if member.Status != "administrator" || !member.Topics || member.Pins {
		t.Fatalf("member: %+v", member)
	}
	must(t, b.sim.SetForum(false))
	b.refused("createForumTopic", fields{"chat_id": b.sim.ChatID(), "name": "n"}, 400, "the chat is not a forum")
}
