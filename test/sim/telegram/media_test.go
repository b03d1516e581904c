package telegram_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/png"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))))
	return out.Bytes()
}

// upload sends one file in the part that is named like its parameter.
func (b *bot) upload(method, part string, data []byte, values map[string]string) response {
	b.t.Helper()
	all := map[string]string{"chat_id": itoa(b.sim.ChatID())}
	for name, value := range values {
		all[name] = value
	}
	body, kind := multipartBody(b.t, all, map[string][]byte{part: data})
	resp, err := b.http.Post(b.url(method), kind, body)
	must(b.t, err)
	r, err := read(resp)
	must(b.t, err)
	return r
}

// download fetches a file by its id, as a bot does.
func (b *bot) download(fileID string) (int, []byte) {
	b.t.Helper()
	var f struct {
		Path string `json:"file_path"`
	}
	b.ok("getFile", fields{"file_id": fileID}, &f)
	return b.get("/file/bot" + b.sim.Token() + "/" + f.Path)
}

func (b *bot) get(path string) (int, []byte) {
	b.t.Helper()
	resp, err := b.http.Get(b.sim.URL() + path)
	must(b.t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	must(b.t, err)
	return resp.StatusCode, data
}

func TestPhotoIsReencodedInSizesAndADocumentKeepsItsBytes(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	data := picture(t, 1000, 500)
	in := map[string]string{"message_thread_id": itoa(topic), "caption": "look"}
	if r := b.upload("sendPhoto", "photo", data, in); !r.OK {
		t.Fatalf("photo refused: %s", r.Description)
	}
	if r := b.upload("sendDocument", "document", data, in); !r.OK {
		t.Fatalf("document refused: %s", r.Description)
	}
	said := b.sim.Topic(topic).Messages()[1:]
	photo, document := said[0].Media, said[1].Media
	if len(photo.Files) != 4 || photo.Files[3].Width != 1000 || photo.Files[0].Width != 90 || said[0].Text != "look" {
		t.Fatalf("photo: %+v", photo)
	}
	sum := sha256.Sum256(data)
	if digest := hex.EncodeToString(sum[:]); photo.Files[3].Digest == digest || document.Files[0].Digest != digest {
		t.Fatalf("digests: photo %s, document %s", photo.Files[3].Digest, document.Files[0].Digest)
	}
	if status, got := b.download(document.Files[0].ID); status != 200 || !bytes.Equal(got, data) {
		t.Fatalf("download: %d, %d bytes", status, len(got))
	}
	b.ok("sendDocument", fields{"chat_id": b.sim.ChatID(), "document": document.Files[0].ID}, nil)
}

func TestUnfitPhotosAreRefused(t *testing.T) {
	b := unlimited(t)
	cases := map[string]struct {
		data []byte
		text string
	}{
		"too long":     {picture(t, 2100, 100), "PHOTO_INVALID_DIMENSIONS"},
		"not a photo":  {[]byte("<svg/>"), "IMAGE_PROCESS_FAILED"},
		"nothing":      {nil, "file must be non-empty"},
		"over 10 MB":   {make([]byte, 10<<20+1), "file is too big"},
		"bad caption":  {picture(t, 10, 10), "message caption is too long"},
		"wrong format": {append([]byte("\x89PNG\r\n\x1a\n"), 0), "IMAGE_PROCESS_FAILED"},
	}
	for name, c := range cases {
		values := map[string]string{}
		if name == "bad caption" {
			values["caption"] = string(bytes.Repeat([]byte("c"), 1025))
		}
		if r := b.upload("sendPhoto", "photo", c.data, values); r.Status != 400 || r.Description != "Bad Request: "+c.text {
			t.Errorf("%s: %d %q, want %q", name, r.Status, r.Description, c.text)
		}
	}
}

func TestDownloadLinkEndsAfterAnHourAndBigFilesHaveNone(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	small, err := b.sim.Say(ctx, 0, "", telegram.WithFile("a.txt", "text/plain", []byte("a")))
	must(t, err)
	big, err := b.sim.Say(ctx, 0, "", telegram.WithFile("b.bin", "application/octet-stream", make([]byte, 20<<20+1)))
	must(t, err)
	var f struct {
		Path string `json:"file_path"`
	}
	b.ok("getFile", fields{"file_id": small.Media.Files[0].ID}, &f)
	path := "/file/bot" + b.sim.Token() + "/" + f.Path
	if status, data := b.get(path); status != 200 || string(data) != "a" {
		t.Fatalf("%d %q", status, data)
	}
	if status, _ := b.get("/file/bot7001:other/" + f.Path); status != 401 {
		t.Fatalf("another token: %d", status)
	}
	b.sim.Clock().Advance(time.Hour)
	if status, _ := b.get(path); status != 404 {
		t.Fatalf("after an hour: %d", status)
	}
	b.refused("getFile", fields{"file_id": big.Media.Files[0].ID}, 400, "file is too big")
}

func TestAlbumHasOneGroupAndDoesNotMixDocuments(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	items := b.album(topic, 2)
	said := b.sim.Topic(topic).Messages()[1:]
	if len(items) != 2 || said[0].MediaGroupID == "" || said[0].MediaGroupID != said[1].MediaGroupID || said[1].Text != "a1" {
		t.Fatalf("album: %+v", said)
	}
	mixed := []fields{{"type": "photo", "media": "x"}, {"type": "document", "media": "y"}}
	b.refused("sendMediaGroup", fields{"chat_id": b.sim.ChatID(), "media": mixed}, 400, "documents can't be mixed")
	b.refused("sendMediaGroup", fields{"chat_id": b.sim.ChatID(), "media": mixed[:1]}, 400, "2-10 items")
}

func TestOperatorsFilesArriveAsTheirKind(t *testing.T) {
	b := unlimited(t)
	ctx := deadline(t)
	_, err := b.sim.Say(ctx, 0, "pic", telegram.WithPhoto(picture(t, 400, 300)))
	must(t, err)
	_, err = b.sim.Say(ctx, 0, "", telegram.WithMedia("voice", "audio/ogg", []byte("ogg")))
	must(t, err)
	var got []struct {
		Message struct {
			Caption string
			Photo   []struct {
				ID string `json:"file_id"`
			}
			Voice *struct {
				MIME string `json:"mime_type"`
			}
		}
	}
	b.ok("getUpdates", nil, &got)
	if m := got[0].Message; m.Caption != "pic" || len(m.Photo) != 3 {
		t.Fatalf("photo: %+v", m)
	}
	if m := got[1].Message; m.Voice == nil || m.Voice.MIME != "audio/ogg" {
		t.Fatalf("voice: %+v", m)
	}
	if status, data := b.download(got[0].Message.Photo[2].ID); status != 200 || http.DetectContentType(data) != "image/jpeg" {
		t.Fatalf("download: %d %s", status, http.DetectContentType(data))
	}
}
