package telegram_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestOperatorsAlbumIsAMessageAndAnUpdateForEachFile(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	all, err := b.sim.SayAlbum(ctx, 0, "look", telegram.WithPhoto(picture(t, 10, 10)), telegram.WithPhoto(picture(t, 20, 20)),
		telegram.WithMedia("video", "video/mp4", []byte("mp4")))
	must(t, err)
	got := b.updates(0)
	if len(all) != 3 || len(got) != 3 || got[0].Message.Caption != "look" || got[1].Message.Caption != "" {
		t.Fatalf("%d messages, updates %+v", len(all), got)
	}
	for i, u := range got {
		if group := u.Message.Group; group == "" || group != got[0].Message.Group || u.Message.ID != all[i].ID {
			t.Errorf("update %d: %+v", i, u.Message)
		}
	}
	other, err := b.sim.Say(ctx, 0, "", telegram.WithFile("a", "text/plain", []byte("a")), telegram.WithFile("b", "text/plain", []byte("b")))
	must(t, err)
	if other.MediaGroupID == "" || other.MediaGroupID == all[0].MediaGroupID {
		t.Fatalf("another album has the id %q", other.MediaGroupID)
	}
}

func TestAlbumThatNoClientSendsIsRefused(t *testing.T) {
	b := unlimited(t)
	voice := telegram.WithMedia("voice", "audio/ogg", []byte("ogg"))
	photo, file := telegram.WithPhoto(picture(t, 10, 10)), telegram.WithFile("a", "text/plain", []byte("a"))
	for name, files := range map[string][]telegram.Option{
		"voices": {voice, voice}, "mixed": {photo, file}, "eleven": {10: file, 0: file, 1: file, 2: file, 3: file, 4: file, 5: file, 6: file, 7: file, 8: file, 9: file},
	} {
		if _, err := b.sim.SayAlbum(deadline(t), 0, "", files...); !errors.Is(err, telegram.ErrAlbum) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRobotAttachesSeveralFiles(t *testing.T) {
	b := unlimited(t)
	var said telegram.Message
	b.robot("say", `{"text":"two","files":[{"name":"a.txt","type":"text/plain","data":"YQ=="},{"name":"b.txt","type":"text/plain","data":"Yg=="}]}`, &said)
	all := b.sim.State().Messages(0)
	if len(all) != 2 || said.MediaGroupID == "" || all[1].MediaGroupID != said.MediaGroupID || all[1].Media.Files[0].Name != "b.txt" {
		t.Fatalf("messages: %+v", all)
	}
}

func TestReactionToAnAlbumGoesToItsFirstMessage(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	items := b.album(topic, 3)
	b.ok("setMessageReaction", fields{"chat_id": b.sim.ChatID(), "message_id": items[2].ID, "reaction": []fields{{"type": "emoji", "emoji": "👀"}}}, nil)
	if first, last := b.sim.Message(items[0].ID), b.sim.Message(items[2].ID); len(first.Reactions) != 1 || len(last.Reactions) != 0 {
		t.Fatalf("first %+v, last %+v", first.Reactions, last.Reactions)
	}
}

func TestEachSortOfFileNeedsItsRight(t *testing.T) {
	b := unlimited(t)
	chat := map[string]string{}
	must(t, b.sim.SetRight("can_send_photos", false))
	if r := b.upload("sendPhoto", "photo", picture(t, 10, 10), chat); r.Status != 400 || r.Description != "Bad Request: not enough rights to send photos to the chat" {
		t.Fatalf("photo: %+v", r)
	}
	if r := b.upload("sendDocument", "document", []byte("a"), chat); !r.OK {
		t.Fatalf("document: %+v", r)
	}
	must(t, b.sim.SetRight("can_send_photos", true))
	must(t, b.sim.SetRight("can_send_documents", false))
	documents := []fields{{"type": "document", "media": "x"}, {"type": "document", "media": "y"}}
	b.refused("sendMediaGroup", fields{"chat_id": b.sim.ChatID(), "media": documents}, 400, "not enough rights to send documents")
}

func TestAnonymousAdministratorActsAsTheGroup(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	b.ok("getUpdates", fields{"allowed_updates": []string{"message", "message_reaction", "callback_query"}}, nil)
	topic := b.topic("Ana")
	card := b.card(topic, "Close", "c:1")
	must(t, b.sim.React(ctx, card.ID, "👍", telegram.Anonymously("Lead")))
	must(t, b.sim.CloseTopic(ctx, topic, telegram.Anonymously("Lead")))
	_, err := b.sim.Press(ctx, card.ID, "Close", telegram.As("Omar"), telegram.Anonymously("Lead"))
	must(t, err)
	got := b.updates(0)
	if r := got[1].Reaction; r.User != nil || r.ActorChat == nil || r.ActorChat.ID != b.sim.ChatID() {
		t.Errorf("reaction: %+v", r)
	}
	if m := got[2].Message; m.Closed == nil || m.SenderChat == nil || m.Signature != "Lead" {
		t.Errorf("closed: %+v", m)
	}
	if q := got[3].Callback; q.From.FirstName != "Omar" {
		t.Errorf("press: %+v", q)
	}
	said, err := b.sim.Say(ctx, topic, "hi", telegram.Anonymously("Lead"))
	must(t, err)
	if said.FromBot() {
		t.Error("the administrator counts as a bot")
	}
}

func TestButtonOfAnOldMessageOnlyNamesIt(t *testing.T) {
	b := unlimited(t)
	card := b.card(b.topic("Ana"), "Close", "c:1")
	b.robot("press", `{"message":`+itoa(card.ID)+`,"button":"Close","inaccessible":true}`, nil)
	q := b.updates(0)[1].Callback
	if q.Message == nil || q.Message.ID != card.ID || q.Message.Date != 0 || q.Message.ThreadID != 0 || q.Message.Text != "" {
		t.Fatalf("callback: %+v", q.Message)
	}
}

func TestPressesOfOnePersonWaitForEachOtherAndForNobodyElse(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	failing := true
	r := receive(t, nil)
	r.answer = func(u update, _ int) (int, http.Header, string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if u.Callback != nil && u.Callback.From.FirstName == "Olga" && failing {
			return 503, nil, ""
		}
		return 200, nil, ""
	}
	b.hook(r)
	card := b.card(0, "Close", "c:1")
	for _, who := range []string{"Olga", "Olga", "Omar"} {
		_, err := b.sim.Press(ctx, card.ID, "Close", telegram.As(who))
		must(t, err)
	}
	_, err := b.sim.Say(ctx, 0, "hi")
	must(t, err)
	b.wait(func(v telegram.State) bool { return v.PendingUpdates() == 2 })
	must(t, b.sim.Clock().AwaitTimers(ctx, 1))
	r.mu.Lock()
	failing = false
	r.mu.Unlock()
	b.sim.Clock().Advance(time.Second)
	b.wait(delivered)
	var presses []string
	for _, d := range b.sim.Deliveries() {
		if d.Kind == "callback_query" && d.Accepted {
			presses = append(presses, itoa(d.UpdateID))
		}
	}
	if len(presses) != 3 || presses[1] >= presses[2] {
		t.Fatalf("presses arrived as %v", presses)
	}
}

func TestQuoteCountsUTF16(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	first, err := b.sim.Say(ctx, 0, "🦊 the part")
	must(t, err)
	_, err = b.sim.Say(ctx, 0, "yes", telegram.ReplyTo(first.ID), telegram.Quoting("part"))
	must(t, err)
	if q := b.updates(0)[1].Message.Quote; q == nil || q.Position != 7 {
		t.Fatalf("quote: %+v", q)
	}
}
