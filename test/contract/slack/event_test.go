package slack

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	product "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sim "github.com/bellhop-chat/bellhop/test/sim/slack"
)

// received is one thing that Slack has sent, as the product reads it.
type received struct {
	callback    *product.Callback
	interaction *product.Interaction
	command     *product.Command
}

// receiver is a webhook that verifies as the product does, and refuses what is forged.
func (s *site) receiver(t *testing.T) <-chan received {
	t.Helper()
	came := make(chan received, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is cut off is signed wrongly
		if product.Verify(s.slack.SigningSecret(), r.Header, body, s.slack.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var got received
		var err error
		if r.Header.Get("Content-Type") == "application/json" {
			got.callback, err = product.DecodeCallback(body)
		} else {
			got.interaction, got.command, err = product.DecodeForm(body)
		}
		if err != nil {
			t.Error(err)
		}
		if c := got.callback; c != nil && c.Type == product.TypeVerification {
			_, _ = io.WriteString(w, c.Challenge)
			return
		}
		came <- got
	}))
	t.Cleanup(server.Close)
	must(t, s.slack.SetEventsURL(t.Context(), server.URL))
	must(t, s.slack.SetInteractivityURL(server.URL))
	must(t, s.slack.SetCommandsURL(server.URL))
	return came
}

// event waits for the next event that a condition holds of.
func event(t *testing.T, came <-chan received, is func(product.Event) bool) product.Event {
	t.Helper()
	ctx := patient(t)
	for {
		select {
		case got := <-came:
			if got.callback != nil && is(got.callback.Event) {
				return got.callback.Event
			}
		case <-ctx.Done():
			t.Fatal("no such event")
		}
	}
}

func TestWhatOperatorsDoIsRead(t *testing.T) {
	s := start(t)
	came := s.receiver(t)
	ctx := t.Context()
	said, err := s.slack.Say(ctx, s.thread.Thread, "Hi <b> & @Omar 👋 https://a.b/c", sim.WithFile("a.txt", "text/plain", []byte("A")))
	must(t, err)
	got := event(t, came, func(e product.Event) bool { return e.TS == said.TS })
	names := product.Names{User: func(id string) string {
		who, err := s.UserInfo(ctx, id)
		must(t, err)
		return who.Name
	}}
	if text := product.Decode(got.Text, names); text != "Hi <b> & @Omar 👋 https://a.b/c" {
		t.Errorf("%q is read as %q", got.Text, text)
	}
	if !got.InThread() || got.ThreadTS != s.thread.Thread || got.User != said.From.ID || got.Channel != s.thread.Channel || len(got.Files) != 1 || got.ParentUser != sim.BotUserID {
		t.Errorf("%+v", got)
	}
	must(t, s.slack.Edit(ctx, said.TS, "better"))
	edited := event(t, came, func(e product.Event) bool {
		return e.Subtype == product.SubtypeChanged && e.Changed.TS == said.TS && e.Changed.Text != e.Previous.Text
	})
	if edited.Changed.Text != "better" || edited.Previous == nil || edited.Changed.ThreadTS != s.thread.Thread || edited.Changed.EditedTS == "" {
		t.Errorf("%+v %+v", edited.Changed, edited.Previous)
	}
	must(t, s.slack.React(ctx, said.TS, "eyes", sim.As("Omar")))
	reacted := event(t, came, func(e product.Event) bool { return e.Type == product.EventReactionAdded })
	if reacted.Item.TS != said.TS || reacted.Item.Channel != s.thread.Channel || reacted.Reaction != "eyes" || reacted.User == "" {
		t.Errorf("%+v", reacted)
	}
	must(t, s.slack.Delete(ctx, said.TS))
	deleted := event(t, came, func(e product.Event) bool { return e.Subtype == product.SubtypeDeleted })
	if deleted.DeletedTS != said.TS || deleted.Previous == nil || deleted.Previous.ThreadTS != s.thread.Thread {
		t.Errorf("%+v", deleted)
	}
	own := s.say(t, "of a visitor", "m1")
	if mine := event(t, came, func(e product.Event) bool { return e.TS == own.TS }); mine.BotID != sim.BotID || mine.Mark.ID != "m1" {
		t.Errorf("%+v", mine)
	}
}

func TestPressesShortcutsAndCommandsAreReadAndAnswered(t *testing.T) {
	s := start(t)
	came := s.receiver(t)
	ctx := patient(t)
	next := func() received {
		for {
			select {
			case got := <-came:
				if got.callback == nil {
					return got
				}
			case <-ctx.Done():
				t.Fatal("nothing came")
			}
		}
	}
	_, err := s.slack.Press(ctx, s.thread.Thread, "Close")
	must(t, err)
	press := next().interaction
	if press == nil || press.Type != product.TypeBlockActions || press.Message.TS != s.thread.Thread || press.Channel != s.thread.Channel || len(press.Actions) != 1 ||
		press.Actions[0].ID != product.ActionClose || press.Actions[0].TS == "" || press.UserID == "" {
		t.Fatalf("%+v", press)
	}
	must(t, s.Respond(ctx, press.ResponseURL, product.Response{Content: product.Content{Text: "Done."}}))
	said, err := s.slack.Say(ctx, s.thread.Thread, "oops")
	must(t, err)
	_, err = s.slack.Shortcut(ctx, said.TS, "delete")
	must(t, err)
	if shortcut := next().interaction; shortcut.Type != product.TypeMessageAction || shortcut.CallbackID != "delete" || shortcut.Message.TS != said.TS || shortcut.Message.ThreadTS != s.thread.Thread {
		t.Errorf("%+v", shortcut)
	}
	_, err = s.slack.Slash(ctx, "/bellhop", "online")
	must(t, err)
	command := next().command
	if command == nil || command.Name != "/bellhop" || command.Text != "online" || command.TriggerID == "" {
		t.Fatalf("%+v", command)
	}
	must(t, s.Respond(ctx, command.ResponseURL, product.Response{Content: product.Content{Text: "You are online."}}))
}

func TestForgeriesAreToldFromSlacksOwn(t *testing.T) {
	s := start(t)
	s.receiver(t)
	for _, how := range []sim.Forgery{sim.ForgeMissing, sim.ForgeWrong, sim.ForgeStale, sim.ForgeAltered} {
		forged, err := s.slack.Forge(t.Context(), "events", how)
		if err != nil || forged.Accepted || forged.Fooled {
			t.Errorf("%v: %+v, %v", how, forged, err)
		}
	}
}

func TestSocketBringsTheSameAndIsConfirmed(t *testing.T) {
	s := start(t)
	socket, err := s.OpenSocket(t.Context())
	must(t, err)
	defer socket.Close()
	defer context.AfterFunc(patient(t), socket.Close)() // what does not come ends the reading
	await := func(is func(product.Envelope) bool) product.Envelope {
		for {
			e, err := socket.Read()
			must(t, err)
			if e.ID != "" {
				must(t, socket.Ack(e.ID))
			}
			if is(e) {
				return e
			}
		}
	}
	// Before its hello a connection is not one that events are sent over.
	await(func(e product.Envelope) bool { return e.Type == product.EnvelopeHello })
	said, err := s.slack.Say(t.Context(), s.thread.Thread, "over a socket")
	must(t, err)
	var c *product.Callback
	await(func(e product.Envelope) bool {
		if e.ID == "" {
			return false
		}
		c, err = product.DecodeCallback(e.Payload)
		must(t, err)
		return c.Event.TS == said.TS
	})
	if c.EventID == "" || c.Event.Text != "over a socket" {
		t.Errorf("%+v", c)
	}
	s.slack.RefreshSockets()
	bye := await(func(e product.Envelope) bool { return e.Type == product.EnvelopeDisconnect })
	if bye.Reason != product.ReasonWarning && bye.Reason != product.ReasonRefresh {
		t.Errorf("%+v", bye)
	}
}
