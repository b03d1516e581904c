package discord

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/internal/file"
	"github.com/bellhop-chat/bellhop/internal/id"
	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/pace"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

func TestRefusalsSayWhatComesNext(t *testing.T) {
	d, b := newBot(t)
	ctx := context.Background()
	plain := post
	plain.Plain = true
	send := func(p deliver.Post) error { _, err := b.Send(ctx, place, p, 0); return err }
	say, edit, remove := "POST /channels/"+thread+"/messages", "PATCH /channels/"+thread+"/messages/"+message, "DELETE /channels/"+thread+"/messages/"+message
	turn := "PATCH /channels/" + thread
	const done = deliver.Kind(-1)
	for _, c := range []struct {
		call         string
		status, code int
		do           func() error
		want         deliver.Kind
	}{
		{say, 404, 10003, func() error { return send(post) }, deliver.ThreadGone},
		{say, 400, 50083, func() error { return send(post) }, deliver.ThreadClosed},
		{say, 403, 160005, func() error { return send(post) }, deliver.ThreadClosed},
		{say, 400, 160002, func() error { return send(post) }, deliver.ReplyGone},
		{say, 400, 240000, func() error { return send(post) }, deliver.TextRefused},
		{say, 400, 240000, func() error { return send(plain) }, deliver.Refused},
		{say, 400, 50006, func() error { return send(post) }, deliver.Refused},
		{say, 403, 50013, func() error { return send(post) }, deliver.Forbidden},
		{say, 401, 0, func() error { return send(post) }, deliver.Forbidden},
		{say, 500, 0, func() error { return send(post) }, deliver.Unknown},
		{edit, 404, 10008, func() error { return b.Edit(ctx, at, post, 0) }, deliver.MessageGone},
		{edit, 400, 50005, func() error { return b.Edit(ctx, at, post, 0) }, deliver.Refused},
		{remove, 404, 10008, func() error { return b.Delete(ctx, at) }, deliver.MessageGone},
		{remove, 403, 50013, func() error { return b.Delete(ctx, at) }, deliver.Refused},
		{turn, 403, 50013, func() error { return b.Close(ctx, place, ana()) }, deliver.Refused},
		{turn, 403, 50013, func() error { return b.Reopen(ctx, place, ana()) }, deliver.Refused},
		{turn, 401, 0, func() error { return b.Close(ctx, place, ana()) }, deliver.Forbidden},
		{"GET /channels/" + thread, 404, 10003, func() error { return b.Close(ctx, place, ana()) }, deliver.ThreadGone},
		{"POST /channels/" + channel + "/threads", 404, 10003, func() error { _, _, err := b.Open(ctx, channel, ana()); return err }, deliver.Forbidden},
		{"POST /channels/" + channel + "/threads", 403, 50001, func() error { _, _, err := b.Open(ctx, channel, ana()); return err }, deliver.Forbidden},
		{"POST /channels/" + thread + "/typing", 404, 10003, func() error { return b.Typing(ctx, place) }, deliver.ThreadGone},
		{"GET /channels/" + channel, 404, 10003, func() error { return b.Probe(ctx) }, deliver.Forbidden},
		{"GET /guilds/" + guild + "/roles", 403, 50001, func() error { return b.Probe(ctx) }, deliver.Forbidden},
		{"GET /x", 200, 0, func() error { return b.Probe(ctx) }, done},
	} {
		restore := d.replace(c.call, refusal(c.status, c.code))
		err := c.do()
		if got := kindOf(err); got != c.want {
			t.Errorf("%s %d/%d: %v, want %v", c.call, c.status, c.code, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "simulated") {
			t.Errorf("the token is in %q", err)
		}
		restore()
	}
}

func TestALimitIsHandedOnWithWhereItHolds(t *testing.T) {
	d, b := newBot(t)
	for body, everywhere := range map[string]bool{`{"message":"m","retry_after":2.5,"global":true}`: true, `{"message":"m","retry_after":2.5,"global":false}`: false} {
		d.first("POST /channels/"+thread+"/messages", answer{429, body})
		_, err := b.Send(t.Context(), place, post, 0)
		failed, ok := errors.AsType[*deliver.Failure](err)
		if !ok || failed.Kind != deliver.RateLimited || failed.After != 2500*time.Millisecond || failed.Everywhere != everywhere {
			t.Errorf("%s: %+v", body, err)
		}
	}
}

func TestMissingPermissionsAreNamedByTheProbe(t *testing.T) {
	d, b := newBot(t)
	d.set("GET /guilds/"+guild+"/roles", ok(`[{"id":"`+guild+`","permissions":"3072"}]`)) // sees and writes
	err := b.Probe(t.Context())
	if kindOf(err) != deliver.Forbidden || !strings.HasSuffix(err.Error(), "permissions in its channel: Send Messages in Threads") {
		t.Fatal(err)
	}
}

func TestWhatIsSentTwiceIsOneMessageToDiscord(t *testing.T) {
	d, b := newBot(t)
	send := func(p deliver.Post, n int, to deliver.Place) string {
		t.Helper()
		if _, err := b.Send(t.Context(), to, p, n); err != nil {
			t.Fatal(err)
		}
		_, body := d.sent()
		return nonceIn(t, body)
	}
	d.set("POST /channels/1440000000000000009/messages", ok(`{"id":"`+message+`"}`))
	first := send(post, 0, place)
	if again := send(post, 0, place); again != first {
		t.Error("the same message has another nonce")
	}
	other, changed, more := said("hi", 0), said("hi", 0), post
	other.Message.Id, changed.Message.Content = "m2", "hi!"
	more.Messages = list1(said("hi", 0), said("ho", 0))
	long := posts()["too-long"]
	seen := map[string]string{first: "the first"}
	for name, nonce := range map[string]string{
		"another message":  send(deliver.Post{Record: nobody(), Messages: list1(other)}, 0, place),
		"an edited one":    send(deliver.Post{Record: nobody(), Messages: list1(changed)}, 0, place),
		"a joined one":     send(more, 0, place),
		"another thread":   send(post, 0, deliver.Place{Chat: channel, Thread: "1440000000000000009"}),
		"a part":           send(long, 0, place),
		"another part":     send(long, 1, place),
		"the closing line": closedNonce(t, d, b),
	} {
		if seen[nonce] != "" {
			t.Errorf("%s has the nonce of %s", name, seen[nonce])
		}
		seen[nonce] = name
	}
}

func closedNonce(t *testing.T, d *discord, b *Bot) string {
	t.Helper()
	d.first("POST /channels/"+thread+"/messages", answer{-1, ""})
	if err := b.SayClosed(t.Context(), place, "Olga"); kindOf(err) != deliver.Unknown {
		t.Fatal(err)
	}
	_, body := d.sent()
	lost := nonceIn(t, body)
	if err := b.SayClosed(t.Context(), place, "Olga"); err != nil {
		t.Fatal(err)
	}
	if _, body = d.sent(); nonceIn(t, body) != lost {
		t.Error("the line whose answer was lost has another nonce")
	}
	if err := b.SayClosed(t.Context(), place, "Olga"); err != nil {
		t.Fatal(err)
	}
	_, body = d.sent()
	next := nonceIn(t, body)
	if next == lost {
		t.Error("the line of the next closing is the same")
	}
	return next
}

// stored is a store with a picture of 5 and one of 3 bytes, and how to take the bus away.
func stored(t *testing.T) (files shelf.Shelf, pictures []*bellhopv1.Attachment, stop func()) {
	t.Helper()
	server := bustest.Server(t)
	store, err := file.New(t.Context(), bustest.Connect(t, bus.Config{InProcess: server}))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"abcde.txt", "xyz.txt"} {
		text := strings.TrimSuffix(name, ".txt")
		a, err := store.Save(t.Context(), file.Upload{
			Project: id.Default, Session: secret, Filename: name, MIME: "text/plain", From: "widget", Reader: strings.NewReader(text),
		})
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, a)
	}
	return shelf.Of(store, "https://chat.example"), pictures, server.Shutdown
}

func TestFilesGoAlongOrAreNamed(t *testing.T) {
	files, pictures, stop := stored(t)
	d := newDiscord(t)
	o := d.options()
	o.Files = files
	b := NewBot(o)
	t.Cleanup(b.Disconnect)
	say := "POST /channels/" + thread + "/messages"
	both := deliver.Post{Record: nobody(), Messages: list1(with(said("look", 0), pictures...))}
	if _, err := b.Send(t.Context(), place, both, 0); err != nil {
		t.Fatal(err)
	}
	d.expect(t, say, `filename="abcde.txt"`, "\r\nabcde\r\n", `"attachments":[{"id":0,"filename":"abcde.txt"},{"id":1,"filename":"xyz.txt"}]`)
	for status, code := range map[int]int{413: 40005, 403: 50013} {
		d.first(say, refusal(status, code))
		if _, err := b.Send(t.Context(), place, both, 0); err != nil {
			t.Fatal(err)
		}
		d.expect(t, say+", "+say, "abcde.txt (5 B)", "https://chat.example/", `"color":10070709`)
	}
	lost := deliver.Post{Record: nobody(), Messages: list1(with(said("", 0), pictures[0], pic("lost", 5)))}
	if _, err := b.Send(t.Context(), place, lost, 0); err != nil {
		t.Fatal(err)
	}
	d.expect(t, say, "lost (5 B)", noFile)
	stop()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := b.Send(ctx, place, both, 0); kindOf(err) != deliver.Unknown {
		t.Fatalf("while the store is away: %v", err)
	}
}

func TestALimitThatIsUsedUpStopsItsThread(t *testing.T) {
	frozen := map[string]time.Duration{}
	see := heed(func(account string, d time.Duration) { frozen[account] = d })
	call := "POST /channels/{channel}/messages"
	see(api.Rate{Call: call, Resource: "left", Limit: 5, Remaining: 1, ResetAfter: time.Second})
	see(api.Rate{Call: call, Resource: "unknown"})
	see(api.Rate{Call: call, Resource: "refused", Limit: 5, ResetAfter: time.Second, Limited: true})
	see(api.Rate{Call: "POST /channels/{channel}/typing", Resource: "typing", Limit: 5, ResetAfter: time.Second})
	see(api.Rate{Call: call, Resource: "used up", Limit: 5, ResetAfter: 3 * time.Second})
	if len(frozen) != 1 || frozen["used up"] != 3*time.Second {
		t.Fatalf("%v", frozen)
	}
}

func TestLimitsAreAsConfigured(t *testing.T) {
	if got, want := Limits(api.Config{MessagesPer5s: 5}), (pace.Limits{Units: 5, Window: 5 * time.Second, Margin: margin}); got != want {
		t.Errorf("%+v", got)
	}
	if g := newGate(api.Config{GlobalPerSecond: 50}); g.limit.Limit() != 45 || g.limit.Burst() != 9 {
		t.Errorf("%v %v", g.limit.Limit(), g.limit.Burst())
	}
	if g := newGate(api.Config{}); g.limit.Limit() != rate.Inf {
		t.Errorf("%v", g.limit.Limit())
	}
}

func TestCallsBeyondTheBotsOwnLimitComeBackLater(t *testing.T) {
	d, b := newBot(t)
	b.gate = gate{rate.NewLimiter(rate.Every(time.Hour), 1)}
	if err := b.Typing(t.Context(), place); err != nil {
		t.Fatal(err)
	}
	d.sent()
	for name, call := range map[string]func() error{
		"typing": func() error { return b.Typing(t.Context(), place) },
		"send":   func() error { _, err := b.Send(t.Context(), place, post, 0); return err },
		"edit":   func() error { return b.Edit(t.Context(), at, post, 0) },
		"delete": func() error { return b.Delete(t.Context(), at) },
		"say":    func() error { return b.SayClosed(t.Context(), place, "x") },
		"close":  func() error { return b.Close(t.Context(), place, ana()) },
		"open":   func() error { _, _, err := b.Open(t.Context(), channel, ana()); return err },
	} {
		failed, ok := errors.AsType[*deliver.Failure](call())
		if !ok || failed.Kind != deliver.RateLimited || failed.After < time.Minute {
			t.Errorf("%s: %+v", name, failed)
		}
	}
}

func TestAShortQueueIsWaitedFor(t *testing.T) {
	g := gate{rate.NewLimiter(rate.Every(20*time.Millisecond), 1)}
	for range 3 {
		if err := g.pass(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	g = gate{rate.NewLimiter(rate.Every(900*time.Millisecond), 1)}
	_ = g.pass(ended)
	if err := g.pass(ended); kindOf(err) != deliver.RateLimited {
		t.Fatal(err)
	}
}
