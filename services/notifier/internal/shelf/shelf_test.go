package shelf

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

func TestStoredFileIsGivenOutAndLinkedTo(t *testing.T) {
	store, err := file.New(t.Context(), bustest.Connect(t, bus.Config{InProcess: bustest.Server(t)}))
	if err != nil {
		t.Fatal(err)
	}
	stored, err := store.Save(t.Context(), file.Upload{
		Project: id.Default, Session: "ses_1", Filename: "a b.txt", MIME: "text/plain", From: "widget", Reader: strings.NewReader("content"),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := Of(store, "https://chat.example")
	if !s.Has(stored) {
		t.Fatal("it is not there")
	}
	r, err := s.Open(t.Context(), stored)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil || string(data) != "content" {
		t.Fatalf("%q, %v", data, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if link := s.Address(stored); !strings.HasPrefix(link, "https://chat.example/files/"+stored.GetId()+"/a%20b.txt?") {
		t.Errorf("link %s", link)
	}
	if link := Of(store, "").Address(stored); link != "" {
		t.Errorf("nobody can reach %s", link)
	}
	if err := store.Delete(t.Context(), stored.GetId()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(t.Context(), stored); !errors.Is(err, ErrGone) {
		t.Errorf("after it was deleted: %v", err)
	}
}

func TestWhatIsNotReadyIsNotThere(t *testing.T) {
	s := Of(nil, "")
	for _, a := range []*bellhopv1.Attachment{{Size: 0, Status: "ready"}, {Size: 5, Status: "uploading"}, {Size: 5, Status: "failed"}} {
		if s.Has(a) {
			t.Errorf("%+v", a)
		}
	}
	if (Shelf{}).Has(&bellhopv1.Attachment{Size: 5, Status: "ready"}) {
		t.Error("an empty shelf has files")
	}
	if got := (Shelf{}).Address(&bellhopv1.Attachment{Url: "https://files.example/1"}); got != "https://files.example/1" {
		t.Errorf("address %q", got)
	}
}
