package file_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
)

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR and more"

func open(t *testing.T, b *bus.Bus) *file.Store {
	t.Helper()
	s, err := file.New(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func upload(body string) file.Upload {
	return file.Upload{
		Project: id.Default, Session: "ses_1", Filename: "../cat.png", MIME: "image/png", From: "telegram", BridgeFileID: "AgAC",
		Reader: strings.NewReader(body),
	}
}

func TestSavedFileIsReadByEveryService(t *testing.T) {
	server := bustest.Alone{Server: bustest.Server(t)}
	saved, err := open(t, server.Connect(t, bus.Config{})).Save(t.Context(), upload(png))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := id.ParseAttachment(saved.GetId()); err != nil {
		t.Error(err)
	}
	if saved.GetFilename() != "cat.png" || saved.GetMimeType() != "image/png" || saved.GetSize() != int64(len(png)) || saved.GetUrl() != "" ||
		saved.GetStatus() != "ready" || len(saved.GetDigest()) != 64 || saved.GetUploadedFrom() != "telegram" || saved.GetBridgeFileId() != "AgAC" {
		t.Errorf("saved as %v", saved)
	}
	other := open(t, server.Connect(t, bus.Config{}))
	r, a, err := other.Open(t.Context(), saved.GetId())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if body, err := io.ReadAll(r); err != nil || string(body) != png || a.GetDigest() != saved.GetDigest() {
		t.Errorf("read %q, %v: %v", body, a, err)
	}
	if err := other.Delete(t.Context(), saved.GetId(), "att_none", string(id.NewAttachment())); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{saved.GetId(), "", "att_none", string(id.NewAttachment())} {
		if _, _, err := other.Open(t.Context(), gone); !errors.Is(err, file.ErrUnknown) {
			t.Errorf("open %q: %v", gone, err)
		}
		if _, err := other.Info(t.Context(), gone); !errors.Is(err, file.ErrUnknown) {
			t.Errorf("info %q: %v", gone, err)
		}
	}
}

func TestFileThatIsNotAsAllowedIsNotSaved(t *testing.T) {
	s := open(t, bustest.New(t))
	limits := file.Limits{Types: []string{"image/png"}}
	for name, c := range map[string]struct {
		change func(*file.Upload)
		want   error
	}{
		"empty":      {func(u *file.Upload) { u.Reader = strings.NewReader("") }, file.ErrEmpty},
		"too large":  {func(u *file.Upload) { u.Max = 5 }, file.ErrTooLarge},
		"other size": {func(u *file.Upload) { u.Size = 5 }, file.ErrSize},
		"other type": {func(u *file.Upload) { u.Reader = strings.NewReader("%PDF-1.7") }, file.ErrType},
		"a lie":      {func(u *file.Upload) { u.Reader = strings.NewReader("<!DOCTYPE html><p>") }, file.ErrType},
	} {
		u := upload(png)
		u.ID, u.Allows = id.NewAttachment(), limits.Allows
		c.change(&u)
		if _, err := s.Save(t.Context(), u); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Info(t.Context(), string(u.ID)); !errors.Is(err, file.ErrUnknown) {
			t.Errorf("%s: something is stored: %v", name, err)
		}
	}
}

func TestRepeatedUploadIsOneFile(t *testing.T) {
	s := open(t, bustest.New(t))
	var ids []string
	for _, once := range []string{"telegram/7/1", "telegram/7/1", "telegram/7/2"} {
		u := upload(png)
		u.Once = once
		a, err := s.Save(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, a.GetId())
	}
	if ids[0] != ids[1] || ids[0] == ids[2] {
		t.Errorf("stored as %q", ids)
	}
	u := upload(png)
	u.ID = id.Attachment(ids[0])
	if _, err := s.Save(t.Context(), u); !errors.Is(err, file.ErrStored) {
		t.Errorf("a used id was used again: %v", err)
	}
}

func TestFileBelongsToOneMessage(t *testing.T) {
	s := open(t, bustest.New(t))
	a, err := s.Save(t.Context(), upload(png))
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Info(t.Context(), a.GetId())
	if err != nil || f.Message != "" || f.Session != "ses_1" || f.Project != id.Default {
		t.Fatalf("%+v: %v", f, err)
	}
	if f, err = s.Finish(t.Context(), f); err != nil || !f.Finished {
		t.Fatal(f, err)
	}
	if _, err := s.Claim(t.Context(), f, "m1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claim(t.Context(), f, "m2"); !errors.Is(err, file.ErrTaken) {
		t.Errorf("claimed twice: %v", err)
	}
	f, err = s.Info(t.Context(), a.GetId())
	if err != nil || f.Message != "m1" || time.Since(f.Claimed) > time.Minute || !f.Finished || f.Attachment.GetSize() != int64(len(png)) {
		t.Errorf("%+v: %v", f, err)
	}
	if f, err = s.Release(t.Context(), f); err != nil || f.Message != "m1" || !f.Claimed.IsZero() {
		t.Errorf("%+v: %v", f, err)
	}
}

func TestEveryServiceHasTheSameKey(t *testing.T) {
	server := bustest.Alone{Server: bustest.Server(t)}
	stores := make(chan *file.Store, 4)
	for range cap(stores) {
		b := server.Connect(t, bus.Config{})
		go func() {
			s, err := file.New(t.Context(), b)
			if err != nil {
				t.Error(err)
			}
			stores <- s
		}()
	}
	first := <-stores
	ticket, err := first.Ticket(upload(""), soon)
	if err != nil {
		t.Fatal(err)
	}
	for range cap(stores) - 1 {
		if _, err := (<-stores).Redeem(ticket); err != nil {
			t.Error(err)
		}
	}
}

// zeros is an endless file.
type zeros struct{ read int64 }

func (z *zeros) Read(p []byte) (int, error) {
	clear(p)
	z.read += int64(len(p))
	return len(p), nil
}

func TestEndlessFileIsCutOff(t *testing.T) {
	var endless zeros
	u := upload("")
	u.Reader, u.Max = &endless, 1<<20
	if _, err := open(t, bustest.New(t)).Save(t.Context(), u); !errors.Is(err, file.ErrTooLarge) || endless.read > 2<<20 {
		t.Errorf("after %d bytes: %v", endless.read, err)
	}
}

func TestReaderEndsWithItsContext(t *testing.T) {
	s := open(t, bustest.New(t))
	u := upload("")
	u.Reader = bytes.NewReader(make([]byte, 1<<20))
	a, err := s.Save(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, _, err := s.Open(ctx, a.GetId())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cancel()
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, context.Canceled) {
		t.Errorf("read on: %v", err)
	}
}

func TestFileIsOfOneProject(t *testing.T) {
	store := open(t, bustest.Alone{Server: bustest.Server(t)}.Connect(t, bus.Config{}))
	saved, err := store.Save(t.Context(), upload(png))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.OpenOf(t.Context(), "shop", saved.GetId()); !errors.Is(err, file.ErrUnknown) {
		t.Errorf("another project's file: %v", err)
	}
	r, a, err := store.OpenOf(t.Context(), id.Default, saved.GetId())
	if err != nil || a.GetId() != saved.GetId() {
		t.Fatal(a, err)
	}
	_ = r.Close()
	for project, want := range map[id.Project]string{id.Default: "https://a", "shop": "https://a/api/widget/shop"} {
		if got := file.Base("https://a", project); got != want || file.Base("", project) != "" {
			t.Errorf("%s: %s", project, got)
		}
	}
}
