package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/team"
)

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// has waits until a room shows a file of Bellhop's with a name.
func has(room team.Room, name string) team.File {
	var found team.File
	room.Sees("the file "+name, func(posts []team.Post) bool {
		for _, p := range posts {
			for _, f := range p.Files {
				if f.Name == name {
					found = f
					return true
				}
			}
		}
		return false
	})
	return found
}

func TestVisitorsFilesReachTheTeamOnEveryPlatform(t *testing.T) {
	kinds(t, func(t *testing.T, s *stack) {
		vera := s.arrives(t)
		vera.Says("hi")
		rooms := s.rooms(t, vera)
		paper := []byte("%PDF-1.7 of " + vera.name)
		shot, invoice := vera.SaysWithFile("look", "plan.png", "image/png", drawing(t)), vera.SaysWithFile("", "invoice.pdf", "application/pdf", paper)
		for name, room := range rooms {
			if f := has(room, "invoice.pdf"); f.Digest != digest(paper) || f.Picture {
				t.Errorf("%s has other bytes, or shows a document as a picture: %+v", name, f)
			}
			room.Sees("a picture", func(posts []team.Post) bool {
				for _, p := range posts {
					for _, f := range p.Files {
						if f.Picture {
							return strings.Contains(room.Text(), "look")
						}
					}
				}
				return false
			})
		}
		vera.SeesStatus(invoice.ID, "delivered")
		vera.Deletes(invoice.ID)
		vera.Edits(shot.ID, "look here")
		for _, room := range rooms {
			room.Sees("no document", func(posts []team.Post) bool {
				for _, p := range posts {
					for _, f := range p.Files {
						if f.Name == "invoice.pdf" {
							return false
						}
					}
				}
				return true
			})
			room.Shows("look here")
		}
	})
}

// address is a link in a text.
var address = regexp.MustCompile(`https?://\S+`)

// Discord takes 10 MB: the team there gets a link, and the reason.
func TestFileThatAPlatformDoesNotTakeIsLinkedThere(t *testing.T) {
	s := usual(t)
	vera := s.arrives(t)
	vera.Says("hi")
	rooms := s.rooms(t, vera)
	film := bytes.Repeat([]byte("\x00\x00\x00\x18ftypmp42"), 10<<20/12+1)
	vera.SaysWithFile("the film", "film.mp4", "video/mp4", film)
	for _, name := range []string{team.Telegram, team.Slack} {
		if f := has(rooms[name], "film.mp4"); f.Digest != digest(film) {
			t.Errorf("%s has other bytes: %+v", name, f)
		}
	}
	shown := rooms[team.Discord].Shows("film.mp4")
	var link string
	for _, candidate := range address.FindAllString(rooms[team.Discord].Text(), -1) {
		if strings.HasPrefix(candidate, s.url) {
			link = candidate
		}
	}
	if link == "" {
		t.Fatalf("there is no link: %q", shown.Text)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
	if err != nil {
		t.Fatal(err)
	}
	res := s.answer(t, req)
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, film) {
		t.Errorf("the link leads to %d bytes with status %d (%v)", len(got), res.StatusCode, err)
	}
}

func TestOperatorsFilesReachTheVisitorAndTheOthers(t *testing.T) {
	everywhere(t, func(t *testing.T, s *stack, desk team.Desk) {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Shows("hi")
		paper := []byte("%PDF-1.7 of Olga for " + vera.name)
		room.Says("your invoice", team.WithFile("invoice.pdf", "application/pdf", paper))
		heard, got := vera.HearsFile("invoice.pdf")
		if !bytes.Equal(got, paper) || heard.Content != "your invoice" {
			t.Errorf("heard %v, and other bytes", heard)
		}
		for _, secret := range []string{desk.Address(), "token", "bot", "xoxb"} {
			if strings.Contains(heard.Attachments[0].URL, secret) || !strings.HasPrefix(heard.Attachments[0].URL, s.url) {
				t.Errorf("the browser is sent to %s", heard.Attachments[0].URL)
			}
		}
		for _, other := range s.others(t, desk) {
			there := other.Room(vera)
			if f := has(there, "invoice.pdf"); f.Digest != digest(paper) {
				t.Errorf("%s has other bytes", other.Label())
			}
			if !strings.Contains(there.Text(), "Olga · "+desk.Label()) {
				t.Errorf("%s does not say whose it is:\n%s", other.Label(), there.Text())
			}
		}
		alone := room.Says("", team.WithFile("only.txt", "text/plain", []byte("only")))
		vera.HearsFile("only.txt")
		alone.IsTakenBack()
		vera.SeesDeleted(vera.Page().Messages()[2].ID)
		for _, other := range s.others(t, desk) {
			there := other.Room(vera)
			there.Sees("no file", func(posts []team.Post) bool {
				for _, p := range posts {
					for _, f := range p.Files {
						if f.Name == "only.txt" {
							return false
						}
					}
				}
				return true
			})
		}
	})
}

func TestOperatorsFileThatIsTooLargeIsExplainedAndTheWordsArrive(t *testing.T) {
	t.Parallel()
	s := own(t, setup{file: 1 << 20})
	for _, p := range s.all {
		desk := team.At(t, p)
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		room.Says("the film", team.WithFile("film.mp4", "video/mp4", make([]byte, 1<<20+1)))
		if heard := vera.Hears("the film"); len(heard.Attachments) > 0 {
			t.Errorf("heard %v", heard)
		}
		room.Tells("film.mp4 was not sent")
		room.Says("", team.WithFile("film.mp4", "video/mp4", make([]byte, 1<<20+1)))
		room.Tells("The visitor got nothing")
		room.Says("and on")
		vera.Hears("and on")
		vera.Shows("hi", "the film", "and on")
	}
}
