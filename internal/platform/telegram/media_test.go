package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"
)

// received is a form as a server reads it.
type received struct {
	method string
	length int64
	values map[string]string
	files  map[string]receivedFile
}

type receivedFile struct{ name, mime, data string }

// formServer is a client of a server that reads a form and answers one message.
func formServer(t *testing.T, cfg Config, answer string) (*Client, *received) {
	t.Helper()
	got := &received{}
	c := againstConfig(t, cfg, func(w http.ResponseWriter, r *http.Request) {
		*got = received{method: r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], length: r.ContentLength, values: map[string]string{}, files: map[string]receivedFile{}}
		if err := got.read(r); err != nil {
			t.Errorf("read form: %v", err)
		}
		_, _ = io.WriteString(w, `{"ok":true,"result":`+answer+`}`)
	})
	return c, got
}

func (got *received) read(r *http.Request) error {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	form := multipart.NewReader(r.Body, params["boundary"])
	for {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		if p.FileName() == "" {
			got.values[p.FormName()] = string(data)
		} else {
			got.files[p.FormName()] = receivedFile{p.FileName(), p.Header.Get("Content-Type"), string(data)}
		}
	}
}

// bytesOf is a file that is in memory.
func bytesOf(name, kind, data string) File {
	return File{Name: name, MIME: kind, Size: int64(len(data)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(data)), nil
	}}
}

func TestPictureIsStreamedWithItsCaption(t *testing.T) {
	c, got := formServer(t, Config{}, `{"message_id":431,"photo":[{"file_id":"small","width":90,"height":60},{"file_id":"large","width":1280,"height":853}]}`)
	sent, err := c.SendPhoto(t.Context(), OutgoingFile{
		Place: Place{Chat: -1001230000001, Thread: 412}, File: bytesOf("cat\r\n \"é\".png", "image/png", "picture"),
		Caption: "Ana: look", Entities: []models.MessageEntity{{Type: "bold", Length: 3}}, ReplyTo: 430, Silent: true,
		Keyboard: Keyboard{{{Text: "Close", Data: "c:9"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"chat_id": "-1001230000001", "message_thread_id": "412", "caption": "Ana: look", "disable_notification": "true",
		"caption_entities": `[{"type":"bold","offset":0,"length":3}]`, "reply_parameters": `{"message_id":430,"allow_sending_without_reply":true}`,
		"reply_markup": `{"inline_keyboard":[[{"text":"Close","callback_data":"c:9"}]]}`,
	}
	for name, value := range want {
		if got.values[name] != value {
			t.Errorf("%s is %q, want %q", name, got.values[name], value)
		}
	}
	if len(got.values) != len(want) || got.method != "sendPhoto" || got.length <= 0 {
		t.Errorf("%s of %d bytes with %v", got.method, got.length, got.values)
	}
	if f := got.files["photo"]; f != (receivedFile{`cat "é".png`, "image/png", "picture"}) {
		t.Errorf("file %+v", f)
	}
	if file, ok := sent.File(); !ok || sent.ID != 431 || file.ID != "large" {
		t.Errorf("answered %+v", sent)
	}
}

func TestDocumentOfUnknownSizeIsStreamed(t *testing.T) {
	c, got := formServer(t, Config{}, `{"message_id":431}`)
	file := bytesOf("", "no\r\ntype", strings.Repeat("x", 100_000))
	file.Size = -1
	if _, err := c.SendDocument(t.Context(), OutgoingFile{Place: Place{Chat: -1}, File: file}); err != nil {
		t.Fatal(err)
	}
	f := got.files["document"]
	if f.name != "file" || f.mime != "application/octet-stream" || len(f.data) != 100_000 || got.length != -1 || got.values["disable_content_type_detection"] != "true" {
		t.Fatalf("%s %s, %d bytes, length %d, %v", f.name, f.mime, len(f.data), got.length, got.values)
	}
}

func TestAlbumIsOneFormWithAttachedParts(t *testing.T) {
	c, got := formServer(t, Config{}, `[{"message_id":431},{"message_id":432},{"message_id":433}]`)
	sent, err := c.SendMediaGroup(t.Context(), Album{Place: Place{Chat: -1, Thread: 2}, ReplyTo: 3, Items: []AlbumItem{
		{File: bytesOf("a.pdf", "application/pdf", "one"), Caption: "first"},
		{File: File{ID: "BQAC"}},
		{File: bytesOf("c.txt", "text/plain", "three")},
	}})
	if err != nil || len(sent) != 3 {
		t.Fatalf("%+v, %v", sent, err)
	}
	const media = `[{"type":"document","media":"attach://a0","caption":"first","disable_content_type_detection":true},` +
		`{"type":"document","media":"BQAC"},{"type":"document","media":"attach://a2","disable_content_type_detection":true}]`
	if got.values["media"] != media || got.files["a0"].data != "one" || got.files["a2"].data != "three" || len(got.files) != 2 {
		t.Fatalf("%+v", got)
	}
}

func TestAlbumThatTelegramWouldRefuseIsNotSent(t *testing.T) {
	c := against(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	picture, document := AlbumItem{Photo: true, File: File{ID: "p"}}, AlbumItem{File: File{ID: "d"}}
	for name, items := range map[string][]AlbumItem{
		"none": nil, "one": {picture}, "eleven": {0: picture, 10: picture}, "mixed": {picture, document},
	} {
		if _, err := c.SendMediaGroup(t.Context(), Album{Items: items}); KindOf(err) != KindBadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFileThatIsTooLargeIsNotSent(t *testing.T) {
	c := againstConfig(t, Config{MaxUpload: 100, MaxPhoto: 10}, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	file := bytesOf("a", "", strings.Repeat("x", 101))
	small := bytesOf("a", "", strings.Repeat("x", 11))
	_, document := c.SendDocument(t.Context(), OutgoingFile{File: file})
	_, photo := c.SendPhoto(t.Context(), OutgoingFile{File: small})
	_, album := c.SendMediaGroup(t.Context(), Album{Items: []AlbumItem{{File: small}, {File: file}}})
	for name, err := range map[string]error{"document": document, "photo": photo, "album": album} {
		if KindOf(err) != KindFileTooBig {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDefaultsAreTheCloudsLimits(t *testing.T) {
	cfg, err := load(nil)
	if want := (sizes{20 << 20, 50 << 20, 10 << 20}); err != nil || cfg.sizes() != want || (Config{}).sizes() != want {
		t.Fatalf("%+v, %v", cfg.sizes(), err)
	}
	if _, err := load(map[string]string{"TELEGRAM_MAX_UPLOAD_BYTES": "-1"}); err == nil || !strings.Contains(err.Error(), "TELEGRAM_MAX_UPLOAD_BYTES") {
		t.Fatalf("a negative limit: %v", err)
	}
}

// failing is a source that ends in an error, and tells when it is closed.
type failing struct {
	io.Reader
	err    error
	closed chan struct{}
}

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if errors.Is(err, io.EOF) && f.err != nil {
		err = f.err
	}
	return n, err
}

func (f failing) Close() error {
	close(f.closed)
	return nil
}

func TestFileThatCannotBeReadIsNotPosted(t *testing.T) {
	broken := errors.New("the disk is broken")
	for name, test := range map[string]struct {
		data string
		err  error
		open error
	}{
		"does not open":  {open: broken},
		"breaks":         {data: "12", err: broken},
		"ends too early": {data: "12"},
		"is too long":    {data: "123456"},
	} {
		t.Run(name, func(t *testing.T) {
			complete := false
			t.Cleanup(func() { // when the server has ended
				if complete {
					t.Error("the server took it for whole")
				}
			})
			c := against(t, func(_ http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, r.Body)
				complete = err == nil
			})
			source := failing{strings.NewReader(test.data), test.err, make(chan struct{})}
			file := File{Size: 5, Open: func(context.Context) (io.ReadCloser, error) { return source, test.open }}
			_, err := c.SendDocument(t.Context(), OutgoingFile{File: file})
			if KindOf(err) != KindSource || errors.Is(err, broken) != (test.err != nil || test.open != nil) {
				t.Errorf("%v is %v", err, KindOf(err))
			}
			if test.open == nil {
				<-source.closed
			}
		})
	}
}

func TestUploadEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := against(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = r.Body.Read(make([]byte, 1))
		cancel()
		_, _ = io.Copy(io.Discard, r.Body)
	})
	endless := File{Size: -1, Open: func(ctx context.Context) (io.ReadCloser, error) {
		reader, writer := io.Pipe()
		context.AfterFunc(ctx, func() { _ = writer.CloseWithError(ctx.Err()) })
		go func() {
			for writer != nil {
				if _, err := writer.Write(bytes.Repeat([]byte("x"), 1000)); err != nil {
					return
				}
			}
		}()
		return reader, nil
	}}
	if _, err := c.SendDocument(ctx, OutgoingFile{File: endless}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestOnlyOneFileOfAnAlbumIsOpenAtATime(t *testing.T) {
	c, got := formServer(t, Config{}, `[]`)
	open, most := 0, 0
	file := File{Size: 3, Open: func(context.Context) (io.ReadCloser, error) {
		open++
		most = max(most, open)
		return counted{strings.NewReader("abc"), &open}, nil
	}}
	if _, err := c.SendMediaGroup(t.Context(), Album{Items: []AlbumItem{{File: file}, {File: file}, {File: file}}}); err != nil {
		t.Fatal(err)
	}
	if most != 1 || open != 0 || got.files["a2"].data != "abc" {
		t.Fatalf("%d were open at once, %d are", most, open)
	}
}

type counted struct {
	io.Reader
	open *int
}

func (c counted) Close() error {
	*c.open--
	return nil
}
