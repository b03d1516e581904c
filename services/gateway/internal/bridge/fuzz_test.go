package bridge

import (
	"testing"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// FuzzReport reads what anybody could send, by every check that a body passes before anything is asked or stored.
func FuzzReport(f *testing.F) {
	for _, seed := range []string{
		`{"type":"new_session","session":{"id":"a","createdAt":"2026-01-02T03:04:05Z","metadata":{"a":[1]},"identity":{"userId":7}}}`,
		`{"message":{"id":"m","content":"x","replyTo":{"id":"y"},"timestamp":"9999-12-31T23:59:59Z","attachments":[{"filename":"a","url":"https://a/"}]},"session":{"id":"\u202e"}}`,
		`{"event":{"name":"n","data":1e309}}`, `{"session":null,"message":null}`, `{"score":1e400}`, `{"duration":-0}`, "{\"sessionId\":\"\xff\"}", `{"messageIds":[null]}`, `[]`, `{"session":{"identity":{"id":null,"userId":{}}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r report
		if intake.Parse(raw, &r) != nil {
			return
		}
		check := func(refusal *intake.Refusal) {
			if refusal != nil && (refusal.Status != 400 || refusal.Code == "" || refusal.Text == "" || len(refusal.Text) > 200 || !utf8.ValidString(refusal.Text)) {
				t.Errorf("%q: %+v", raw, refusal)
			}
		}
		told, refusal := r.Session.session()
		if check(refusal); refusal == nil && (told.GetExternalId() == "" || told.GetVisitorId() == "" || told.GetCreatedAt().CheckValid() != nil) {
			t.Errorf("%q: %v", raw, told)
		}
		if r.Message != nil {
			check(messageID("message.id", r.Message.ID))
			text, refusal := r.Message.text()
			if check(refusal); refusal == nil && utf8.RuneCountInString(text) > 4000 {
				t.Errorf("a text of %d", len(text))
			}
			_, refusal = r.Message.reply()
			check(refusal)
			at, refusal := instant("message.timestamp", r.Message.Timestamp)
			if check(refusal); refusal == nil && at.Year() < 1970 {
				t.Errorf("%s", at)
			}
		}
		if r.Event != nil {
			_, refusal := intake.CustomEvent(r.Event.Name, r.Event.Data)
			check(refusal)
		}
	})
}

func TestCodesAreNamedAfterTheirFields(t *testing.T) {
	for field, want := range map[string]string{"session.visitorId": "visitor_id", "reason": "reason", "message.attachments.filename": "filename", "editedAt": "edited_at"} {
		if got := snake(field); got != want {
			t.Errorf("%s is %s, want %s", field, got, want)
		}
	}
}
