package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	product "github.com/bellhop-chat/bellhop/internal/platform/discord"
	"github.com/bellhop-chat/bellhop/internal/platform/discord/gateway"
	"github.com/bellhop-chat/bellhop/test/sim/clock"
	sim "github.com/bellhop-chat/bellhop/test/sim/discord"
)

// listener keeps what the gateway tells.
type listener struct {
	*site
	t    *testing.T
	done chan error

	mu     sync.Mutex
	events []gateway.Event
}

func (s *site) listen(t *testing.T, from gateway.Session) *listener {
	t.Helper()
	l := &listener{site: s, t: t, done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		l.done <- gateway.Run(ctx, gateway.Options{
			Token: s.discord.Token(), Intents: product.AllIntents, Info: s.GetGateway, Handle: l.handle, Tell: func(string) {}, Log: zaptest.NewLogger(t),
			Pause: 2 * time.Millisecond,
		}, from)
		close(l.done)
	}()
	t.Cleanup(func() {
		cancel()
		for range l.done {
		}
	})
	return l
}

func (l *listener) handle(_ context.Context, ev gateway.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, ev)
	return nil
}

// texts are the operators' messages that were told.
func (l *listener) texts() (texts []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ev := range l.events {
		if ev.Type != "MESSAGE_CREATE" {
			continue
		}
		m, err := product.DecodeMessage(ev.Data)
		if err != nil {
			l.t.Error(err)
			continue
		}
		if m.Written(nil) {
			texts = append(texts, m.Content)
		}
	}
	return texts
}

func (l *listener) count(kind string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ev := range l.events {
		if ev.Type == kind {
			n++
		}
	}
	return n
}

func (l *listener) last() gateway.Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events[len(l.events)-1].Session
}

func (l *listener) until(what string, reached func() bool) {
	l.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !reached(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			l.t.Fatalf("in vain: %s", what)
		}
	}
}

func (l *listener) says(text string) {
	l.t.Helper()
	_, err := l.discord.Say(l.t.Context(), l.thread, text)
	must(l.t, err)
}

func TestGatewayTellsWhatOperatorsDo(t *testing.T) {
	s := start(t, sim.Options{})
	l := s.listen(t, gateway.Session{})
	l.until("a session", func() bool { return l.count("READY") == 1 })
	said, err := s.discord.Say(t.Context(), s.thread, "hello", sim.ReplyTo(s.thread), sim.WithFile("a.txt", "text/plain", []byte("x")))
	must(t, err)
	must(t, s.discord.Edit(t.Context(), said.ID, "hello!"))
	must(t, s.discord.React(t.Context(), said.ID, "👍"))
	must(t, s.discord.Typing(t.Context(), s.thread))
	must(t, s.discord.Delete(t.Context(), said.ID))
	must(t, s.discord.CloseThread(t.Context(), s.thread))
	for _, kind := range []string{"GUILD_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_REACTION_ADD", "TYPING_START", "MESSAGE_DELETE", "THREAD_UPDATE"} {
		l.until(kind, func() bool { return l.count(kind) > 0 })
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ev := range l.events {
		var err error
		switch ev.Type {
		case "GUILD_CREATE":
			var server *product.Server
			if server, err = product.DecodeServer(ev.Data); err == nil && (len(server.Threads) != 1 || server.Threads[0].ParentID != s.discord.ChannelID()) {
				t.Errorf("%+v", server)
			}
		case "MESSAGE_CREATE", "MESSAGE_UPDATE":
			var m *product.Message
			if m, err = product.DecodeMessage(ev.Data); err == nil && (m.ReplyTo() != s.thread || len(m.Attachments) != 1 || product.DisplayName(m.Author, m.Member) != "Olga" || m.GuildID != s.discord.GuildID()) {
				t.Errorf("%s: %+v", ev.Type, m)
			}
		case "MESSAGE_REACTION_ADD":
			var r *product.Reaction
			if r, err = product.DecodeReaction(ev.Data); err == nil && (r.Emoji.Name != "👍" || r.MessageID != said.ID || product.DisplayName(nil, r.Member) != "Olga") {
				t.Errorf("%+v", r)
			}
		case "TYPING_START":
			var y *product.Typing
			if y, err = product.DecodeTyping(ev.Data); err == nil && y.ChannelID != s.thread {
				t.Errorf("%+v", y)
			}
		case "MESSAGE_DELETE":
			var d *product.Deletion
			if d, err = product.DecodeDeletion(ev.Data); err == nil && !slices.Equal(d.IDs, []string{said.ID}) {
				t.Errorf("%+v", d)
			}
		case "THREAD_UPDATE":
			var c *product.Channel
			if c, err = product.DecodeChannel(ev.Data); err == nil && (c.ID != s.thread || c.ParentID != s.discord.ChannelID()) {
				t.Errorf("%+v", c)
			}
		}
		if err != nil {
			t.Errorf("%s: %v", ev.Type, err)
		}
	}
}

func TestGatewayLosesNothingOverCutsAndReconnects(t *testing.T) {
	s := start(t, sim.Options{Clock: clock.Real()})
	l := s.listen(t, gateway.Session{})
	l.until("a session", func() bool { return l.count("READY") == 1 })
	var want []string
	for i, cut := range []func(){
		func() { s.discord.DropGateway() }, func() { s.discord.AskReconnect() }, func() { s.discord.CloseGateway(4000) }, func() { s.discord.InvalidateSession(true) },
		func() { s.discord.AskHeartbeat() },
	} {
		for j := range 3 {
			want = append(want, fmt.Sprintf("%d.%d", i, j))
			l.says(want[len(want)-1])
			if j == 1 {
				cut()
			}
		}
		l.until("everything", func() bool { return len(l.texts()) >= len(want) })
		must(t, s.discord.AwaitGateway(t.Context()))
	}
	if got := l.texts(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if l.count("READY") != 1 {
		t.Errorf("%d sessions", l.count("READY"))
	}
}

func TestGatewayResumesInAnotherProcess(t *testing.T) {
	s := start(t, sim.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	first := &listener{site: s, t: t}
	ended := make(chan error, 1)
	run := func(ctx context.Context, l *listener, from gateway.Session) error {
		return gateway.Run(ctx, gateway.Options{
			Token: s.discord.Token(), Intents: product.AllIntents, Info: s.GetGateway, Handle: l.handle, Tell: func(string) {}, Log: zaptest.NewLogger(t), Pause: 2 * time.Millisecond,
		}, from)
	}
	go func() { ended <- run(ctx, first, gateway.Session{}) }()
	first.until("a session", func() bool { return first.count("READY") == 1 })
	first.says("one")
	first.until("one", func() bool { return len(first.texts()) == 1 })
	cancel()
	must(t, <-ended)
	first.says("two")
	second := s.listen(t, first.last())
	second.until("two", func() bool { return slices.Equal(second.texts(), []string{"two"}) })
	second.until("that was all", func() bool { return second.count("RESUMED") == 1 })
	if second.count("READY") != 0 {
		t.Error("another session was begun")
	}
}

func TestGatewayBeginsAnewWhereASessionIsLost(t *testing.T) {
	s := start(t, sim.Options{})
	l := s.listen(t, gateway.Session{})
	l.until("a session", func() bool { return l.count("READY") == 1 })
	s.discord.InvalidateSession(false)
	l.until("another", func() bool { return l.count("READY") == 2 })
	s.discord.CloseGateway(4009)
	l.until("a third", func() bool { return l.count("READY") == 3 })
}

func TestGatewayThatIsClosedToTheBotSaysWhatToDo(t *testing.T) {
	s := start(t, sim.Options{})
	must(t, s.discord.SetIntent("MESSAGE_CONTENT", false))
	l := s.listen(t, gateway.Session{})
	err := <-l.done
	if fatal, ok := errors.AsType[*gateway.Fatal](err); !ok || fatal.Code != 4014 {
		t.Fatal(err)
	}
}

func TestSimulatorsSignaturesAreBelievedAndItsForgeriesAreNot(t *testing.T) {
	s := start(t, sim.Options{Clock: clock.Real()})
	v, err := product.NewVerifier(s.discord.PublicKey())
	must(t, err)
	var mu sync.Mutex
	var taken []string
	forged := 0
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if v.Verify(r.Header, body, time.Now()) != nil {
			forged++
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		i, err := product.DecodeInteraction(body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			return
		}
		answer := product.Whisper("done")
		if i.Type == product.InteractionPing {
			answer = product.Answer{Type: product.AnswerPong}
		} else {
			taken = append(taken, i.Data.Name+i.Data.CustomID+" "+i.Data.Text("message")+" "+product.DisplayName(i.By(), i.Member)+" "+i.ChannelID)
		}
		data, _ := answer.JSON()
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(data)
	}))
	t.Cleanup(site.Close)
	must(t, s.discord.SetInteractionsEndpoint(t.Context(), site.URL))
	must(t, s.SetCommands(t.Context(), s.discord.ApplicationID(), s.discord.GuildID(), []product.Command{{
		Name: "reply", Description: "d", Type: product.CommandSlash, Options: []product.CommandOption{{Type: product.OptionString, Name: "message", Description: "d", Required: true}},
	}}))
	given, err := s.discord.Slash(t.Context(), s.thread, "reply", map[string]any{"message": "hi"})
	must(t, err)
	_, err = s.discord.AwaitAnswer(t.Context(), given.ID)
	must(t, err)
	button := s.say(t, product.NewMessage{Content: "x", Components: []product.Component{product.Buttons(product.Button(product.ButtonDanger, "Close", product.ButtonClose))}})
	pressed, err := s.discord.Press(t.Context(), button.ID, "Close")
	must(t, err)
	_, err = s.discord.AwaitAnswer(t.Context(), pressed.ID)
	must(t, err)
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"reply hi Olga " + s.thread, product.ButtonClose + "  Olga " + s.thread}; !slices.Equal(taken, want) || forged == 0 {
		t.Errorf("taken %q, want %q; %d forgeries", taken, want, forged)
	}
}

func TestInteractionsOfTheGatewayAreAnsweredOnce(t *testing.T) {
	s := start(t, sim.Options{})
	l := s.listen(t, gateway.Session{})
	l.until("a session", func() bool { return l.count("READY") == 1 })
	button := s.say(t, product.NewMessage{Content: "x", Components: []product.Component{product.Buttons(product.Button(product.ButtonSecondary, "Mark read", product.ButtonRead))}})
	pressed, err := s.discord.Press(t.Context(), button.ID, "Mark read")
	must(t, err)
	l.until("it is told", func() bool { return l.count("INTERACTION_CREATE") == 1 })
	l.mu.Lock()
	i, err := product.DecodeInteraction(l.events[len(l.events)-1].Data)
	l.mu.Unlock()
	must(t, err)
	if i.ID != pressed.ID || i.Channel == nil || i.Channel.ParentID != s.discord.ChannelID() {
		t.Fatalf("%+v", i)
	}
	must(t, s.Respond(t.Context(), i.ID, i.Token, product.Answer{Type: product.AnswerLater, Message: &product.NewMessage{Flags: product.Ephemeral}}))
	is(t, s.Respond(t.Context(), i.ID, i.Token, product.Whisper("again")), product.KindDone)
	text := "done"
	_, err = s.EditAnswer(t.Context(), i.ApplicationID, i.Token, product.Edit{Content: &text})
	must(t, err)
	_, err = s.FollowUp(t.Context(), i.ApplicationID, i.Token, product.NewMessage{Content: "and more", Flags: product.Ephemeral})
	must(t, err)
	s.discord.Clock().Advance(16 * time.Minute)
	_, err = s.EditAnswer(t.Context(), i.ApplicationID, i.Token, product.Edit{Content: &text})
	if product.KindOf(err) == product.KindNone {
		t.Error("a token works for ever")
	}
}

func TestApplicationTellsWhatItMay(t *testing.T) {
	s := open(t, sim.Options{})
	app, err := s.GetApplication(t.Context())
	must(t, err)
	me, err := s.GetMe(t.Context())
	must(t, err)
	if app.ID != s.discord.ApplicationID() || app.VerifyKey != s.discord.PublicKey() || !app.ReadsMessages() || app.InteractionsURL != "" || !me.Bot || me.ID != s.config().BotID() {
		t.Errorf("%+v %+v", app, me)
	}
	must(t, s.discord.SetIntent("MESSAGE_CONTENT", false))
	if app, err = s.GetApplication(t.Context()); err != nil || app.ReadsMessages() {
		t.Errorf("%+v, %v", app, err)
	}
	info, err := s.GetGateway(t.Context())
	must(t, err)
	if info.URL != s.discord.GatewayURL() || info.Limit.Total <= 0 || info.Limit.Remaining != info.Limit.Total {
		t.Errorf("%+v", info)
	}
}
