package e2e

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/test/team"
	"github.com/bellhop-chat/bellhop/test/visitor"
)

// shelf is the files of an installation, seen from outside.
func (s *stack) shelf(t *testing.T) *file.Store {
	t.Helper()
	store, err := file.New(visitor.Within(t), s.bus)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// keep stores a visitor's file, as whoever takes uploads does.
func (s *stack) keep(t *testing.T, of guest, name, kind string, data []byte) *bellhopv1.Attachment {
	t.Helper()
	a, err := s.shelf(t).Save(visitor.Within(t), file.Upload{
		Project: id.Default, Session: id.Session(of.SessionID()), Filename: name, MIME: kind, From: "widget", Reader: bytes.NewReader(data),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// writes stores a visitor's message with files, or what is to become of one.
func (s *stack) writes(t *testing.T, of guest, kind bus.Type, eventID, text string, files ...*bellhopv1.Attachment) {
	t.Helper()
	ev := bus.Event{ID: eventID, Type: kind, Project: id.Default, Session: id.Session(of.SessionID()), Source: "gateway", Time: time.Now()}
	switch kind {
	case bus.MessageCreated:
		ev.Data = &eventv1.MessageCreated{SessionId: of.SessionID(), VisitorId: of.VisitorID(), Platform: "widget", Message: &bellhopv1.Message{
			Id: "with-files", SessionId: of.SessionID(), Content: text, Sender: "visitor", Attachments: files, Timestamp: timestamppb.Now(),
		}}
	case bus.MessageEdited:
		ev.Data = &eventv1.MessageEdited{SessionId: of.SessionID(), VisitorId: of.VisitorID(), MessageId: "with-files", Content: text, Sender: "visitor", Platform: "widget", EditedAt: timestamppb.Now()}
	}
	if _, err := s.bus.Publish(visitor.Within(t), ev); err != nil {
		t.Fatal(err)
	}
}

// said are the team's messages of a conversation on the bus.
func (s *stack) said(t *testing.T, of guest) []*eventv1.MessageCreated {
	t.Helper()
	var all []*eventv1.MessageCreated
	filter := bus.Filter{Type: bus.MessageCreated, Session: id.Session(of.SessionID())}
	err := s.bus.Replay(visitor.Within(t), 1, filter, func(ev bus.Event) error {
		if data := ev.Data.(*eventv1.MessageCreated); data.GetMessage().GetSender() == "operator" {
			all = append(all, data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func drawing(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestVisitorsFilesStandInTheTopicAndStayThereWhenTheTextChanges(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	room := s.at(t, team.Telegram).Room(vera)
	pdf := s.keep(t, vera, "invoice.pdf", "application/pdf", []byte("%PDF-1.7 of "+vera.name))
	s.writes(t, vera, bus.MessageCreated, "files of "+vera.name, "look", s.keep(t, vera, "a.png", "image/png", drawing(t)), s.keep(t, vera, "b.png", "image/png", drawing(t)), pdf)
	shown := func(text string) func([]team.Post) bool {
		return func(posts []team.Post) bool {
			files := slices.DeleteFunc(slices.Clone(posts), func(p team.Post) bool { return len(p.Files) == 0 })
			return len(files) == 3 && files[0].Files[0].Picture && files[1].Files[0].Picture && strings.HasSuffix(files[0].Text, text) &&
				files[2].Files[0].Digest == pdf.GetDigest() && files[2].Files[0].Name == "invoice.pdf"
		}
	}
	room.Sees("the files", shown("look"))
	s.writes(t, vera, bus.MessageEdited, "edit of "+vera.name, "look here")
	room.Sees("the new caption", shown("look here"))
	if got := s.telegram.Warnings(); len(got) != 0 {
		t.Errorf("the simulator warns: %+v", got)
	}
}

func TestSeveralFilesOfAnOperatorAreOneMessageForTheVisitor(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("both of them", team.WithFile("a.txt", "text/plain", []byte("first")), team.WithFile("b.txt", "text/plain", []byte("second")))
		vera.Hears("both of them") // its files take longer than words
		room.Says("and that is all")
		vera.Hears("both of them")
		vera.Hears("and that is all")
		vera.Shows("hi", "both of them", "and that is all")
		said := s.said(t, vera)
		if len(said) != 2 || len(said[0].GetMessage().GetAttachments()) != 2 {
			t.Fatalf("the bus holds %+v", said)
		}
		r, a, err := s.shelf(t).Open(visitor.Within(t), said[0].GetMessage().GetAttachments()[1].GetId())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		data := make([]byte, a.GetSize())
		if _, err := r.Read(data); err != nil || string(data) != "second" || a.GetFilename() != "b.txt" {
			t.Errorf("%q as %s, %v", data, a.GetFilename(), err)
		}
	})
}

func TestFilesOfANoteStayWithTheTeam(t *testing.T) {
	onEach(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("// for us only", team.WithFile("a.txt", "text/plain", []byte("first")), team.WithFile("b.txt", "text/plain", []byte("second")))
		room.Says("hello")
		vera.Hears("hello")
		vera.Shows("hi", "hello")
	})
}

func TestFileThatTelegramDoesNotHandOutIsExplainedToTheOperator(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	room := s.at(t, team.Telegram).Room(vera)
	room.Says("the film", team.WithFile("film.mp4", "video/mp4", make([]byte, 20<<20+1)))
	vera.Hears("the film")
	room.Shows("film.mp4 was not sent")
}
