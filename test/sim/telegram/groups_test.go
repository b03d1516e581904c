package telegram_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

const (
	firstGroup  = telegram.DefaultChatID
	secondGroup = int64(-1001230000002)
)

// twoGroups is a simulator with two groups of the same bot.
func twoGroups(t testing.TB, budget telegram.Budget) *bot {
	return start(t, telegram.Options{MoreChats: []int64{secondGroup}, Budget: budget})
}

// topicIn opens a topic in a group.
func (b *bot) topicIn(chat int64, name string) int64 {
	b.t.Helper()
	var made struct {
		ThreadID int64 `json:"message_thread_id"`
	}
	b.ok("createForumTopic", fields{"chat_id": chat, "name": name}, &made)
	return made.ThreadID
}

func TestGroupsHaveTheirOwnTopicsAndMessageIDs(t *testing.T) {
	b := twoGroups(t, telegram.Budget{Off: true})
	ctx := deadline(t)
	one, two := b.topicIn(firstGroup, "Ana"), b.topicIn(secondGroup, "Ben")
	if one != two {
		t.Fatalf("ids are unique per group only, and yet they are %d and %d", one, two)
	}
	_, err := b.sim.Say(ctx, two, "to Ben", telegram.In(secondGroup))
	must(t, err)
	first, second := b.sim.State(), b.sim.State().In(secondGroup)
	if first.Topic(one).Name != "Ana" || second.Topic(two).Name != "Ben" || len(first.Messages(one)) != 1 || len(second.Messages(two)) != 2 {
		t.Fatalf("first %+v, second %+v", first.Messages(one), second.Messages(two))
	}
	got := b.updates(0)
	if chat := got[2].Message.Chat.ID; chat != secondGroup {
		t.Fatalf("the update is of group %d", chat)
	}
	found, err := b.sim.AwaitTopic(ctx, "Ben")
	must(t, err)
	if found.ChatID != secondGroup || len(found.Messages()) != 2 {
		t.Fatalf("found %+v", found)
	}
	if chats := first.Chats(); len(chats) != 2 || chats[1].Title != "Support 2" {
		t.Fatalf("groups: %+v", chats)
	}
	if _, err := b.sim.Say(ctx, 0, "x", telegram.In(-1009)); !errors.Is(err, telegram.ErrNoChat) {
		t.Fatalf("an unknown group: %v", err)
	}
}

func TestEachGroupHasItsOwnBudget(t *testing.T) {
	b := twoGroups(t, telegram.Budget{GroupLimit: 2, ChatBurst: 10})
	say := func(chat int64) response {
		return b.call("sendMessage", fields{"chat_id": chat, "text": "x"})
	}
	for _, chat := range []int64{firstGroup, firstGroup, secondGroup, secondGroup} {
		if r := say(chat); !r.OK {
			t.Fatalf("%d: %s", chat, r.Description)
		}
	}
	if r := say(firstGroup); r.Status != 429 {
		t.Fatalf("the third is answered %d", r.Status)
	}
	limits := b.sim.Limits()
	if limits.Chats[firstGroup].Units != 2 || limits.Chats[secondGroup].Units != 2 || limits.Chats[secondGroup].Denied != 0 {
		t.Fatalf("limits: %+v", limits)
	}
}

func TestBotIsKickedFromOneGroupOnly(t *testing.T) {
	b := twoGroups(t, telegram.Budget{Off: true})
	must(t, b.sim.KickBot(telegram.In(secondGroup)))
	b.refused("sendMessage", fields{"chat_id": secondGroup, "text": "x"}, 403, "kicked")
	b.ok("sendMessage", fields{"chat_id": firstGroup, "text": "x"}, nil)
	got := b.updates(0)
	if kinds(got) != "member:kicked" || got[0].Member.Chat.ID != secondGroup {
		t.Fatalf("updates: %s", kinds(got))
	}
}

func TestOneGroupMovesAndTheOtherStays(t *testing.T) {
	b := twoGroups(t, telegram.Budget{Off: true})
	topic := b.topicIn(secondGroup, "Ben")
	moved := b.sim.Migrate(telegram.In(secondGroup))
	if b.sim.ChatID() != firstGroup {
		t.Fatal("the first group has moved too")
	}
	r := b.call("sendMessage", fields{"chat_id": secondGroup, "message_thread_id": topic, "text": "x"})
	if r.Parameters.MigrateTo != moved {
		t.Fatalf("the old id says %+v", r)
	}
	b.ok("sendMessage", fields{"chat_id": moved, "message_thread_id": topic, "text": "after"}, nil)
	if m := b.sim.State().In(secondGroup).Messages(topic); len(m) != 2 || m[1].Text != "after" {
		t.Fatalf("the view of the old id shows %+v", m)
	}
	_, err := b.sim.Say(deadline(t), topic, "answer", telegram.In(secondGroup))
	must(t, err)
}

func TestPageShowsTheGroupThatIsPicked(t *testing.T) {
	b := twoGroups(t, telegram.Budget{Off: true})
	b.topicIn(firstGroup, "Ana")
	b.topicIn(secondGroup, "Ben")
	_, page := b.get("/?chat=" + itoa(secondGroup))
	for _, want := range []string{`data-chat="-1001230000002"`, `href="/?chat=-1001230000001"`, "Support 2", "Ben"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(string(page), "Ana") {
		t.Error("the page shows the other group's topics")
	}
	b.robot("trouble", `{"chat":-1001230000002,"name":"kicked","on":true}`, nil)
	chats := b.sim.State().Chats()
	if chats[0].BotStatus != "administrator" || chats[1].BotStatus != "kicked" {
		t.Fatalf("groups: %+v", chats)
	}
}

func TestRobotActsInTheGroupThatItNames(t *testing.T) {
	b := twoGroups(t, telegram.Budget{Off: true})
	var topic telegram.Topic
	b.robot("topic/create", `{"chat":-1001230000002,"name":"By hand"}`, &topic)
	id := itoa(topic.ID)
	var said telegram.Message
	b.robot("say", `{"chat":-1001230000002,"topic":`+id+`,"text":"hello"}`, &said)
	b.robot("edit", `{"chat":-1001230000002,"message":`+itoa(said.ID)+`,"text":"hello!"}`, nil)
	var messages []telegram.Message
	b.inspect("topics/"+id+"/messages?chat=-1001230000002", &messages)
	if len(messages) != 2 || messages[1].Text != "hello!" || messages[1].ChatID != secondGroup {
		t.Fatalf("messages: %+v", messages)
	}
	b.robot("delete", `{"chat":-1001230000002,"message":`+itoa(said.ID)+`}`, nil)
	b.robot("topic/delete", `{"chat":-1001230000002,"topic":`+id+`}`, nil)
	var topics []telegram.Topic
	b.inspect("topics?chat=-1001230000002", &topics)
	if len(topics) != 1 || topics[0].State != telegram.TopicDeleted {
		t.Fatalf("topics: %+v", topics)
	}
}
