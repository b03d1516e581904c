package slack

import (
	"io"
	"strings"
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sim "github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestFilesGoAndComeBack(t *testing.T) {
	s := start(t)
	const data = "bytes é 🦊"
	fileID, err := s.Upload(t.Context(), product.Upload{
		Place: s.thread, Name: "inv\"oice é.txt", Title: "An <invoice>", Size: int64(len(data)), Bytes: strings.NewReader(data),
	})
	must(t, err)
	info, err := s.FileInfo(t.Context(), fileID)
	must(t, err)
	ts := info.SharedIn(s.thread.Channel)
	if shown := s.slack.Message(ts); shown.ThreadTS != s.thread.Thread || len(shown.Files) != 1 {
		t.Fatalf("shown %+v of %+v", shown, info)
	}
	if info.Name != "inv\"oice é.txt" || fetch(t, s.Client, info) != data {
		t.Errorf("%+v", info)
	}
	must(t, s.DeleteFile(t.Context(), fileID))
	expect(t, "deleted", s.DeleteFile(t.Context(), fileID), product.KindFileRefused)
	if _, err := s.FileInfo(t.Context(), fileID); product.KindOf(err) != product.KindFileRefused {
		t.Error(err)
	}
	if err := s.Delete(t.Context(), product.Ref{Channel: s.thread.Channel, TS: ts}); err != nil && product.KindOf(err) != product.KindMessageGone {
		t.Error(err)
	}
	if shown := s.slack.Message(ts); !shown.Deleted {
		t.Errorf("still shown: %+v", shown)
	}
}

func fetch(t *testing.T, c *product.Client, f product.File) string {
	t.Helper()
	got, err := c.Download(t.Context(), f)
	must(t, err)
	defer func() { _ = got.Body.Close() }()
	data, err := io.ReadAll(got.Body)
	must(t, err)
	return string(data)
}

func TestFileOfAnOperatorIsHadWithTheRightTokenOnly(t *testing.T) {
	s := start(t)
	said, err := s.slack.Say(t.Context(), s.thread.Thread, "see", sim.WithFile("a.txt", "text/plain", []byte("A")))
	must(t, err)
	page, err := s.Replies(t.Context(), s.thread, s.thread.Thread, "")
	must(t, err)
	var files []product.File
	for _, m := range page.Messages {
		if m.TS == said.TS {
			files = m.Files
		}
	}
	if len(files) != 1 || files[0].Name != "a.txt" || files[0].Size != 1 || fetch(t, s.Client, files[0]) != "A" {
		t.Fatalf("%+v", files)
	}
	stranger := product.New(product.Config{Token: "xoxb-another", APIURL: s.slack.URL()})
	if _, err := stranger.Download(t.Context(), files[0]); product.KindOf(err) != product.KindNoRights {
		t.Errorf("%v is %v", err, product.KindOf(err))
	}
	s.slack.SetScope("files:read", false)
	if _, err := s.Download(t.Context(), files[0]); product.KindOf(err) != product.KindNoRights {
		t.Errorf("%v is %v", err, product.KindOf(err))
	}
}

func TestMessageOfAFileComesLater(t *testing.T) {
	s := start(t, func(o *sim.Options) { o.ShareDelay = time.Second })
	fileID, err := s.Upload(t.Context(), product.Upload{Place: s.thread, Name: "a.txt", Size: 1, Bytes: strings.NewReader("A")})
	must(t, err)
	info, err := s.FileInfo(t.Context(), fileID)
	if err != nil || info.SharedIn(s.thread.Channel) != "" {
		t.Errorf("%+v, %v", info, err)
	}
	s.slack.Clock().Advance(2 * time.Second)
	must(t, s.slack.WaitFor(patient(t), func(sim.State) bool {
		info, err := s.FileInfo(t.Context(), fileID)
		return err == nil && info.SharedIn(s.thread.Channel) != ""
	}))
}
