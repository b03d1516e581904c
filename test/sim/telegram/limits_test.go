package telegram_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// quick is a budget with only the group's window in force.
func quick() telegram.Budget {
	return telegram.Budget{ChatRate: 1e6, ChatBurst: 1e6, BotRate: 1e6, BotBurst: 1e6}
}

func TestTwentySendsEditsAndTopicsFillAMinute(t *testing.T) {
	b := start(t, telegram.Options{Budget: quick()})
	topic := b.topic("Ana") // 1
	id := b.send(topic, "x")
	for i := range 9 { // 11
		b.sim.Clock().Advance(time.Second)
		b.send(topic, itoa(int64(i)))
	}
	for i := range 9 { // 20
		b.ok("editMessageText", fields{"chat_id": b.sim.ChatID(), "message_id": id, "text": itoa(int64(i))}, nil)
	}
	r := b.call("sendMessage", b.message(topic, "the 21st"))
	if r.Status != 429 || r.Parameters.RetryAfter != 51 || r.Description != "Too Many Requests: retry after 51" {
		t.Fatalf("answer: %+v", r)
	}
	b.sim.Clock().Advance(51 * time.Second)
	b.send(topic, "the window has room")
	limits := b.sim.Limits()
	chat := limits.Chats[b.sim.ChatID()]
	if limits.Denied != 1 || limits.Violations != 0 || chat.Peak != 20 || chat.Units != 21 {
		t.Fatalf("limits: %+v", limits)
	}
}

func TestRequestInsideRetryAfterIsAViolationAndLengthensIt(t *testing.T) {
	b := start(t, telegram.Options{Budget: telegram.Budget{GroupLimit: 1, ChatRate: 1e6, ChatBurst: 1e6}})
	b.send(0, "x")
	var told []int
	for len(told) < 2 || told[len(told)-1] == told[len(told)-2] { // a request inside the grace lengthens nothing
		told = append(told, b.call("sendMessage", b.message(0, "y")).Parameters.RetryAfter)
	}
	if told[0] != 60 || told[len(told)-1] != 63 {
		t.Fatalf("retry_after: %v", told)
	}
	if got := b.sim.Limits(); got.Violations != 1 || !b.sim.Requests("sendMessage")[len(told)].Violation {
		t.Fatalf("limits: %+v", got)
	}
}

func TestBurstOfThreeThenOnePerSecond(t *testing.T) {
	b := start(t, telegram.Options{})
	for range 3 {
		b.send(0, "x")
	}
	r := b.call("sendMessage", b.message(0, "x"))
	if r.Status != 429 || r.Parameters.RetryAfter != 3 {
		t.Fatalf("answer: %+v", r)
	}
	b.sim.Clock().Advance(3 * time.Second)
	b.send(0, "x")
}

func TestReactionsAndActionsHaveTheirOwnBuckets(t *testing.T) {
	b := start(t, telegram.Options{Budget: telegram.Budget{GroupLimit: 1}})
	id := b.send(0, "x")
	react := fields{"chat_id": b.sim.ChatID(), "message_id": id, "reaction": []fields{}}
	for range 5 {
		b.ok("setMessageReaction", react, nil)
	}
	b.refused("setMessageReaction", react, 429, "Too Many Requests")
	b.sim.Clock().Advance(3 * time.Second)
	for range 10 {
		b.ok("sendChatAction", fields{"chat_id": b.sim.ChatID(), "action": "typing"}, nil)
	}
	b.refused("sendChatAction", fields{"chat_id": b.sim.ChatID(), "action": "typing"}, 429, "Too Many Requests")
}

func TestAlbumCountsPerItemAndClosingIsFreeUnlessConfigured(t *testing.T) {
	budget := quick()
	b := start(t, telegram.Options{Budget: budget})
	topic := b.topic("Ana")
	in := fields{"chat_id": b.sim.ChatID(), "message_thread_id": topic}
	b.ok("closeForumTopic", in, nil)
	if got := b.sim.Limits().Chats[b.sim.ChatID()].Units; got != 1 {
		t.Fatalf("%d units, want the topic only", got)
	}
	b.album(topic, 3)
	if got := b.sim.Limits().Chats[b.sim.ChatID()].Units; got != 4 {
		t.Fatalf("%d units, want the topic and three items", got)
	}
	budget.CountTopicActions = true
	b.sim.SetBudget(budget)
	b.ok("reopenForumTopic", in, nil)
	if got := b.sim.Limits().Chats[b.sim.ChatID()].Units; got != 1 {
		t.Fatalf("%d units, want the reopening", got)
	}
}

func TestBudgetOffRefusesNothingAndStillCounts(t *testing.T) {
	b := unlimited(t)
	for range 50 {
		b.send(0, "x")
	}
	if got := b.sim.Limits().Chats[b.sim.ChatID()]; got.Peak != 50 || got.Denied != 0 {
		t.Fatalf("limits: %+v", got)
	}
}

func (b *bot) album(topic int64, items int) []updateMessage {
	b.t.Helper()
	files, media := map[string][]byte{}, []fields{}
	for i := range items {
		name := "a" + itoa(int64(i))
		files[name] = []byte("content of " + name)
		media = append(media, fields{"type": "document", "media": "attach://" + name, "caption": name})
	}
	raw, err := json.Marshal(media)
	must(b.t, err)
	body, kind := multipartBody(b.t, map[string]string{
		"chat_id": itoa(b.sim.ChatID()), "message_thread_id": itoa(topic), "media": string(raw),
	}, files)
	resp, err := b.http.Post(b.url("sendMediaGroup"), kind, body)
	must(b.t, err)
	r, err := read(resp)
	must(b.t, err)
	var out []updateMessage
	if !r.OK {
		b.t.Fatalf("album refused: %s", r.Description)
	}
	must(b.t, json.Unmarshal(r.Result, &out))
	return out
}
