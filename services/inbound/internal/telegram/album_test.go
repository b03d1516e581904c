package telegram

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
)

var topic = telegram.Place{Chat: group, Thread: 412}

// item is one update of an album.
func item(updateID int, caption string) string {
	fields := fmt.Sprintf(`,"message_id":%d,"media_group_id":"77","document":{"file_id":"f%d","file_name":"%d.txt","mime_type":"text/plain","file_size":5}`,
		updateID, updateID, updateID)
	if caption != "" {
		fields += `,"caption":"` + caption + `"`
	}
	return update(updateID, "message", fields)
}

// filed is a bureau whose Telegram has the files of updates 1 to 5.
func filed(t *testing.T) *bureau {
	t.Helper()
	o := newBureau(t)
	for n := range 6 {
		o.api.Keep(fmt.Sprint("f", n), fmt.Sprint("file", n))
	}
	return o
}

// until waits for a condition over what the bus holds.
func (o *bureau) until(what string, holds func() bool) {
	o.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			o.t.Fatalf("%s: the bus holds %q", what, o.ids())
		}
	}
}

// shown are the operators' messages on the bus: "content: files of ids".
func (o *bureau) shown() []string {
	o.t.Helper()
	var all []string
	for _, ev := range o.facts() {
		if data, ok := ev.Data.(*eventv1.MessageCreated); ok {
			var names []string
			for _, a := range data.GetMessage().GetAttachments() {
				names = append(names, a.GetFilename())
			}
			all = append(all, data.GetMessage().GetContent()+": "+strings.Join(names, ",")+" of "+strings.Join(data.GetOrigin().GetIds(), ","))
		}
	}
	return all
}

func (o *bureau) isShown(want ...string) func() bool {
	return func() bool { return slices.Equal(o.shown(), want) }
}

func TestAlbumBecomesOneMessageAndIsStoredBeforeItIsAnswered(t *testing.T) {
	o := filed(t)
	for n, caption := range []string{"look", "", ""} {
		o.accepts(item(n+1, caption))
		if a, _, err := o.bot.readAlbum(t.Context(), topic); err != nil || len(a.Items) != n+1 {
			t.Fatalf("after update %d it holds %d, %v", n+1, len(a.Items), err)
		}
	}
	o.expect() // nothing is said of half an album
	o.start(o.bot.Albums)
	o.until("the album", o.isShown("look: 1.txt,2.txt,3.txt of 1,2,3"))
	facts := o.expect("attachment.stored telegram:1:file:0", "attachment.stored telegram:1:file:1", "attachment.stored telegram:1:file:2",
		"message.created telegram:1", "message.read telegram:1:read")
	m := facts[3].Data.(*eventv1.MessageCreated).GetMessage()
	if m.GetId() != "telegram:1" || m.GetAttachments()[2].GetBridgeFileId() != "f3" || m.GetAttachments()[2].GetUploadedFrom() != "telegram" {
		t.Errorf("%+v", m)
	}
	r, _, err := o.files.Open(t.Context(), m.GetAttachments()[1].GetId())
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 5)
	if _, err := r.Read(data); err != nil || string(data) != "file2" {
		t.Errorf("%q, %v", data, err)
	}
	_ = r.Close()
}

func TestWhatIsSaidAfterAnAlbumStandsAfterIt(t *testing.T) {
	o := filed(t)
	o.accepts(item(1, ""))
	o.accepts(item(2, "look"))
	o.accepts(update(3, "message", `,"message_id":3,"text":"and this"`))
	if got := o.shown(); !slices.Equal(got, []string{"look: 1.txt,2.txt of 1,2", "and this:  of 3"}) {
		t.Errorf("%q", got)
	}
}

func TestSecondAlbumIsNotMixedIntoTheFirst(t *testing.T) {
	o := filed(t)
	o.accepts(item(1, "one"))
	o.accepts(item(2, ""))
	o.accepts(strings.ReplaceAll(item(3, "two"), `"77"`, `"78"`))
	o.accepts(strings.ReplaceAll(item(4, ""), `"77"`, `"78"`))
	o.accepts(update(5, "message", `,"message_id":5,"text":"end"`))
	if got := o.shown(); !slices.Equal(got, []string{"one: 1.txt,2.txt of 1,2", "two: 3.txt,4.txt of 3,4", "end:  of 5"}) {
		t.Errorf("%q", got)
	}
}

func TestNothingOfAnAlbumThatIsANoteGetsOut(t *testing.T) {
	for _, caption := range []string{"// for us", "/note x", "/close"} {
		o := filed(t)
		o.accepts(item(1, ""))
		o.accepts(item(2, caption))
		if err := o.bot.join(t.Context(), topic); err != nil {
			t.Fatal(err)
		}
		o.accepts(item(3, "")) // much too late
		o.accepts(update(4, "message", `,"message_id":4,"text":"hello"`))
		if got := o.shown(); !slices.Equal(got, []string{"hello:  of 4"}) {
			t.Errorf("%s: %q", caption, got)
		}
	}
}

func TestFileThatComesTooLateIsAMessageOfItsOwn(t *testing.T) {
	o := filed(t)
	o.accepts(item(1, "look"))
	if err := o.bot.join(t.Context(), topic); err != nil {
		t.Fatal(err)
	}
	o.accepts(item(2, ""))
	if got := o.shown(); !slices.Equal(got, []string{"look: 1.txt of 1", ": 2.txt of 2"}) {
		t.Errorf("%q", got)
	}
}

func TestRepeatedUpdateOfAnAlbumIsOneFile(t *testing.T) {
	o := filed(t)
	for _, n := range []int{1, 1, 2, 1, 2} {
		o.accepts(item(n, ""))
	}
	o.accepts(update(3, "message", `,"message_id":3,"text":"end"`))
	if got := o.shown(); got[0] != ": 1.txt,2.txt of 1,2" {
		t.Errorf("%q", got)
	}
}

func TestAlbumIsFinishedByAnotherProcessIfItsOwnIsGone(t *testing.T) {
	o := filed(t)
	o.accepts(item(1, "look"))
	o.accepts(item(2, ""))
	o.poll(o.newBot(id.Default, ""), "another") // the first never joins
	o.until("the album", o.isShown("look: 1.txt,2.txt of 1,2"))
}

// A process dies between storing the message and noting that it did; meanwhile one more file was parked.
func TestNoFileIsLostWhenTheNoteOfAJoinedAlbumIs(t *testing.T) {
	o := filed(t)
	o.accepts(item(1, "look"))
	o.accepts(item(2, ""))
	a, _, err := o.bot.readAlbum(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := o.bot.made(t.Context(), topic, a); err != nil || !slices.Equal(done, []string{"1", "2"}) {
		t.Fatalf("%v, %v", done, err)
	}
	o.accepts(item(3, ""))
	if err := o.newBot(id.Default, "").join(t.Context(), topic); err != nil {
		t.Fatal(err)
	}
	if got := o.shown(); !slices.Equal(got, []string{"look: 1.txt,2.txt of 1,2", ": 3.txt of 3"}) {
		t.Errorf("%q", got)
	}
	if a, _, _ := o.bot.readAlbum(t.Context(), topic); len(a.Items) != 0 || !a.Joined {
		t.Errorf("left: %+v", a)
	}
}

func TestAlbumIsAskedForAgainWhileTheBusIsAway(t *testing.T) {
	o := filed(t)
	o.server.Shutdown()
	if w := o.post(item(1, "")); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestAlbumOfATopicWithoutAConversationIsForgotten(t *testing.T) {
	o := filed(t)
	o.start(o.bot.Answer)
	o.accepts(strings.ReplaceAll(item(1, ""), `"message_thread_id":412`, `"message_thread_id":999`))
	if err := o.bot.join(t.Context(), telegram.Place{Chat: group, Thread: 999}); err != nil {
		t.Fatal(err)
	}
	o.expect()
	if text := o.answered(1).Params["text"].(string); !strings.Contains(text, "not connected") {
		t.Errorf("%q", text)
	}
}

func TestOldAlbumsAreForgotten(t *testing.T) {
	o := filed(t)
	old := album{Group: "1", Joined: true, Changed: time.Now().Add(-albumKept)}
	if err := o.bot.writeAlbum(t.Context(), topic, old, 0); err != nil {
		t.Fatal(err)
	}
	fresh := telegram.Place{Chat: group, Thread: 500}
	old.Changed = time.Now()
	if err := o.bot.writeAlbum(t.Context(), fresh, old, 0); err != nil {
		t.Fatal(err)
	}
	o.poll(o.bot, "one")
	notes := func() (n int) {
		all, err := o.bus.Notebook().List(context.Background(), o.bot.albumsNote())
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	o.until("the old note goes", func() bool { return notes() == 1 })
	if a, _, _ := o.bot.readAlbum(t.Context(), fresh); !a.Joined {
		t.Error("the fresh one is gone")
	}
}

func TestAlbumWhoseFilesCannotBeFetchedWaits(t *testing.T) {
	o := filed(t)
	o.api.Refuse("getFile", `{"ok":false,"error_code":500,"description":"Internal Server Error"}`)
	o.accepts(item(1, "look"))
	if err := o.bot.join(t.Context(), topic); err == nil {
		t.Fatal("it is taken for joined")
	}
	o.expect()
	o.api.Refuse("getFile", "")
	o.start(o.bot.Albums)
	o.until("the album", o.isShown("look: 1.txt of 1"))
}
