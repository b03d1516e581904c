package slack

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	webapi "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the golden files")

var begun = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// secret is a session id; nothing that is sent may hold it.
const secret = "ses_0123456789abcdefghXY9z"

func visitor(identity, metadata map[string]any) *sessionsv1.SessionRecord {
	known, err := structpb.NewStruct(identity)
	if err != nil {
		panic(err)
	}
	page, err := structpb.NewStruct(metadata)
	if err != nil {
		panic(err)
	}
	return &sessionsv1.SessionRecord{Session: &bellhopv1.Session{Id: secret, Identity: known, Metadata: page, LastActivity: timestamppb.Now()}}
}

func ana() *sessionsv1.SessionRecord {
	return visitor(map[string]any{"id": "42", "name": "Ana \u202eSilva", "email": "ana@example.com", "phone": "+351 900 000 000"}, map[string]any{
		"url": "https://shop.example/plans/pricing?x=1", "pageTitle": "Pricing <!here>", "referrer": "https://search.example/", "browser": "Firefox",
		"os": "Linux", "deviceType": "desktop", "city": "Porto", "country": "PT", "language": "pt-PT", "timezone": "Europe/Lisbon",
	})
}

// proven is ana, of whom the site has proven who she is.
func proven() *sessionsv1.SessionRecord {
	record := ana()
	record.Session.IdentityVerified = true
	return record
}

func nobody() *sessionsv1.SessionRecord { return visitor(nil, nil) }

func closedBy(name string) *sessionsv1.SessionRecord {
	record := ana()
	record.ClosedBy = name
	return record
}

func said(text string, after time.Duration) *sessionsv1.MessageRecord {
	return &sessionsv1.MessageRecord{Platform: "widget", Message: &bellhopv1.Message{
		Id: "m-" + text, Content: text, Sender: "visitor", Timestamp: timestamppb.New(begun.Add(after)),
	}}
}

func by(sender, name, platform, text string) *sessionsv1.MessageRecord {
	m := said(text, 0)
	m.Message.Sender, m.Message.OperatorName, m.Platform = sender, name, platform
	return m
}

func editedNow(m *sessionsv1.MessageRecord) *sessionsv1.MessageRecord {
	m.Message.EditedAt = timestamppb.New(begun)
	return m
}

func with(m *sessionsv1.MessageRecord, files ...*bellhopv1.Attachment) *sessionsv1.MessageRecord {
	m.Message.Attachments = files
	return m
}

func list(messages ...*sessionsv1.MessageRecord) []*sessionsv1.MessageRecord { return messages }

// linked makes links of files with a short name: the others are sent on.
func linked(a *bellhopv1.Attachment) string {
	if len(a.GetFilename()) > len("c.pdf") {
		return ""
	}
	return "https://shop.example/files/" + a.GetFilename()
}

func posts() map[string]deliver.Post {
	return map[string]deliver.Post{
		"message":                 {Record: ana(), Messages: list(said("two\nlines  and *stars* <b>", 0))},
		"message-that-would-call": {Record: nobody(), Messages: list(said("@everyone <!channel> <@U0OLGA> :wave: &amp; </script> **[x](http://evil.example)**", 0))},
		"edited":                  {Record: ana(), Messages: list(editedNow(said("better", 0)))},
		"joined": {Record: ana(), Messages: list(said("one", 0), said("two", 4*time.Second), editedNow(said("@three", 12*time.Minute)),
			said("four", 5*time.Hour))},
		"operator-from-elsewhere": {Record: ana(), Messages: list(by("operator", "Olga", "telegram", "I am here"))},
		"assistant":               {Record: ana(), Messages: list(by("ai", "", "api", "Beep"))},
		"reply":                   {Record: ana(), Messages: list(said("yes", 0)), Quoted: by("operator", "Olga", "slack", "is it\nthis <one>?")},
		"reply-to-deleted": {Record: ana(), Messages: list(said("yes", 0)), Quoted: &sessionsv1.MessageRecord{Message: &bellhopv1.Message{
			Sender: "visitor", DeletedAt: timestamppb.New(begun),
		}}},
		"files": {Record: ana(), Messages: list(with(said("", 0),
			&bellhopv1.Attachment{Filename: "a\u202egpj.exe", Size: 900},
			&bellhopv1.Attachment{Filename: "b.png", Size: 23_400},
			&bellhopv1.Attachment{Filename: "c.pdf", Size: 12_345_678}))},
		"plain": {Record: ana(), Plain: true, Messages: list(said("<!everyone> *x* https://x.example/y", 0))},
		"notices": {Record: ana(), Notices: []*sessionsv1.Notice{
			{Kind: "event", Name: "cart\nfull", Detail: `{"items":["@olga","<!here>"]}`},
			{Kind: "identity", Name: "Ana", Detail: "id: 42\nplan: @pro", Id: "42"},
			{Kind: "identity", Name: "Ana ✅ verified", Detail: "id: 42 ✅", Id: "42 ✅"},
			{Kind: "identity", Name: "Ana", Detail: "id: 42", Id: "42", Verified: true},
			{Kind: "identity", Detail: "email: ana@example.com"},
			{Kind: "left", Duration: 7500},
			{Kind: "csat", Score: 4, Detail: "quick </b> @all"},
			{Kind: "newer", Name: "than this", Detail: "code"},
		}},
	}
}

func TestMessagesAreAsInTheGoldenFiles(t *testing.T) {
	for name, post := range posts() {
		t.Run(name, func(t *testing.T) {
			var shown strings.Builder
			for _, out := range parts(post, linked) {
				shown.WriteString(show(t, out))
			}
			golden(t, name, shown.String())
		})
	}
}

func TestCardsAreAsInTheGoldenFiles(t *testing.T) {
	for name, out := range map[string]webapi.Content{
		"card": card(ana(), false), "card-proven": card(proven(), false), "card-of-nobody": card(nobody(), false), "card-closed": card(closedBy("Olga <P>"), true),
		"card-closed-by-nobody": card(closedBy(""), true), "closed-line": closedLine("Olga <P>").Content(),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, show(t, out)) })
	}
}

// show is a message as a person can check it: what notifications show, then the blocks.
func show(t *testing.T, out webapi.Content) string {
	t.Helper()
	blocks, err := json.MarshalIndent(out.Blocks, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.Text+string(blocks), secret) {
		t.Error("the session's id is shown")
	}
	if strings.ContainsAny(out.Text, "<>") || utf8.RuneCountInString(out.Text) > webapi.MaxFallback {
		t.Errorf("the text is %q", out.Text)
	}
	return fmt.Sprintf("%s\n----\n%s\n", out.Text, blocks)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestTheLongestMessageIsOneMessageAndLongerOnesAreNumbered(t *testing.T) {
	if n := len(parts(deliver.Post{Record: ana(), Messages: list(said(strings.Repeat("ü", 4000), 0))}, linked)); n != 1 {
		t.Errorf("a message of 4,000 characters makes %d", n)
	}
	long := parts(deliver.Post{Record: ana(), Messages: list(by("ai", "", "api", strings.Repeat("word ", 3000)))}, linked)
	if plain := parts(deliver.Post{Record: ana(), Plain: true, Messages: list(said(strings.Repeat("ü", 4000), 0))}, linked); len(plain) != 2 {
		t.Errorf("without blocks it makes %d", len(plain))
	}
	if len(long) != 3 || !strings.HasPrefix(long[1].Text, "(2/3) ") {
		t.Errorf("%d parts, the second is %q…", len(long), long[1].Text[:20])
	}
}

// FuzzMessagesStayWithinTheLimits: whatever people write and are called, Slack takes it, and nobody is called.
func FuzzMessagesStayWithinTheLimits(f *testing.F) {
	f.Add("Ana", "hi", "https://shop.example/x")
	f.Add("<!here> \u202e", "</script> \xff <@U1> 😀", "::")
	f.Fuzz(func(t *testing.T, name, content, address string) {
		name, content, address = strings.ToValidUTF8(name, ""), strings.ToValidUTF8(content, ""), strings.ToValidUTF8(address, "")
		record := visitor(map[string]any{"name": name}, map[string]any{"url": address})
		record.ClosedBy = name
		all := []webapi.Content{card(record, false), card(record, true), closedLine(name).Content()}
		for _, plain := range []bool{false, true} {
			all = append(all, parts(deliver.Post{Record: record, Plain: plain, Messages: list(said(content, 0), said(content, time.Hour)), Quoted: said(content, 0)}, linked)...)
		}
		for _, out := range all {
			if strings.ContainsAny(out.Text, "<>") || out.Text == "" || utf8.RuneCountInString(out.Text) > webapi.MaxFallback || len(out.Blocks) > webapi.MaxBlocks {
				t.Fatalf("%q with %d blocks", out.Text, len(out.Blocks))
			}
		}
	})
}
