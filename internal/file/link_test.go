package file_test

import (
	"net/url"
	"path"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"errors"

	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

var soon = time.Now().Add(time.Hour)

func attachment() *bellhopv1.Attachment {
	return &bellhopv1.Attachment{Id: string(id.NewAttachment()), Filename: "a b%?/ü.png"}
}

// verify is what a gateway does with an address.
func verify(t *testing.T, s *file.Store, link string) error {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return s.Verify(path.Base(path.Dir(u.EscapedPath())), u.Query().Get("expires"), u.Query().Get("signature"))
}

func TestLinkIsGoodUntilItEndsAndStaysTheSameForAWhile(t *testing.T) {
	s := open(t, bustest.New(t))
	synctest.Test(t, func(t *testing.T) {
		a := attachment()
		link := s.Link("https://chat.example.com", a, 24*time.Hour)
		if !strings.HasPrefix(link, "https://chat.example.com/files/"+a.GetId()+"/a%20b%25%3F%2F%C3%BC.png?expires=") {
			t.Errorf("link %s", link)
		}
		changes := 0
		for last := link; time.Since(time.Unix(0, 0)) > 0 && changes < 4; time.Sleep(time.Minute) {
			if now := s.Link("https://chat.example.com", a, 24*time.Hour); now != last {
				last, changes = now, changes+1
			}
			if verify(t, s, link) != nil {
				break
			}
		}
		if changes != 4 {
			t.Errorf("the link changed %d times in its day", changes)
		}
		time.Sleep(7 * time.Hour)
		if err := verify(t, s, link); !errors.Is(err, file.ErrSignature) {
			t.Errorf("after its end: %v", err)
		}
	})
}

func TestForgedLinkIsRefused(t *testing.T) {
	s := open(t, bustest.New(t))
	a, other := attachment(), attachment()
	link := s.Link("", a, time.Hour)
	if err := verify(t, s, link); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	expires, signature := u.Query().Get("expires"), u.Query().Get("signature")
	end, err := strconv.Atoi(expires)
	if err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"another file":    s.Verify(other.GetId(), expires, signature),
		"a later end":     s.Verify(a.GetId(), strconv.Itoa(end+1), signature),
		"no signature":    s.Verify(a.GetId(), expires, ""),
		"nothing":         s.Verify("", "", ""),
		"another's key":   open(t, bustest.New(t)).Verify(a.GetId(), expires, signature),
		"words run over":  s.Verify(a.GetId()+expires[:1], expires[1:], signature),
		"a written zero":  s.Verify(a.GetId(), "0"+expires, signature),
		"half of the sum": s.Verify(a.GetId(), expires, signature[:10]),
	} {
		if !errors.Is(err, file.ErrSignature) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTicketIsGoodForOneUploadUntilItEnds(t *testing.T) {
	s := open(t, bustest.New(t))
	want := file.Upload{
		ID: id.NewAttachment(), Project: id.Default, Session: "ses_1", Filename: "ü.png", MIME: "image/png", From: "widget", Request: "r1", Size: 7,
	}
	ticket, err := s.Ticket(want, soon)
	if err != nil || url.PathEscape(ticket) != ticket {
		t.Fatalf("%s: %v", ticket, err)
	}
	got, err := s.Redeem(ticket)
	if err != nil || got.ID != want.ID || got.Project != want.Project || got.Session != want.Session || got.Filename != want.Filename ||
		got.MIME != want.MIME || got.From != want.From || got.Request != want.Request || got.Size != want.Size {
		t.Errorf("%+v: %v", got, err)
	}
	ended, err := s.Ticket(want, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	text, mac, _ := strings.Cut(ticket, ".")
	for _, bad := range []string{"", ".", text, text + ".", "." + mac, "a" + ticket, ticket + "a", text + "." + mac[1:], ended} {
		if _, err := s.Redeem(bad); !errors.Is(err, file.ErrSignature) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzRedeem(f *testing.F) {
	s, err := file.New(f.Context(), bustest.New(f))
	if err != nil {
		f.Fatal(err)
	}
	ticket, err := s.Ticket(file.Upload{ID: id.NewAttachment(), Session: "ses_1"}, soon.Add(10000*time.Hour))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(ticket[:len(ticket)-1])
	f.Add("e30.e30")
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := s.Redeem(raw); err == nil && raw != ticket {
			t.Fatalf("%q was redeemed", raw)
		}
	})
}
