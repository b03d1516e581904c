package slack_test

import (
	"context"
	"testing"
	"time"

	client "github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// listen runs the library's Socket Mode client until the test ends and hands over what it gets, unacknowledged.
func listen(t *testing.T, api *client.Client) (*socketmode.Client, <-chan socketmode.Event) {
	sock := socketmode.New(api)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = sock.RunContext(ctx) // ends with the context
	}()
	t.Cleanup(func() { cancel(); <-done })
	return sock, sock.Events
}

func await(t *testing.T, events <-chan socketmode.Event, kind socketmode.EventType) socketmode.Event {
	t.Helper()
	timeout := time.After(10 * time.Second)
	for {
		select {
		case e := <-events:
			if e.Type == kind {
				return e
			}
			if e.Type == socketmode.EventTypeErrorBadMessage {
				t.Fatalf("a message that the library cannot read: %+v", e.Data)
			}
		case <-timeout:
			t.Fatalf("no %s", kind)
		}
	}
}

// heard is the next event, acknowledged.
func heard(t *testing.T, sock *socketmode.Client, events <-chan socketmode.Event) any {
	t.Helper()
	e := await(t, events, socketmode.EventTypeEventsAPI)
	must(t, sock.Ack(*e.Request))
	return e.Data.(slackevents.EventsAPIEvent).InnerEvent.Data
}

func TestClientLibraryHearsMessagesOverSocketMode(t *testing.T) {
	b, api := library(t)
	ctx := deadline(t)
	sock, events := listen(t, api)
	await(t, events, socketmode.EventTypeHello)
	inner := func() any { return heard(t, sock, events) }
	root := b.card("")
	if own, ok := inner().(*slackevents.MessageEvent); !ok || own.BotID != slack.BotID || own.TimeStamp != root {
		t.Fatalf("own message: %+v", own)
	}
	said := b.say(root, "Hi Ana & welcome :-)", slack.As("Olga"))
	if m, ok := inner().(*slackevents.MessageEvent); !ok || m.Text != "Hi Ana &amp; welcome :-)" || m.ThreadTimeStamp != root || m.User != "U0OLGA" || m.ClientMsgID == "" {
		t.Fatalf("message: %+v", m)
	}
	inner() // the root's change
	must(t, b.sim.Edit(ctx, said.TS, "Hi Ana!"))
	if m, ok := inner().(*slackevents.MessageEvent); !ok || m.SubType != "message_changed" || m.Message.Text != "Hi Ana!" || m.PreviousMessage == nil {
		t.Fatalf("edit: %+v", m)
	}
	must(t, b.sim.React(ctx, said.TS, "🗑"))
	if r, ok := inner().(*slackevents.ReactionAddedEvent); !ok || r.Reaction != "wastebasket" || r.Item.Timestamp != said.TS {
		t.Fatalf("reaction: %+v", r)
	}
	must(t, b.sim.Delete(ctx, said.TS))
	if m, ok := inner().(*slackevents.MessageEvent); !ok || m.SubType != "message_deleted" || m.DeletedTimeStamp != said.TS {
		t.Fatalf("deletion: %+v", m)
	}
}

func TestClientLibraryHearsPressesAndCommandsOverSocketMode(t *testing.T) {
	b, api := library(t)
	ctx := deadline(t)
	sock, events := listen(t, api)
	await(t, events, socketmode.EventTypeHello)
	root := b.card("")
	heard(t, sock, events)
	pressed, err := b.sim.Press(ctx, root, "Close")
	must(t, err)
	e := await(t, events, socketmode.EventTypeInteractive)
	press := e.Data.(client.InteractionCallback)
	must(t, sock.Ack(*e.Request))
	if press.Type != client.InteractionTypeBlockActions || press.ActionCallback.BlockActions[0].Value != "9fK2" || press.Container.MessageTs != root {
		t.Fatalf("press: %+v", press)
	}
	_, err = b.sim.AwaitInteraction(ctx, pressed.ID)
	must(t, err)
	typed, err := b.sim.Slash(ctx, "/close", "now")
	must(t, err)
	e = await(t, events, socketmode.EventTypeSlashCommand)
	if c := e.Data.(client.SlashCommand); c.Command != "/close" || c.Text != "now" || c.TriggerID != typed.ID {
		t.Fatalf("command: %+v", c)
	}
	must(t, sock.Ack(*e.Request, map[string]any{"text": "closed"}))
	_, err = b.sim.AwaitInteraction(ctx, typed.ID)
	must(t, err)
}

func TestClientLibraryComesBackAfterARefresh(t *testing.T) {
	b, api := library(t)
	sock, events := listen(t, api)
	await(t, events, socketmode.EventTypeHello)
	b.sim.RefreshSockets()
	await(t, events, socketmode.EventTypeHello)
	b.say("", "after the refresh")
	must(t, sock.Ack(*await(t, events, socketmode.EventTypeEventsAPI).Request))
	b.wait(quiet)
}

func TestClientLibraryVerifiesTheSignature(t *testing.T) {
	b, _ := library(t)
	r := receive(b)
	r.trust()
	b.hook(r)
	b.say("", "x")
	b.wait(quiet)
	d := r.all()[0]
	for body, want := range map[string]bool{string(d.Body): true, string(d.Body) + " ": false} {
		v, err := client.NewSecretsVerifier(d.Header, b.sim.SigningSecret())
		must(t, err)
		_, _ = v.Write([]byte(body))
		if got := v.Ensure() == nil; got != want {
			t.Errorf("a body of %d bytes: genuine %v", len(body), got)
		}
	}
	if _, err := slackevents.ParseEvent(d.Body, slackevents.OptionNoVerifyToken()); err != nil {
		t.Error(err)
	}
}

func TestClientLibraryOpensViewsAndPostsWebhooks(t *testing.T) {
	b, api := library(t)
	r := receive(b)
	b.hook(r)
	pressed, err := b.sim.Press(deadline(t), b.card(""), "Close")
	must(t, err)
	label := client.NewTextBlockObject("plain_text", "Text", false, false)
	input := client.NewInputBlock("text", label, nil, client.NewPlainTextInputBlockElement(nil, "input"))
	_, err = api.OpenViewContext(deadline(t), pressed.ID, client.ModalViewRequest{
		Type: client.VTModal, Title: client.NewTextBlockObject("plain_text", "Canned", false, false), CallbackID: "reply",
		Submit: client.NewTextBlockObject("plain_text", "Send", false, false), Blocks: client.Blocks{BlockSet: []client.Block{input}},
	})
	must(t, err)
	if views := b.sim.State().Views(); len(views) != 1 || views[0].Title != "Canned" || views[0].User != "U0OLGA" {
		t.Fatalf("views: %+v", views)
	}
	must(t, client.PostWebhookCustomHTTPContext(deadline(t), b.sim.WebhookURL(), b.http, &client.WebhookMessage{Text: "alert"}))
}
