package telegram

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

func filed(text string, files ...*bellhopv1.Attachment) deliver.Post {
	return deliver.Post{Record: ana(), Messages: []*sessionsv1.MessageRecord{with(said(text, 0), files...)}}
}

// told is what the API was asked: the method, and some of what it was told.
func (a *api) told() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for i, method := range a.calls {
		line := method
		for _, field := range []string{"photo", "document", "a0", "a1", "caption", "text", "media"} {
			if value, ok := a.bodies[i][field].(string); ok {
				line += " " + field + "=" + value
			}
		}
		all = append(all, strings.ReplaceAll(line, "\n", "⏎"))
	}
	return all
}

func refuses(methods ...string) func(string) (int, string) {
	return func(method string) (int, string) {
		for _, m := range methods {
			if name, why, _ := strings.Cut(m, ":"); name == method {
				return 400, `{"ok":false,"error_code":400,"description":"Bad Request: ` + why + `"}`
			}
		}
		return 200, `{"ok":true,"result":{"message_id":413,"date":1,"chat":{"id":-1001230000001}}}`
	}
}

func TestFilesAreSentAsWhatTheyAre(t *testing.T) {
	for name, test := range map[string]struct {
		post   deliver.Post
		answer func(string) (int, string)
		want   []string
		ids    int
	}{
		"a picture":     {post: filed("look", photo), ids: 1, want: []string{"sendPhoto photo=cat.png: picture caption=👤 Ana Silva⏎look"}},
		"a document":    {post: filed("look", pdf), ids: 1, want: []string{"sendDocument document=invoice.pdf: %PDF-1. caption=👤 Ana Silva⏎look"}},
		"a moving one":  {post: filed("", gif), ids: 1, want: []string{"sendDocument document=dance.gif: GIF89a. caption=👤 Ana Silva"}},
		"several":       {post: filed("look", photo, photo), ids: 2, want: []string{`sendMediaGroup a0=cat.png: picture a1=cat.png: picture media=[{"type":"photo","media":"attach://a0","caption":"👤 Ana Silva\nlook","caption_entities":[{"type":"bold","offset":3,"length":9}]},{"type":"photo","media":"attach://a1"}]`}},
		"no picture":    {post: filed("look", photo), answer: refuses("sendPhoto:PHOTO_INVALID_DIMENSIONS"), ids: 1, want: []string{"sendPhoto photo=cat.png: picture caption=👤 Ana Silva⏎look", "sendDocument document=cat.png: picture caption=👤 Ana Silva⏎look"}},
		"no right":      {post: filed("look", pdf), answer: refuses("sendDocument:not enough rights to send documents to the chat"), ids: 1, want: []string{"sendDocument document=invoice.pdf: %PDF-1. caption=👤 Ana Silva⏎look", "sendMessage text=👤 Ana Silva⏎look⏎📎 invoice.pdf (7 B)"}},
		"no right ever": {post: filed("look", photo), answer: refuses("sendPhoto:CHAT_SEND_PHOTOS_FORBIDDEN", "sendDocument:CHAT_SEND_DOCS_FORBIDDEN"), ids: 1, want: []string{"sendPhoto photo=cat.png: picture caption=👤 Ana Silva⏎look", "sendDocument document=cat.png: picture caption=👤 Ana Silva⏎look", "sendMessage text=👤 Ana Silva⏎look⏎📎 cat.png (7 B)"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, s := newAPI(t)
			a.answer = test.answer
			ids, err := s.Send(t.Context(), topic, test.post, 0)
			if err != nil || len(ids) != test.ids {
				t.Errorf("ids %v, %v", ids, err)
			}
			if diff := cmp.Diff(test.want, a.told()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFileThatIsGoneIsNamedAndOneThatCannotBeReadNowIsTriedAgain(t *testing.T) {
	a, s := newAPI(t)
	gone := &bellhopv1.Attachment{Id: "att_gone", Filename: "gone.pdf", MimeType: "application/pdf", Size: 5, Status: "ready"}
	if ids, err := s.Send(t.Context(), topic, filed("look", gone), 0); err != nil || len(ids) != 1 {
		t.Fatalf("%v, %v", ids, err)
	}
	got := slices.DeleteFunc(a.told(), func(call string) bool { return call == "sendDocument" }) // broken off: it may be noticed before or after
	if !slices.Equal(got, []string{"sendMessage text=👤 Ana Silva⏎look⏎📎 gone.pdf (5 B)"}) {
		t.Errorf("%v", got)
	}
	s.files.Open = func(context.Context, *bellhopv1.Attachment) (io.ReadCloser, error) {
		return nil, errors.New("the bus is away")
	}
	_, err := s.Send(t.Context(), topic, filed("look", pdf), 0)
	if failed, ok := errors.AsType[*deliver.Failure](err); !ok || failed.Kind != deliver.Unknown {
		t.Errorf("%v", err)
	}
}

func TestEditsKeepFilesAndChangeWhatIsSaid(t *testing.T) {
	s := sender(t)
	long := strings.Repeat("word ", 210)
	edit := func(part int, id string) deliver.Call { return deliver.Call{Do: deliver.Edit, Part: part, ID: id} }
	for name, test := range map[string]struct {
		post  deliver.Post
		shown []string
		want  []deliver.Call
	}{
		"a caption":                  {filed("new", photo), []string{"1"}, []deliver.Call{edit(0, "1")}},
		"an album's caption":         {filed("new", photo, photo, pdf), []string{"1", "2", "3"}, []deliver.Call{edit(0, "1")}},
		"grown beyond a caption":     {filed(long, photo, photo), []string{"1", "2"}, []deliver.Call{edit(0, "1"), {Do: deliver.Send, Part: 1}}},
		"grown, and edited again":    {filed(long, photo, pdf), []string{"1", "2", "3"}, []deliver.Call{edit(0, "1"), edit(2, "3")}},
		"shrunk into a caption":      {filed("new", photo), []string{"1", "2"}, []deliver.Call{edit(0, "1"), {Do: deliver.Remove, ID: "2"}}},
		"an album named in one text": {filed("new", photo, photo), []string{"1"}, []deliver.Call{edit(0, "1")}},
		"no files":                   {filed("new"), []string{"1"}, []deliver.Call{edit(0, "1")}},
	} {
		if diff := cmp.Diff(test.want, s.Plan(test.post, test.shown)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestPlanSaysWhatItCosts(t *testing.T) {
	calls := sender(t).Plan(filed("look", photo, photo, photo, pdf), nil)
	if len(calls) != 2 || calls[0].Units != 3 || calls[1].Units != 1 || calls[0].Within <= 0 {
		t.Fatalf("%+v", calls)
	}
	if calls := sender(t).Plan(filed("look"), nil); len(calls) != 1 || calls[0].Within != 0 || calls[0].Units != 1 {
		t.Fatalf("%+v", calls)
	}
}

func TestCaptionIsEditedWithItsButtons(t *testing.T) {
	a, s := newAPI(t)
	post := filed("new", photo)
	post.Card = true
	if err := s.Edit(t.Context(), at, post, 0); err != nil {
		t.Fatal(err)
	}
	method, body := a.last()
	if method != "editMessageCaption" || !strings.HasSuffix(body["caption"].(string), "new") || body["reply_markup"] == nil {
		t.Errorf("%s %v", method, body)
	}
	a.answer = refuses("editMessageCaption:there is no caption in the message to edit")
	if err := s.Edit(t.Context(), at, filed("new", pdf), 0); err != nil {
		t.Fatal(err)
	}
	if got := a.told(); got[len(got)-1] != "editMessageText text=👤 Ana Silva⏎new⏎📎 invoice.pdf (7 B)" {
		t.Errorf("%v", got)
	}
}

func TestCardHasItsButtons(t *testing.T) {
	a, s := newAPI(t)
	if _, err := s.Send(t.Context(), topic, deliver.Post{Record: ana(), Card: true}, 0); err != nil {
		t.Fatal(err)
	}
	_, body := a.last()
	const want = `{"inline_keyboard":[[{"callback_data":"c:ghXY9z","style":"danger","text":"Close"},{"callback_data":"r:ghXY9z","text":"Mark read"}]]}`
	if got := jsonOf(t, body["reply_markup"]); got != want {
		t.Errorf("buttons %s", got)
	}
	if _, err := s.Send(t.Context(), topic, filed("x"), 0); err != nil {
		t.Fatal(err)
	}
	if _, body := a.last(); body["reply_markup"] != nil {
		t.Errorf("a message has buttons: %v", body)
	}
}
