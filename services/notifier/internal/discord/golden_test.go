package discord

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
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
	return visitor(map[string]any{"id": "42", "name": "Ana \u202e*Silva*", "email": "ana_b@example.com"}, map[string]any{
		"url": "https://shop.example/plans/pricing_table?x=1", "pageTitle": "[Pricing](http://evil)", "browser": "Firefox", "os": "Linux", "city": "Porto",
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

func pic(name string, size int64) *bellhopv1.Attachment {
	return &bellhopv1.Attachment{Id: "f-" + name, Filename: name, MimeType: "image/png", Size: size}
}

// full is a shelf that has everything, and a link to one file.
var full = shelf.Shelf{
	Open: func(context.Context, *bellhopv1.Attachment) (io.ReadCloser, error) { return nil, shelf.ErrGone },
	Link: func(a *bellhopv1.Attachment) string {
		return map[string]string{"f_1": "https://files.example/1_2"}[a.GetId()]
	},
}

func list1(messages ...*sessionsv1.MessageRecord) []*sessionsv1.MessageRecord { return messages }

func posts() map[string]deliver.Post {
	return map[string]deliver.Post{
		"card-with-first-message": {Record: ana(), Card: true, Messages: list1(said("hi, is this free?", 0))},
		"card-of-nobody":          {Record: nobody(), Card: true},
		"card-of-somebody-proven": {Record: proven(), Card: true},
		"message-that-would-ping": {Record: nobody(), Messages: list1(said("@everyone <@123> </close:1> 😀 @x </script> **[x](http://evil)**\n# big :smile:", 0))},
		"message-without-links":   {Record: nobody(), Plain: true, Messages: list1(said("see https://bad.example/x now", 0))},
		"edited":                  {Record: ana(), Messages: list1(editedNow(said("better", 0)))},
		"joined": {Record: ana(), Messages: list1(said("one", 0), said("two", 4*time.Second), editedNow(said("*three*", 12*time.Minute)),
			said("four", 5*time.Hour))},
		"operator-from-elsewhere": {Record: ana(), Messages: list1(by("operator", "Olga", "telegram", "I am here"))},
		"assistant":               {Record: ana(), Messages: list1(by("ai", "", "api", "Beep"))},
		"files":                   {Record: ana(), Messages: list1(with(said("", 0), pic("a\u202egpj.exe", 900), pic("big_one.zip", 2000), &bellhopv1.Attachment{Id: "f_1", Filename: "far", Size: 5000}))},
		"many-files": {Record: ana(), Messages: list1(with(said("all", 0), pic("1", 1), pic("2", 1), pic("3", 1), pic("4", 1), pic("5", 1), pic("6", 1),
			pic("7", 1), pic("8", 1), pic("9", 1), pic("10", 1), pic("11", 1)))},
		"notices": {Record: ana(), Notices: []*sessionsv1.Notice{
			{Kind: "event", Name: "cart\nfull", Detail: "{\"items\":[\"@here\",\"`x`\"]}"},
			{Kind: "identity", Name: "Ana", Detail: "id: 42\nplan: *pro*", Id: "42"},
			{Kind: "identity", Name: "Ana ✅ verified", Detail: "id: 42 ✅", Id: "42 ✅"},
			{Kind: "identity", Name: "Ana", Detail: "id: 42", Id: "42", Verified: true},
			{Kind: "identity", Detail: "email: ana@example.com"},
			{Kind: "left", Duration: 7500},
			{Kind: "csat", Score: 4, Detail: "quick </b> @all"},
			{Kind: "newer", Name: "than this", Detail: "code"},
		}},
		"screenshot": {Record: nobody(), Notices: []*sessionsv1.Notice{{Kind: "screenshot", Attachments: []*bellhopv1.Attachment{pic("page.png", 900)}}}},
		"too-long":   {Record: ana(), Messages: list1(editedNow(said(strings.Repeat("ü😀_ ", 1300), 0)))},
		"quoting":    {Record: ana(), Quoted: by("operator", "Olga", "telegram", "what *is*\nit?"), Messages: list1(said("that", 0))},
	}
}

func TestPostsAreAsInTheGoldenFiles(t *testing.T) {
	for name, post := range posts() {
		t.Run(name, func(t *testing.T) {
			l := look{maxFile: 1000, quotes: name == "quoting", files: full}
			var shown strings.Builder
			for _, p := range l.parts(post) {
				show(t, &shown, p)
			}
			if strings.Contains(shown.String(), secret) {
				t.Error("the session's id is shown")
			}
			golden(t, name, shown.String())
		})
	}
}

// show is a message as a person can check it.
func show(t *testing.T, b *strings.Builder, p part) {
	t.Helper()
	check(t, p)
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	for _, e := range p.embeds {
		description := e.Description
		e.Description = ""
		if err := encoder.Encode(e); err != nil {
			t.Fatal(err)
		}
		if len(description) > 1000 {
			description = description[:40] + " … " + description[len(description)-40:]
		}
		b.WriteString(strings.ReplaceAll(description, "\u200b", "‹zero width›") + "\n")
	}
	for _, f := range p.files {
		b.WriteString("file " + f.GetId() + "\n")
	}
	if p.silent {
		b.WriteString("silent\n")
	}
	b.WriteString("----\n")
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// check asserts that Discord takes a part.
func check(t failer, p part) {
	t.Helper()
	if len(p.embeds)+len(p.files) == 0 || length(p.embeds) > api.MaxEmbedTotal || len(p.files) > api.MaxFiles || len(p.embeds) > api.MaxEmbeds {
		t.Fatalf("%d embeds of %d and %d files", len(p.embeds), length(p.embeds), len(p.files))
	}
	for _, e := range p.embeds {
		if len([]rune(e.Description)) > api.MaxDescription || e.Author != nil && (len([]rune(e.Author.Name)) > api.MaxAuthor || e.Author.Name == "") {
			t.Fatalf("description of %d", len([]rune(e.Description)))
		}
		if e.Author == nil && strings.TrimSpace(e.Description) == "" {
			t.Fatalf("an empty embed")
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestFilesThatAreNotTakenAreNamed(t *testing.T) {
	l := look{maxFile: 1000, files: full}
	p := l.withoutFiles(l.parts(deliver.Post{Record: ana(), Messages: list1(with(said("x", 0), pic("a_b.png", 900)))})[0], tooLarge)
	check(t, p)
	if len(p.files) != 0 || !strings.Contains(p.embeds[1].Description, `a\_b.png (900 B)`) || !strings.HasSuffix(p.embeds[1].Description, tooLarge) {
		t.Fatalf("%+v", p)
	}
	crowded := part{embeds: []api.Embed{{Description: strings.Repeat("x", api.MaxDescription)}, {Description: strings.Repeat("x", api.MaxEmbedTotal-api.MaxDescription-60)}}, files: []*bellhopv1.Attachment{pic(strings.Repeat("y", 99), 1)}}
	check(t, l.withoutFiles(crowded, tooLarge))
}

// FuzzPostsStayWithinTheLimits: whatever people write and are called, Discord takes it.
func FuzzPostsStayWithinTheLimits(f *testing.F) {
	f.Add("Ana", "hi", "https://shop.example/x", 3)
	f.Add("@a /b \u202e`", "</script> \xff 😀@x", "::", 12)
	f.Add(strings.Repeat("*", 300), strings.Repeat("_`", 2000), strings.Repeat("[", 600), 30)
	f.Fuzz(func(t *testing.T, name, content, address string, n int) {
		name, content, address = strings.ToValidUTF8(name, ""), strings.ToValidUTF8(content, ""), strings.ToValidUTF8(address, "")
		record := visitor(map[string]any{"name": name}, map[string]any{"url": address, "pageTitle": name, "referrer": address})
		var files []*bellhopv1.Attachment
		for i := range min(max(n, 0), 40) {
			files = append(files, pic(name, int64(i*100)))
		}
		l := look{maxFile: 1000, quotes: true, files: full}
		for _, post := range []deliver.Post{
			{Messages: list1(said(content, 0), said(content, time.Hour))}, {Messages: list1(with(said(content, 0), files...)), Quoted: said(content, 0)},
			{Notices: []*sessionsv1.Notice{{Kind: "event", Name: name, Detail: content}, {Kind: "csat", Detail: content, Attachments: files}}}, {},
		} {
			post.Record = record
			for range 2 {
				post.Card = !post.Card
				if !post.Card && len(post.Messages)+len(post.Notices) == 0 {
					continue
				}
				for _, p := range l.parts(post) {
					check(t, p)
					check(t, l.withoutFiles(p, noFile))
				}
			}
		}
		if got := title(record); got == "" || len([]rune(got)) > api.MaxThreadName {
			t.Fatalf("title %q", got)
		}
	})
}

func visitorOf(session string) *sessionsv1.SessionRecord {
	record := nobody()
	record.Session.Id = session
	return record
}
