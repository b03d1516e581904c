package telegram

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the golden files")

var begun = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// secret is a session id; no text may hold it.
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
	return &sessionsv1.SessionRecord{Session: &bellhopv1.Session{Id: secret, Identity: known, Metadata: page}}
}

func ana() *sessionsv1.SessionRecord {
	return visitor(map[string]any{"id": "42", "name": "Ana \u202eSilva", "email": "ana@example.com", "phone": "+351 900 000 000"}, map[string]any{
		"url": "https://shop.example/plans/pricing?x=1", "pageTitle": "Pricing", "referrer": "https://search.example/", "browser": "Firefox",
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

func said(text string, after time.Duration) *sessionsv1.MessageRecord {
	return &sessionsv1.MessageRecord{Platform: "widget", Message: &bellhopv1.Message{
		Id: text, Content: text, Sender: "visitor", Timestamp: timestamppb.New(begun.Add(after)),
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

var (
	photo = &bellhopv1.Attachment{Id: "att_photo", Filename: "cat.png", MimeType: "image/png", Size: 7, Status: "ready"}
	gif   = &bellhopv1.Attachment{Id: "att_gif", Filename: "dance.gif", MimeType: "image/gif", Size: 7, Status: "ready"}
	pdf   = &bellhopv1.Attachment{Id: "att_pdf", Filename: "invoice.pdf", MimeType: "application/pdf", Size: 7, Status: "ready"}
)

func posts() map[string]deliver.Post {
	list := func(messages ...*sessionsv1.MessageRecord) []*sessionsv1.MessageRecord { return messages }
	return map[string]deliver.Post{
		"card-with-first-message": {Record: ana(), Card: true, Messages: list(said("hi, is this free?", 0))},
		"card-of-nobody":          {Record: nobody(), Card: true},
		"card-of-somebody-proven": {Record: proven(), Card: true},
		"message":                 {Record: ana(), Messages: list(said("two\nlines  and *stars* <b>", 0))},
		"message-that-would-ping": {Record: nobody(), Messages: list(said("@everyone <!channel> @operator /close 😀 @x </script> **[x](http://evil)**", 0))},
		"edited":                  {Record: ana(), Messages: list(editedNow(said("better", 0)))},
		"joined": {Record: ana(), Messages: list(said("one", 0), said("two", 4*time.Second), editedNow(said("@three", 12*time.Minute)),
			said("four", 5*time.Hour))},
		"operator-from-elsewhere": {Record: ana(), Messages: list(by("operator", "Olga", "api", "I am here"))},
		"operator-without-name":   {Record: ana(), Messages: list(by("operator", "", "slack", "me too"))},
		"assistant":               {Record: ana(), Messages: list(by("ai", "", "api", "Beep"))},
		"system":                  {Record: ana(), Messages: list(by("system", "", "", "Notice"))},
		"files": {Record: ana(), Messages: list(with(said("", 0),
			&bellhopv1.Attachment{Filename: "a\u202egpj.exe", Status: "failed", Size: 900, Url: "https://files.example/1"},
			&bellhopv1.Attachment{Filename: "b.png", Status: "failed", Size: 23_400, Url: "/relative"},
			&bellhopv1.Attachment{Filename: "c.pdf", Status: "failed", Size: 12_345_678, Url: "javascript:alert(1)"}))},
		"files-that-are-sent": {Record: ana(), Messages: list(with(said("look at @this", 0), pdf, photo, gif, photo,
			&bellhopv1.Attachment{Filename: "film.mp4", MimeType: "video/mp4", Size: 51 << 20, Status: "ready", Url: "https://files.example/film"},
			&bellhopv1.Attachment{Filename: "slow.png", MimeType: "image/png", Size: 5, Status: "uploading"}))},
		"file-without-a-text":    {Record: ana(), Messages: list(with(said("", 0), photo))},
		"file-that-was-plain":    {Record: ana(), Plain: true, Messages: list(with(said("/close @x", 0), pdf))},
		"files-with-a-long-text": {Record: ana(), Messages: list(with(said(strings.Repeat("word ", 210), 0), photo, pdf))},
		"card-with-a-picture":    {Record: nobody(), Card: true, Messages: list(with(said("see", 0), photo))},
		"card-with-an-album":     {Record: nobody(), Card: true, Messages: list(with(said("see", 0), photo, photo))},
		"screenshot":             {Record: ana(), Notices: []*sessionsv1.Notice{{Kind: "screenshot", Attachments: []*bellhopv1.Attachment{photo}}}},
		"plain":                  {Record: ana(), Plain: true, Messages: list(said("@everyone /close https://x.example/y", 0))},
		"notices": {Record: ana(), Notices: []*sessionsv1.Notice{
			{Kind: "event", Name: "cart\nfull", Detail: `{"items":["@olga","/close"]}`},
			{Kind: "event", Name: "bare"},
			{Kind: "identity", Name: "Ana", Detail: "id: 42\nplan: @pro", Id: "42"},
			{Kind: "identity", Name: "Ana ✅ verified", Detail: "id: 42 ✅", Id: "42 ✅"},
			{Kind: "identity", Name: "Ana", Detail: "id: 42", Id: "42", Verified: true},
			{Kind: "identity", Detail: "email: ana@example.com"},
			{Kind: "left", Duration: 7500},
			{Kind: "csat", Score: 4, Detail: "quick </b> @all"},
			{Kind: "csat", Score: 1},
			{Kind: "screenshot"},
			{Kind: "newer", Name: "than this", Detail: "code"},
		}},
		"card-with-notices":      {Record: nobody(), Card: true, Notices: []*sessionsv1.Notice{{Kind: "event", Name: "cart"}}},
		"too-long-after-an-edit": {Record: ana(), Messages: list(said("short", 0), editedNow(said(strings.Repeat("ü😀 ", 1500), time.Second)))},
	}
}

func TestTextsAreAsInTheGoldenFiles(t *testing.T) {
	for name, post := range posts() {
		t.Run(name, func(t *testing.T) {
			var shown strings.Builder
			for _, p := range sender(t).pieces(post) {
				if strings.Contains(p.text.Text, secret) {
					t.Error("the session's id is shown")
				}
				shown.WriteString(show(p))
			}
			golden(t, name, shown.String())
		})
	}
}

// show is a piece as a person can check it: the files, the text, then what each entity covers, and the buttons.
func show(p piece) string {
	units := utf16.Encode([]rune(p.text.Text))
	var b strings.Builder
	for _, a := range p.files {
		fmt.Fprintf(&b, "[%s picture=%v]\n", a.GetFilename(), p.pictures)
	}
	b.WriteString(p.text.Text + "\n----\n")
	for _, e := range p.text.Entities {
		fmt.Fprintf(&b, "%s %q\n", e.Type, string(utf16.Decode(units[e.Offset:e.Offset+e.Length])))
	}
	for _, row := range p.buttons {
		for _, button := range row {
			fmt.Fprintf(&b, "(%s %s)\n", button.Text, button.Data)
		}
	}
	return b.String()
}

// sender is one whose shelf has what has an id.
func sender(t interface{ Helper() }) *Sender {
	t.Helper()
	return New(botapi.Config{Token: token, Chats: []string{group}}, shelfOf(nil), zap.NewNop())
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

func TestTitlesSayWhoAndWhere(t *testing.T) {
	page := func(address string) map[string]any { return map[string]any{"url": address} }
	for _, c := range []struct {
		record *sessionsv1.SessionRecord
		want   string
	}{
		{ana(), "💬 Ana Silva · pricing"},
		{nobody(), "💬 ghXY9z"},
		{visitor(map[string]any{"email": "bo@example.com"}, page("https://shop.example/")), "💬 bo"},
		{visitor(nil, page("https://shop.example/a/b%20c/")), "💬 ghXY9z · b c"},
		{visitor(nil, page("::not an address")), "💬 ghXY9z"},
		{visitor(map[string]any{"name": "line\nbreak\x00"}, page("/x")), "💬 line break · x"},
		{visitor(map[string]any{"name": 7}, nil), "💬 ghXY9z"},
		{visitor(map[string]any{"name": strings.Repeat("n", 500)}, page("/"+strings.Repeat("p", 500))),
			"💬 " + strings.Repeat("n", 59) + "… · " + strings.Repeat("p", 59) + "…"},
	} {
		if got := botapi.TopicName(brief.Title(c.record)); got != c.want || len([]rune(got)) > botapi.MaxTopicName {
			t.Errorf("title %q, want %q", got, c.want)
		}
	}
}

func TestTheLongestMessageFitsWithoutTheCard(t *testing.T) {
	s := sender(t)
	fits := func(post deliver.Post) bool { return len(s.Plan(post, nil)) == 1 }
	long := said(strings.Repeat("ü", 4000), 0)
	record := visitor(map[string]any{"name": strings.Repeat("N", 500)}, map[string]any{"url": strings.Repeat("u", 5000)})
	var files []*bellhopv1.Attachment
	for range 20 {
		files = append(files, &bellhopv1.Attachment{Filename: strings.Repeat("f", 300), Status: "failed", Url: "https://files.example/" + strings.Repeat("x", 300)})
	}
	if !fits(deliver.Post{Record: record, Messages: []*sessionsv1.MessageRecord{with(long, files...)}}) {
		t.Error("a message of 4,000 characters with files does not fit")
	}
	if fits(deliver.Post{Record: record, Card: true, Messages: []*sessionsv1.MessageRecord{long}}) {
		t.Error("it fits with the card")
	}
	if !fits(deliver.Post{Record: record, Card: true}) {
		t.Error("the card alone does not fit")
	}
}

// FuzzTextsStayWithinTheLimits: whatever people write and are called, Telegram takes it.
func FuzzTextsStayWithinTheLimits(f *testing.F) {
	f.Add("Ana", "hi", "https://shop.example/x")
	f.Add("@a /b \u202e", "</script> \xff 😀@x", "::")
	f.Fuzz(func(t *testing.T, name, content, address string) {
		name, content, address = strings.ToValidUTF8(name, ""), strings.ToValidUTF8(content, ""), strings.ToValidUTF8(address, "")
		record := visitor(map[string]any{"name": name}, map[string]any{"url": address})
		for _, plain := range []bool{false, true} {
			for _, files := range [][]*bellhopv1.Attachment{nil, {photo}, {pdf, photo, photo}} {
				first := with(said(content, 0), files...)
				checkPieces(t, deliver.Post{Record: record, Card: true, Plain: plain, Messages: []*sessionsv1.MessageRecord{first, said(content, time.Hour)}})
			}
		}
		if got := botapi.TopicName(brief.Title(record)); got == "" || len([]rune(got)) > botapi.MaxTopicName {
			t.Fatalf("title %q", got)
		}
	})
}

// checkPieces asserts what Telegram asks of messages and captions.
func checkPieces(t *testing.T, post deliver.Post) {
	t.Helper()
	for _, p := range sender(t).pieces(post) {
		most := botapi.MaxText
		if len(p.files) > 0 {
			most = botapi.MaxCaption
		}
		if n := len([]rune(p.text.Text)); n > most || len(p.files) == 0 && strings.TrimSpace(p.text.Text) == "" || len(p.files) > botapi.MaxAlbum {
			t.Fatalf("%d code points with %d files", n, len(p.files))
		}
		units := len(utf16.Encode([]rune(p.text.Text)))
		for _, e := range p.text.Entities {
			if e.Offset < 0 || e.Length <= 0 || e.Offset+e.Length > units {
				t.Fatalf("entity %v of %d units", e, units)
			}
		}
	}
}
