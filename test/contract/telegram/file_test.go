package telegram

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sim "github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestFilesGoAndComeBack(t *testing.T) {
	s := start(t)
	data := []byte("%PDF é 🦊")
	caption := new(product.Text).Bold("Ana").Plain(": see")
	sent, err := s.SendDocument(t.Context(), product.OutgoingFile{
		Place: s.topic, File: file("inv\"oice é.pdf", "application/pdf", data), Caption: caption.String(), Entities: caption.Entities(),
	})
	must(t, err)
	if got := s.fetch(t, sent); !bytes.Equal(got, data) {
		t.Errorf("%d bytes came back", len(got))
	}
	shown := s.telegram.Message(int64(sent.ID))
	if shown.Text != "Ana: see" || len(shown.Entities) != 1 || shown.Media.Files[0].Name != `inv"oice é.pdf` || shown.Media.Files[0].MIME != "application/pdf" || shown.TopicID != int64(s.topic.Thread) {
		t.Errorf("shown %+v", shown)
	}
	photo, err := s.SendPhoto(t.Context(), product.OutgoingFile{Place: s.topic, File: file("a.png", "image/png", picture(t, 400, 300)), ReplyTo: sent.ID})
	must(t, err)
	described, _ := photo.File()
	if described.Kind != product.FilePhoto || described.Width != 400 {
		t.Errorf("described %+v", described)
	}
	again, err := s.SendPhoto(t.Context(), product.OutgoingFile{Place: s.topic, File: product.File{ID: described.ID}})
	if err != nil || s.telegram.Message(int64(again.ID)).Media == nil {
		t.Errorf("the same picture again: %v", err)
	}
}

func TestAlbumsGoAndComeBack(t *testing.T) {
	s := start(t)
	sent, err := s.SendMediaGroup(t.Context(), product.Album{Place: s.topic, Items: []product.AlbumItem{
		{Photo: true, File: file("a.png", "image/png", picture(t, 40, 30)), Caption: "both"}, {Photo: true, File: file("b.png", "image/png", picture(t, 50, 30))},
	}})
	must(t, err)
	if len(sent) != 2 || sent[0].MediaGroupID == "" || sent[0].MediaGroupID != sent[1].MediaGroupID || s.telegram.Message(int64(sent[0].ID)).Text != "both" {
		t.Fatalf("sent %+v", sent)
	}
	_, err = s.telegram.SayAlbum(t.Context(), int64(s.topic.Thread), "mine", sim.WithFile("a.txt", "text/plain", []byte("A")), sim.WithFile("b.txt", "text/plain", []byte("B")))
	must(t, err)
	got := s.updates(t)
	if len(got) != 2 || got[0].Message.Content() != "mine" || got[0].Message.MediaGroupID == "" || got[0].Message.MediaGroupID != got[1].Message.MediaGroupID {
		t.Fatalf("%d updates", len(got))
	}
	if a, b := s.fetch(t, *got[0].Message), s.fetch(t, *got[1].Message); string(a) != "A" || string(b) != "B" {
		t.Errorf("files %q and %q", a, b)
	}
}

func TestUnfitFilesAreToldApart(t *testing.T) {
	s := start(t)
	send := func(f product.File) error {
		_, err := s.SendPhoto(t.Context(), product.OutgoingFile{Place: s.topic, File: f})
		return err
	}
	kind := func(what string, err error, want product.Kind) {
		t.Helper()
		if got := product.KindOf(err); got != want {
			t.Errorf("%s: %v is %v, want %v", what, err, got, want)
		}
	}
	kind("long", send(file("a.png", "image/png", picture(t, 2100, 100))), product.KindMediaRefused)
	kind("no picture", send(file("a.png", "image/png", []byte("text"))), product.KindMediaRefused)
	kind("unknown file", send(product.File{ID: "nobody's"}), product.KindFileGone)
	big, err := s.telegram.Say(t.Context(), int64(s.topic.Thread), "", sim.WithFile("big", "", make([]byte, 20<<20+1)))
	must(t, err)
	_, err = s.GetFile(t.Context(), big.Media.Files[0].ID)
	kind("20 MB and a byte", err, product.KindFileTooBig)
	must(t, s.telegram.SetRight("can_send_photos", false))
	kind("no right to send photos", send(file("a.png", "image/png", picture(t, 10, 10))), product.KindMediaForbidden)
	small, err := s.telegram.Say(t.Context(), 0, "", sim.WithFile("small", "text/plain", []byte("x")))
	must(t, err)
	info, err := s.GetFile(t.Context(), small.Media.Files[0].ID)
	must(t, err)
	s.telegram.Clock().Advance(time.Hour)
	_, err = s.Download(t.Context(), info)
	kind("a link that has ended", err, product.KindFileGone)
}

// Every kind of file that a person can send is described, and its bytes are there.
func TestEveryKindOfFileOfAPersonIsFetched(t *testing.T) {
	s := start(t)
	for _, kind := range []string{"document", "audio", "voice", "video", "video_note", "animation", "sticker"} {
		_, err := s.telegram.Say(t.Context(), int64(s.topic.Thread), "", sim.WithMedia(kind, "application/x-"+kind, []byte(kind)))
		must(t, err)
		m := s.updates(t)[0].Message
		described, ok := m.File()
		if !ok || string(described.Kind) != kind || described.Name == "" || described.MIME == "" {
			data, _ := json.Marshal(described)
			t.Errorf("%s: %s", kind, data)
			continue
		}
		if got := s.fetch(t, *m); string(got) != kind {
			t.Errorf("%s: fetched %q", kind, got)
		}
	}
}
