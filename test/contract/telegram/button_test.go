package telegram

import (
	"strings"
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sim "github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestButtonsAreShownKeptPressedAndAnswered(t *testing.T) {
	s := start(t)
	buttons := product.Keyboard{{
		{Text: "Close", Data: product.CallbackData(product.ActClose, "9fK2"), Style: "danger"},
		{Text: "Mark read", Data: product.CallbackData(product.ActRead, "9fK2")},
	}}
	card, err := s.SendMessage(t.Context(), product.Outgoing{Place: s.topic, Text: "card", Keyboard: buttons})
	must(t, err)
	ref := product.MessageRef{Chat: s.topic.Chat, ID: card.ID}
	must(t, s.EditMessageText(t.Context(), product.TextEdit{MessageRef: ref, Text: "new card", Keyboard: buttons}))
	if shown := s.telegram.Message(int64(card.ID)); len(shown.Buttons) != 1 || len(shown.Buttons[0]) != 2 || shown.Buttons[0][0].Style != "danger" {
		t.Fatalf("after the edit: %+v", shown.Buttons)
	}
	_, err = s.telegram.Press(t.Context(), int64(card.ID), "Mark read", sim.As("Olga"))
	must(t, err)
	q := s.updates(t)[0].Callback
	act, key, ok := product.ParseCallback(q.Data)
	if !ok || act != product.ActRead || key != "9fK2" || q.From.FirstName != "Olga" || q.Message.ThreadID != s.topic.Thread || !q.Message.Accessible() {
		t.Fatalf("pressed %+v", q)
	}
	must(t, s.AnswerCallbackQuery(t.Context(), q.ID, "Marked as read"))
	if pressed := s.telegram.Callbacks()[0]; !pressed.Answered || pressed.Text != "Marked as read" {
		t.Errorf("answered %+v", pressed)
	}
	must(t, s.EditMessageReplyMarkup(t.Context(), ref, nil))
	if shown := s.telegram.Message(int64(card.ID)); len(shown.Buttons) != 0 || shown.Text != "new card" {
		t.Errorf("after the buttons were taken away: %+v", shown)
	}
	s.telegram.Clock().Advance(time.Hour)
	if err := s.AnswerCallbackQuery(t.Context(), q.ID, ""); product.KindOf(err) != product.KindDone {
		t.Errorf("too late an answer: %v", err)
	}
}

func TestButtonOfAnOldMessageIsStillRead(t *testing.T) {
	s := start(t)
	card, err := s.SendMessage(t.Context(), product.Outgoing{Place: s.topic, Text: "card", Keyboard: product.Keyboard{{{Text: "Close", Data: "c:9"}}}})
	must(t, err)
	_, err = s.telegram.Press(t.Context(), int64(card.ID), "Close", sim.Inaccessible())
	must(t, err)
	if q := s.updates(t)[0].Callback; q.Message.Accessible() || q.Message.ID != card.ID || q.Message.Chat.ID != s.topic.Chat {
		t.Fatalf("pressed %+v", q.Message)
	}
}

func TestCaptionIsEdited(t *testing.T) {
	s := start(t)
	sent, err := s.SendDocument(t.Context(), product.OutgoingFile{Place: s.topic, File: file("a", "", []byte("a")), Caption: "before"})
	must(t, err)
	edit := product.TextEdit{MessageRef: product.MessageRef{Chat: s.topic.Chat, ID: sent.ID}, Text: "after"}
	must(t, s.EditMessageCaption(t.Context(), edit))
	if shown := s.telegram.Message(int64(sent.ID)); shown.Text != "after" {
		t.Errorf("shown %+v", shown)
	}
	if err := s.EditMessageCaption(t.Context(), edit); product.KindOf(err) != product.KindDone {
		t.Errorf("the same caption: %v", err)
	}
	if err := s.EditMessageText(t.Context(), edit); product.KindOf(err) != product.KindImmutable {
		t.Errorf("the text of a file: %v", err)
	}
	edit.Text = strings.Repeat("x", product.MaxCaption+1)
	if err := s.EditMessageCaption(t.Context(), edit); product.KindOf(err) != product.KindBadRequest {
		t.Errorf("too long a caption: %v", err)
	}
}

func TestReactionThatIsNotAllowedIsToldApart(t *testing.T) {
	s := start(t)
	sent, err := s.SendMessage(t.Context(), product.Outgoing{Place: s.topic, Text: "x"})
	must(t, err)
	ref := product.MessageRef{Chat: s.topic.Chat, ID: sent.ID}
	if err := s.SetMessageReaction(t.Context(), ref, "✅"); product.KindOf(err) != product.KindReactionRefused {
		t.Errorf("✅: %v", err)
	}
	must(t, s.telegram.SetAvailableReactions([]string{"👍"}))
	if err := s.SetMessageReaction(t.Context(), ref, "👀"); product.KindOf(err) != product.KindReactionRefused {
		t.Errorf("👀: %v", err)
	}
	chat, err := s.GetChat(t.Context(), s.topic.Chat)
	if err != nil || chat.Reactions == nil || len(*chat.Reactions) != 1 {
		t.Errorf("chat %+v, %v", chat, err)
	}
}
