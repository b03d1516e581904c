package slack

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
)

// socketed is a bureau whose bot is heard over sockets only.
func socketed(t *testing.T) *bureau {
	t.Helper()
	o := newBureau(t)
	o.options.Public = false
	o.bot = o.newBot()
	return o
}

// run listens, without the watch over what was missed.
func (o *bureau) run() (stop func()) {
	return o.start(func(ctx context.Context) error {
		o.bot.listen(ctx)
		return nil
	})
}

func TestSocketIsConfirmedWhenTheBusHasStored(t *testing.T) {
	o := socketed(t)
	o.run()
	p := o.slack.socket(t)
	p.says("events_api", "e-1", message("Ev1", "2.3", "hello"))
	if id, _ := p.acked(); id != "e-1" {
		t.Fatal(id)
	}
	o.expect("message.created slack:Ev1", "message.read slack:Ev1:read")
	p.says("interactive", "e-2", press("close", thread, ""))
	p.says("slash_commands", "e-3", `{"command":"/bellhop","text":"offline","user_id":"U0OLGA","trigger_id":"1.1"}`)
	p.says("hologram", "e-4", `{}`)
	p.says("events_api", "e-5", `[]`)
	var ids []string
	for range 4 {
		id, _ := p.acked()
		ids = append(ids, id)
	}
	if slices.Sort(ids); !slices.Equal(ids, []string{"e-2", "e-3", "e-4", "e-5"}) {
		t.Fatalf("confirmed are %q", ids)
	}
	if got := len(o.facts()); got != 4 {
		t.Fatalf("%d facts", got)
	}
}

func TestWhatIsNotStoredIsNotConfirmed(t *testing.T) {
	o := socketed(t)
	o.run()
	p := o.slack.socket(t)
	o.sessions.SetAway(true)
	p.says("events_api", "e-1", message("Ev1", "2.3", "hello"))
	p.says("hologram", "e-2", `{}`)
	if id, _ := p.acked(); id != "e-2" {
		t.Fatalf("%s was confirmed", id)
	}
	o.bot.handing.Wait() // it has failed
	o.sessions.SetAway(false)
	p.says("events_api", "e-3", message("Ev1", "2.3", "hello"))
	if id, _ := p.acked(); id != "e-3" {
		t.Fatal(id)
	}
	o.expect("message.created slack:Ev1", "message.read slack:Ev1:read")
}

func TestOrderOfAThreadIsKept(t *testing.T) {
	o := socketed(t)
	o.run()
	p := o.slack.socket(t)
	var want []string
	for i := range 20 {
		text := string(rune('a' + i))
		want = append(want, text)
		p.says("events_api", "e-"+text, message("Ev"+text, "2."+text, text))
	}
	for range want {
		p.acked()
	}
	if got := o.texts(); !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
}

func TestNextSocketIsOpenBeforeTheOldOneIsLeft(t *testing.T) {
	o := socketed(t)
	o.run()
	first := o.slack.socket(t)
	first.disconnects("warning")
	second := o.slack.socket(t)
	first.says("events_api", "e-1", message("Ev1", "2.3", "on the old one"))
	if id, _ := first.acked(); id != "e-1" {
		t.Fatal(id)
	}
	first.disconnects("refresh_requested")
	second.says("events_api", "e-2", message("Ev2", "2.4", "on the new one"))
	if id, _ := second.acked(); id != "e-2" {
		t.Fatal(id)
	}
	if got := o.texts(); !slices.Equal(got, []string{"on the old one", "on the new one"}) {
		t.Fatalf("%q", got)
	}
	if n := len(o.slack.made("apps.connections.open")); n != 2 {
		t.Fatalf("%d sockets for one warning and its refresh", n)
	}
}

func TestLostSocketIsOpenedAnew(t *testing.T) {
	o := socketed(t)
	o.run()
	o.slack.socket(t).close()
	second := o.slack.socket(t)
	second.says("events_api", "e-1", message("Ev1", "2.3", "hello"))
	if id, _ := second.acked(); id != "e-1" {
		t.Fatal(id)
	}
}

// told keeps what is told.
type told struct {
	mu   sync.Mutex
	all  []string
	news chan struct{}
}

func (k *told) tell(problem string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, problem)
	select {
	case k.news <- struct{}{}:
	default:
	}
}

func (k *told) await(t *testing.T, part string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		k.mu.Lock()
		found := slices.ContainsFunc(k.all, func(s string) bool { return strings.Contains(s, part) })
		k.mu.Unlock()
		if found {
			return
		}
		select {
		case <-k.news:
		case <-deadline:
			t.Fatalf("nobody was told %q: %q", part, k.all)
		}
	}
}

func TestSwitchedOffSocketModeIsLeftAloneAndTold(t *testing.T) {
	o := socketed(t)
	k := &told{news: make(chan struct{}, 1)}
	o.options.Tell = k.tell
	o.bot = o.newBot()
	stop := o.run()
	p := o.slack.socket(t)
	p.disconnects("link_disabled")
	k.await(t, "is Socket Mode on")
	if _, ok := p.acked(); ok {
		t.Fatal("the socket is still open")
	}
	stop()
	if n := len(o.slack.made("apps.connections.open")); n != 1 {
		t.Fatalf("it was tried %d times", n)
	}
}

func TestWrongTokensAndAMissingScopeAreTold(t *testing.T) {
	o := socketed(t)
	k := &told{news: make(chan struct{}, 1)}
	o.options.Tell = k.tell
	o.slack.tell("apps.connections.open", `{"ok":false,"error":"not_allowed_token_type"}`)
	o.slack.tell("auth.test", `{"ok":false,"error":"invalid_auth"}`)
	o.slack.tell("conversations.info", `{"ok":true,"channel":{"is_private":true}}`)
	o.bot = o.newBot()
	o.run()
	k.await(t, "SLACK_APP_TOKEN")
	stop := o.start(o.bot.Identify)
	k.await(t, "SLACK_BOT_TOKEN")
	o.slack.tell("auth.test", `{"ok":true,"user":"bellhop","user_id":"U0BOT","bot_id":"B01"}`)
	stop()
	o.start(o.bot.Identify)
	o.slack.tell("apps.connections.open", "")
	k.await(t, "SLACK_APP_TOKEN")
}

func TestNoSocketWhereSlackCanPost(t *testing.T) {
	o := newBureau(t) // has an app token as well
	stop := o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "here") })
	awaitNote(t, o) // the watch has begun
	stop()
	if n := len(o.slack.made("apps.connections.open")); n != 0 {
		t.Fatalf("%d sockets", n)
	}
}

func TestOpenSocketIsNotedAsListening(t *testing.T) {
	o := socketed(t)
	o.bot.every = 5 * time.Millisecond
	o.start(func(ctx context.Context) error { return o.bot.Run(ctx, "here") })
	o.slack.socket(t)
	awaitNote(t, o)
}

func TestBusThatIsAwayKeepsTheSocketOpen(t *testing.T) {
	o := socketed(t)
	o.run()
	p := o.slack.socket(t)
	o.server.Stop()
	p.says("events_api", "e-1", message("Ev1", "2.3", "hello"))
	p.says("hologram", "e-2", `{}`)
	if id, _ := p.acked(); id != "e-2" {
		t.Fatalf("%s was confirmed", id)
	}
	o.server = bustest.ServerIn(t, o.dir)
	o.bus = bustest.Connect(t, bus.Config{InProcess: o.server, Name: t.Name()})
}
