package telegram_test

import (
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func join(words []string) string { return strings.Join(words, " ") }

// kinds names what each update is about.
func kinds(updates []update) string {
	var out []string
	for _, u := range updates {
		switch {
		case u.Edited != nil:
			out = append(out, "edited")
		case u.Reaction != nil:
			out = append(out, "reaction")
		case u.Callback != nil:
			out = append(out, "callback")
		case u.Member != nil:
			out = append(out, "member:"+u.Member.New.Status)
		case u.Message.Created != nil:
			out = append(out, "created")
		case u.Message.Edited != nil:
			out = append(out, "renamed")
		case u.Message.Closed != nil:
			out = append(out, "closed")
		case u.Message.Reopened != nil:
			out = append(out, "reopened")
		default:
			out = append(out, "message:"+u.Message.Text)
		}
	}
	return join(out)
}

func TestOperatorsGesturesBecomeUpdates(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	b.ok("getUpdates", fields{"allowed_updates": []string{"message", "edited_message", "message_reaction", "callback_query", "my_chat_member"}}, nil)
	topic := b.topic("Ana")
	card := b.card(topic, "Close", "c:9fK2")

	said, err := b.sim.Say(ctx, topic, "Hi Ana!", telegram.As("Olga"), telegram.ReplyTo(card.ID))
	must(t, err)
	must(t, b.sim.Edit(ctx, said.ID, "Hi Ana"))
	must(t, b.sim.React(ctx, card.ID, "🗑", telegram.As("Omar")))
	_, err = b.sim.Press(ctx, card.ID, "Close")
	must(t, err)
	must(t, b.sim.Delete(ctx, said.ID))
	must(t, b.sim.RenameTopic(ctx, topic, "Ana 2"))
	must(t, b.sim.CloseTopic(ctx, topic))
	must(t, b.sim.ReopenTopic(ctx, topic))
	must(t, b.sim.SetRight("can_pin_messages", false))

	got := b.updates(0)
	if want := "created message:Hi Ana! edited reaction callback renamed closed reopened member:administrator"; kinds(got) != want {
		t.Fatalf("updates: %s\nwant:    %s", kinds(got), want)
	}
	hello := got[1].Message
	if hello.ThreadID != topic || !hello.IsTopic || hello.From.FirstName != "Olga" || hello.ReplyTo.ID != card.ID {
		t.Fatalf("message: %+v", hello)
	}
	if got[0].Message.From.ID != 7001 {
		t.Fatal("the bot must hear of its own topic")
	}
	for i, u := range got {
		if u.ID != got[0].ID+int64(i) {
			t.Fatalf("update ids are not consecutive: %v", u.ID)
		}
	}
}

func TestMessageInTopicHangsOnTheTopicsRoot(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	_, err := b.sim.Say(deadline(t), topic, "no reply")
	must(t, err)
	got := b.updates(0)
	if reply := got[1].Message.ReplyTo; reply == nil || reply.ID != topic || reply.Created == nil {
		t.Fatalf("reply_to_message: %+v", reply)
	}
}

func TestReplyInGeneralCarriesAThreadThatIsNoTopic(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	first, err := b.sim.Say(ctx, 0, "first")
	must(t, err)
	_, err = b.sim.Say(ctx, 0, "second", telegram.ReplyTo(first.ID))
	must(t, err)
	got := b.updates(0)
	if m := got[1].Message; m.ThreadID != first.ID || m.IsTopic {
		t.Fatalf("message: %+v", m)
	}
	if m := got[0].Message; m.ThreadID != 0 || m.IsTopic {
		t.Fatalf("message: %+v", m)
	}
}

func TestAllowedUpdatesDefaultAndKeep(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	said, err := b.sim.Say(ctx, 0, "one")
	must(t, err)
	must(t, b.sim.React(ctx, said.ID, "👍"))
	if got := kinds(b.updates(0)); got != "message:one" {
		t.Fatalf("by default a reaction must not come: %s", got)
	}
	b.ok("getUpdates", fields{"offset": 1 << 40, "allowed_updates": []string{"message_reaction"}}, nil)
	b.ok("getUpdates", fields{}, nil)
	must(t, b.sim.React(ctx, said.ID, "🔥"))
	_, err = b.sim.Say(ctx, 0, "two")
	must(t, err)
	if got := kinds(b.updates(0)); got != "reaction" {
		t.Fatalf("an omitted list must keep the former: %s", got)
	}
	b.ok("getUpdates", fields{"offset": 1 << 40, "allowed_updates": []string{}}, nil)
	must(t, b.sim.React(ctx, said.ID, "👍"))
	_, err = b.sim.Say(ctx, 0, "three")
	must(t, err)
	if got := kinds(b.updates(0)); got != "message:three" {
		t.Fatalf("an empty list means the default: %s", got)
	}
}

func TestOtherBotsAndOwnMessagesStayUnheard(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	topic := b.topic("Ana")
	own := b.send(topic, "own")
	_, err := b.sim.Say(ctx, topic, "robot", telegram.AsBot("Helper"))
	must(t, err)
	b.ok("setMessageReaction", fields{"chat_id": b.sim.ChatID(), "message_id": own, "reaction": []fields{{"type": "emoji", "emoji": "👀"}}}, nil)
	must(t, b.sim.DeleteTopic(ctx, topic))
	if got := kinds(b.updates(0)); got != "created" {
		t.Fatalf("updates: %s", got)
	}
}

func TestAnonymousAdministratorWritesAsTheGroup(t *testing.T) {
	b := unlimited(t)
	_, err := b.sim.Say(deadline(t), 0, "hi", telegram.Anonymously("Team lead"))
	must(t, err)
	m := b.updates(0)[0].Message
	if m.From.ID != 1087968824 || m.SenderChat == nil || m.Signature != "Team lead" {
		t.Fatalf("message: %+v", m)
	}
}

func TestPrivacyModeHidesWhatIsNotForTheBot(t *testing.T) {
	b := start(t, telegram.Options{PrivacyMode: true})
	ctx := deadline(t)
	must(t, b.sim.SetBotStatus("member"))
	for _, text := range []string{"secret", "/help", "hey @bellhop_bot"} {
		_, err := b.sim.Say(ctx, 0, text)
		must(t, err)
	}
	if got := kinds(b.updates(0)); got != "member:member message:/help message:hey @bellhop_bot" {
		t.Fatalf("updates: %s", got)
	}
}
