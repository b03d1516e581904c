package quote

import (
	"strings"
	"testing"
	"unicode/utf8"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/timestamppb"

	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestQuoteShowsTheMessageShortened(t *testing.T) {
	q := Of(&bellhopv1.Message{Id: "m", Sender: "visitor", Content: strings.Repeat("é", 141), Attachments: []*bellhopv1.Attachment{{MimeType: "image/png"}}})
	if n := utf8.RuneCountInString(q.GetContent()); n != length || !strings.HasSuffix(q.GetContent(), "é…") {
		t.Errorf("%d characters: %q", n, q.GetContent())
	}
	if q.GetId() != "m" || q.GetSender() != "visitor" || !q.GetHasAttachment() || q.GetAttachmentType() != "image/png" || q.GetDeleted() {
		t.Errorf("%v", q)
	}
	if q := Of(&bellhopv1.Message{Content: strings.Repeat("é", 140)}); strings.HasSuffix(q.GetContent(), "…") {
		t.Errorf("a text that fits is shortened: %q", q.GetContent())
	}
}

func TestTextOfADeletedMessageIsNeverQuoted(t *testing.T) {
	if q := Of(&bellhopv1.Message{Id: "m", Content: "secret", DeletedAt: timestamppb.Now()}); q.GetContent() != "" || !q.GetDeleted() {
		t.Errorf("%v", q)
	}
	if Of(nil) != nil {
		t.Error("nothing is quoted")
	}
}
