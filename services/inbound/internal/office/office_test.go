package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/file"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/receive"
)

func TestWordsReachTheVisitorWithWhatTheyAnswerAndCountAsRead(t *testing.T) {
	w := newWorld(t)
	w.sessions.Show("default", "C", "1.0", "1.1", &bellhopv1.Message{Id: "m2", Sender: "visitor", Content: "hi"})
	out := w.does("slack:Ev1", Gesture{Kind: Said, MessageID: "1.2", Content: "hello", ReplyTo: "1.1"})
	if out.Result != ResultStored || !out.Answer.Empty() {
		t.Errorf("%+v", out)
	}
	w.expect("message.created slack:Ev1", "message.read slack:Ev1:read")
	m := w.said()[0]
	if m.GetMessage().GetId() != "slack:1.2" || m.GetMessage().GetOperatorName() != "Olga" || m.GetMessage().GetReplyTo() != "m2" || m.GetOrigin().GetIds()[0] != "1.2" {
		t.Errorf("%v", m)
	}
}

func TestNothingMeantForTheTeamReachesTheVisitor(t *testing.T) {
	for content, result := range map[string]Result{
		"// the visitor is angry": ResultNoted, "/note hm": ResultNoted, "!note hm": ResultNoted, " \u200b//hm": ResultNoted,
		"/clsoe": ResultCommand, "!clsoe": ResultCommand, "!screnshot": ResultCommand, "@bellhop clsoe": ResultCommand, "/help": ResultCommand,
		"!help": ResultCommand, "@bellhop help": ResultCommand, "/x@other": ResultIgnored, "  ": ResultIgnored,
	} {
		t.Run(content, func(t *testing.T) {
			w := newWorld(t)
			if out := w.does("slack:Ev1", Gesture{Kind: Said, MessageID: "1.2", Content: content, Bot: "bellhop"}); out.Result != result {
				t.Errorf("%+v", out)
			}
			w.expect()
			// Neither does a correction of it.
			w.does("slack:Ev2", Gesture{Kind: Edited, MessageID: "1.2", Content: "the visitor is angry", Bot: "bellhop"})
			w.expect()
		})
	}
}

func TestACorrectionReplacesTheTextAndANoteDoesNot(t *testing.T) {
	w := newWorld(t)
	w.does("slack:Ev1", Gesture{Kind: Said, MessageID: "1.2", Content: "helo"})
	w.does("slack:Ev2", Gesture{Kind: Edited, MessageID: "1.2", Content: "hello"})
	w.does("slack:Ev3", Gesture{Kind: Edited, MessageID: "1.2", Content: "helo"}) // as it is
	out := w.does("slack:Ev4", Gesture{Kind: Edited, MessageID: "1.2", Content: "// never mind"})
	w.expect("message.created slack:Ev1", "message.read slack:Ev1:read", "message.edited slack:Ev2")
	if out.Answer.Mark != Refused || !strings.Contains(out.Answer.Text, "delete it") {
		t.Errorf("%+v", out)
	}
}

func TestOnlyTheWriterDeletesByDeleting(t *testing.T) {
	w := newWorld(t)
	w.sessions.Show("default", "C", "1.0", "1.1", &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	w.sessions.Show("default", "C", "1.0", "1.3", &bellhopv1.Message{Id: "telegram:7", Sender: "operator"})
	w.does("slack:Ev1", Gesture{Kind: Said, MessageID: "1.2", Content: "oops"})
	for i, messageID := range []string{"1.1", "1.3", "9.9", "1.2"} {
		w.does(fmt.Sprint("slack:Ev", i+2), Gesture{Kind: Deleted, MessageID: messageID})
	}
	w.expect("message.created slack:Ev1", "message.read slack:Ev1:read", "message.deleted slack:Ev5")
}

func TestReactionsButtonsAndThreadsSpeakToo(t *testing.T) {
	w := newWorld(t)
	w.sessions.Show("default", "C", "1.0", "1.1", &bellhopv1.Message{Id: "m2", Sender: "visitor"})
	w.does("slack:1", Gesture{Kind: Reacted, Chat: "C", MessageID: "1.1", Emoji: []string{"👀"}})
	w.does("slack:2", Gesture{Kind: Pressed, Button: "read"})
	w.does("slack:3", Gesture{Kind: Pressed, Button: "close"})
	w.does("slack:4", Gesture{Kind: ThreadClosed})
	w.does("slack:5", Gesture{Kind: Reacted, Chat: "C", MessageID: "9.9", Emoji: []string{"👀"}}) // nobody's
	if out := w.does("slack:6", Gesture{Kind: Pressed, Button: "explode"}); out.Answer.Mark != Refused {
		t.Errorf("%+v", out)
	}
	w.expect("message.read slack:1:read", "message.read slack:2:read", "session.closed slack:3", "session.closed slack:4")
}

func TestTheSameGestureIsDoneOnceEvenAtTheSameTime(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers := 0
	for range 8 {
		wg.Go(func() {
			out, err := w.Handle(context.Background(), Gesture{Kind: Said, EventID: "slack:Ev1", Chat: "C", Thread: "1.0", MessageID: "1.2", Content: "/csat", By: olga})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if !out.Answer.Empty() {
				answers++
			}
		})
	}
	wg.Wait()
	if answers != 1 {
		t.Errorf("answered %d times", answers)
	}
	w.expect("csat.requested slack:Ev1")
}

func TestASilentServiceKeepsTheGestureForLater(t *testing.T) {
	w := newWorld(t)
	w.sessions.SetAway(true)
	g := Gesture{Kind: Said, EventID: "slack:Ev1", Chat: "C", Thread: "1.0", MessageID: "1.2", Content: "hello", By: olga}
	if _, err := w.Handle(t.Context(), g); !receive.Temporary(err) {
		t.Fatalf("%v", err)
	}
	w.sessions.SetAway(false)
	w.does("slack:Ev1", g)
	w.expect("message.created slack:Ev1", "message.read slack:Ev1:read")
}

// document is a file on the platform.
func document(content string, err error) File {
	return File{ID: "F1", Name: "../offer\u202e.txt", MIME: "text/plain", Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), err
	}}
}

func TestFilesAreCopiedAndComeWithTheMessage(t *testing.T) {
	w := newWorld(t)
	w.does("slack:Ev1", Gesture{Kind: Said, MessageID: "1.2", Content: "see", Files: []File{document("one", nil), document("two", nil)}})
	w.expect("attachment.stored slack:Ev1:file:0", "attachment.stored slack:Ev1:file:1", "message.created slack:Ev1", "message.read slack:Ev1:read")
	attachments := w.said()[0].GetMessage().GetAttachments()
	if len(attachments) != 2 {
		t.Fatalf("%v", attachments)
	}
	body, a, err := w.Files.Open(t.Context(), attachments[1].GetId())
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if content, err := io.ReadAll(body); err != nil || string(content) != "two" || strings.ContainsAny(a.GetFilename(), "/\u202e") || a.GetUploadedFrom() != "slack" || a.GetUrl() != "" {
		t.Errorf("%q, %v, %v", content, a, err)
	}
}

func TestADeletedMessageTakesItsFilesWithIt(t *testing.T) {
	w := newWorld(t)
	w.does("slack:Ev1", Gesture{Kind: Said, MessageID: "1.2", Content: "see", Files: []File{document("one", nil)}})
	stored := w.said()[0].GetMessage().GetAttachments()
	w.does("slack:Ev2", Gesture{Kind: Deleted, MessageID: "1.2"})
	if _, err := w.Files.Info(t.Context(), stored[0].GetId()); !errors.Is(err, file.ErrUnknown) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestAFileThatIsNotToBeHadDoesNotHoldTheRestBack(t *testing.T) {
	gone := fmt.Errorf("%w: Telegram hands out 20 MB at most", ErrNoFile)
	for name, f := range map[string]File{
		"refused": document("", gone), "too large": document(strings.Repeat("x", 2<<20), nil), "empty": document("", nil),
		"said to be too large": {Name: "offer.txt", Size: 2 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			out := w.does("slack:Ev1", Gesture{Kind: Said, MessageID: "1.2", Content: "see", Files: []File{f, document("two", nil)}})
			if out.Answer.Mark != Refused || !strings.Contains(out.Answer.Text, "offer.txt was not sent: ") {
				t.Errorf("%+v", out)
			}
			if m := w.said()[0].GetMessage(); m.GetContent() != "see" || len(m.GetAttachments()) != 1 {
				t.Errorf("%v", m)
			}
			out = w.does("slack:Ev2", Gesture{Kind: Said, MessageID: "1.3", Files: []File{f}})
			if !strings.Contains(out.Answer.Text, "The visitor got nothing") || len(w.said()) != 1 {
				t.Errorf("%+v", out)
			}
		})
	}
}

func TestAFileOutOfReachIsTriedAgainAndThenGivenUp(t *testing.T) {
	w := newWorld(t)
	g := Gesture{Kind: Said, EventID: "slack:Ev1", Chat: "C", Thread: "1.0", MessageID: "1.2", Content: "see", By: olga,
		Files: []File{document("", errors.New("connection reset"))}}
	for range maxFetches - 1 {
		if _, err := w.Handle(t.Context(), g); !receive.Temporary(err) {
			t.Fatalf("%v", err)
		}
		w.expect()
	}
	out := w.does("slack:Ev1", g)
	if !strings.Contains(out.Answer.Text, "could not be fetched") || w.said()[0].GetMessage().GetContent() != "see" {
		t.Errorf("%+v", out)
	}
}

func TestAThreadThatIsNobodysIsToldSoOnce(t *testing.T) {
	w := newWorld(t)
	first := w.does("slack:1", Gesture{Kind: Said, Chat: "C", Thread: "7.0", MessageID: "7.1", Content: "anybody?"})
	second := w.does("slack:2", Gesture{Kind: Said, Chat: "C", Thread: "7.0", MessageID: "7.2", Content: "hello?"})
	if !strings.Contains(first.Answer.Text, "not connected") || !second.Answer.Empty() || second.Result != ResultUnconnected {
		t.Errorf("%+v, %+v", first, second)
	}
}

func TestWordsInAThreadThatIsReportedOnlyNowReachTheVisitor(t *testing.T) {
	w := newWorld(t)
	opened := time.AfterFunc(overtakenPause/2, func() { w.sessions.Begin("default", "C", "8.0", "ses_omar") })
	defer opened.Stop()
	out := w.does("slack:1", Gesture{Kind: Said, Chat: "C", Thread: "8.0", MessageID: "8.1", Content: "hello"})
	if out.Result != ResultStored || w.said()[0].GetSessionId() != "ses_omar" {
		t.Errorf("%+v", out)
	}
}

func TestCommandsThatSwitch(t *testing.T) {
	w := newWorld(t)
	for i, c := range []string{"/block", "/ai on", "!ai off", "/ai maybe", "/screenshot", "!unblock"} {
		w.does(fmt.Sprint("slack:", i), Gesture{Kind: Said, MessageID: fmt.Sprint("2.", i), Content: c})
	}
	w.expect("session.blocked slack:0", "ai.switched slack:1", "ai.switched slack:2")
	if data := w.facts()[1].Data.(*eventv1.Switch); !data.GetOn() || data.GetBy() != "Olga" {
		t.Errorf("%v", data)
	}
}
