package slack

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// stocked is a sender with a shelf that holds one file, and a message with it.
func stocked(t *testing.T) (*fake, *Sender, deliver.Place, deliver.Post) {
	t.Helper()
	f, s := newFake(t)
	s.files = shelf.Shelf{
		Open: func(context.Context, *bellhopv1.Attachment) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("bytes")), nil
		},
		Link: func(a *bellhopv1.Attachment) string { return "https://shop.example/files/" + a.GetId() },
	}
	post := now("look")
	post.Messages[0].Message.Attachments = []*bellhopv1.Attachment{{Id: "att_1", Filename: "shot.txt", Size: 5, Status: "ready"}}
	return f, s, opened(t, f, s), post
}

// perform makes all calls of a plan as the engine does, and answers the ids.
func perform(t *testing.T, s *Sender, place deliver.Place, post deliver.Post) []string {
	t.Helper()
	var ids []string
	for _, c := range s.Plan(post, nil) {
		sent, err := s.Send(t.Context(), place, post, c.Part)
		if c.Do != deliver.Send || err != nil {
			t.Fatalf("%v, %v", c, err)
		}
		ids = append(ids, sent...)
	}
	return ids
}

func TestVisitorsFileIsShownInTheThread(t *testing.T) {
	f, s, place, post := stocked(t)
	ids := perform(t, s, place, post)
	methods, _ := f.made()
	if methods != "chat.postMessage files.getUploadURLExternal upload files.completeUploadExternal files.info" || len(ids) != 3 || !isFile(ids[1]) {
		t.Fatalf("%v by %s", ids, methods)
	}
	if edits := s.Plan(post, ids); len(edits) != 1 || edits[0] != (deliver.Call{Do: deliver.Edit, ID: ids[0]}) {
		t.Fatalf("an edit makes %v", edits)
	}
	for i, ref := range ids {
		err := s.Delete(t.Context(), standing(ref))
		if i < 2 && err != nil || i == 2 && kindOf(t, err) != deliver.MessageGone {
			t.Fatalf("%s: %v", ref, err)
		}
	}
	if texts := f.texts(); len(texts) != 1 {
		t.Fatalf("left over: %v", texts)
	}
	if err := s.Delete(t.Context(), standing(ids[1])); kindOf(t, err) != deliver.MessageGone {
		t.Fatal(err)
	}
}

func TestScreenshotIsShownWithItsNotice(t *testing.T) {
	f, s, place, post := stocked(t)
	shot := deliver.Post{Record: ana(), Notices: []*sessionsv1.Notice{{Kind: "screenshot", Attachments: post.Messages[0].Message.Attachments}}}
	perform(t, s, place, shot)
	if methods, _ := f.made(); !strings.Contains(methods, "files.completeUploadExternal") {
		t.Fatal(methods)
	}
}

func TestFileThatSlackDoesNotTakeIsReachedByALink(t *testing.T) {
	for _, why := range []string{"file_uploads_disabled", "storage_limit_reached", "missing_scope"} {
		f, s, place, post := stocked(t)
		f.tell("files.getUploadURLExternal", `{"ok":false,"error":"`+why+`"}`)
		ids := perform(t, s, place, post)
		if texts := f.texts(); len(ids) != 2 || !strings.HasPrefix(texts[2], "https://shop.example/files/") {
			t.Fatalf("%s: %v %v", why, ids, texts)
		}
	}
}

func TestFileThatIsTooLargeIsALinkFromTheBeginning(t *testing.T) {
	f, s, place, post := stocked(t)
	post.Messages[0].Message.Attachments[0].Size = maxUpload + 1
	if ids := perform(t, s, place, post); len(ids) != 1 || !strings.HasPrefix(f.texts()[1], "https://shop.example/files/") {
		t.Fatalf("%v %v", ids, f.texts())
	}
}

func TestErasedFileIsSaidToBeGone(t *testing.T) {
	f, s, place, post := stocked(t)
	s.files.Open = func(context.Context, *bellhopv1.Attachment) (io.ReadCloser, error) { return nil, shelf.ErrGone }
	if ids := perform(t, s, place, post); len(ids) != 2 || len(f.texts()) != 3 {
		t.Fatalf("%v %v", ids, f.texts())
	}
}

func TestFileWhoseAnswerWasLostIsSharedOnce(t *testing.T) {
	f, s, place, post := stocked(t)
	f.tell("files.completeUploadExternal", "lost")
	if _, err := s.Send(t.Context(), place, post, firstFile); kindOf(t, err) != deliver.Unknown {
		t.Fatal(err)
	}
	f.made()
	ids, err := s.Send(t.Context(), place, post, firstFile)
	if methods, _ := f.made(); err != nil || len(ids) != 2 || methods != "files.info" || len(f.texts()) != 2 {
		t.Fatalf("%v, %v by %s: %v", ids, err, methods, f.texts())
	}
	// One that was not shared is uploaded anew.
	f.tell("files.completeUploadExternal", `{"ok":false,"error":"internal_error"}`)
	if _, err := s.Send(t.Context(), place, post, firstFile); kindOf(t, err) != deliver.Unknown {
		t.Fatal(err)
	}
	f.made()
	if ids, err := s.Send(t.Context(), place, post, firstFile); err != nil || len(ids) != 2 || len(f.texts()) != 3 {
		t.Fatalf("%v, %v: %v", ids, err, f.texts())
	}
}

func TestIdsOfWordsAreToldFromThoseOfFiles(t *testing.T) {
	for _, test := range []struct{ shown, want []string }{
		{[]string{"1.1", "1.2", "F1", "1.3", "F2", "1.4"}, []string{"1.1", "1.2"}},
		{[]string{"1.1", "F1", "F2", "1.4", "1.5"}, []string{"1.1", "1.5"}},
		{nil, nil},
	} {
		if got := textsOf(test.shown); !slices.Equal(got, test.want) {
			t.Errorf("%v: %v", test.shown, got)
		}
	}
}
