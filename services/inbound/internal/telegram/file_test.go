package telegram

import (
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"

	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

func TestFileIsInTheStoreBeforeTelegramMayForgetIt(t *testing.T) {
	o := filed(t)
	o.accepts(update(1, "message", `,"message_id":1,"caption":"look","document":{"file_id":"f1","file_name":"a.txt","mime_type":"text/plain"}`))
	facts := o.expect("attachment.stored telegram:1:file:0", "message.created telegram:1", "message.read telegram:1:read")
	m := facts[1].Data.(*eventv1.MessageCreated).GetMessage()
	if m.GetContent() != "look" || len(m.GetAttachments()) != 1 {
		t.Fatalf("%+v", m)
	}
	if _, err := o.files.Info(t.Context(), m.GetAttachments()[0].GetId()); err != nil || m.GetAttachments()[0].GetSize() != 5 {
		t.Errorf("%+v, %v", m.GetAttachments()[0], err)
	}
}

func TestFileThatTelegramDoesNotHandOutIsExplained(t *testing.T) {
	for body, want := range map[string]string{
		`{"ok":false,"error_code":400,"description":"Bad Request: file is too big"}`:                                            "up to 20 MB",
		`{"ok":false,"error_code":400,"description":"Bad Request: wrong file_id or the file is temporarily unavailable"}`:       "does not have it any more",
		`{"ok":true,"result":{"file_id":"f1","file_path":"/var/lib/telegram-bot-api/7001/documents/file_1.txt","file_size":5}}`: "does not have it any more",
	} {
		o := filed(t)
		o.start(o.bot.Answer)
		o.api.Refuse("getFile", body)
		o.accepts(update(1, "message", `,"message_id":1,"document":{"file_id":"f1","file_name":"a.txt"}`))
		o.accepts(update(2, "message", `,"message_id":2,"caption":"read this","document":{"file_id":"f1","file_name":"a.txt"}`))
		if got := o.shown(); !slices.Equal(got, []string{"read this:  of 2"}) {
			t.Errorf("%q", got)
		}
		first, second := o.answered(1).Params["text"].(string), o.answered(2).Params["text"].(string)
		if !strings.Contains(first, want) || !strings.Contains(first, "a.txt") || !strings.Contains(first, "got nothing") || !strings.Contains(second, "The rest was sent") {
			t.Errorf("%q, %q", first, second)
		}
	}
}

func TestFileIsFetchedAgainWhenTelegramIsInTrouble(t *testing.T) {
	o := filed(t)
	o.api.Refuse("getFile", "<html>Bad Gateway</html>")
	body := update(1, "message", `,"message_id":1,"document":{"file_id":"f1","file_name":"a.txt"}`)
	if w := o.post(body); w.Code != 503 {
		t.Fatalf("%d", w.Code)
	}
	o.expect()
	o.api.Refuse("getFile", "")
	o.accepts(body)
	if got := o.shown(); !slices.Equal(got, []string{": a.txt of 1"}) {
		t.Errorf("%q", got)
	}
}

func TestWhatIsNoFileIsExplained(t *testing.T) {
	o := newBureau(t)
	o.start(o.bot.Answer)
	o.accepts(update(1, "message", `,"location":{"latitude":1,"longitude":2}`))
	if text := o.answered(1).Params["text"].(string); !strings.Contains(text, "The location was not sent") {
		t.Errorf("%q", text)
	}
	o.expect()
}

func TestErrorsOfFilesAreSortedIntoFinalAndNot(t *testing.T) {
	o := newBureau(t)
	o.api.Refuse("getFile", `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}`)
	_, err := o.bot.fetch(t.Context(), "f1")
	if telegram.KindOf(err) != telegram.KindRateLimited || strings.Contains(err.Error(), office.ErrNoFile.Error()) {
		t.Errorf("%v", err)
	}
}
