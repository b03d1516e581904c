package discord

import (
	"strings"
	"testing"
	"time"

	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

const hookToken = "hooktokenhooktokenhooktoken-_0123456789"

func newHook(t *testing.T) (*discord, *Webhook) {
	d := newDiscord(t)
	h := NewWebhook(d.options())
	t.Cleanup(h.Disconnect)
	return d, h
}

const execute = "POST /webhooks/" + hook + "/" + hookToken

func TestAWebhookMakesAPostInAForum(t *testing.T) {
	d, h := newHook(t)
	got, carded, err := h.Open(t.Context(), h.Chat(nil), ana())
	if err != nil || !carded || got != (deliver.Place{Chat: hook, Thread: thread}) {
		t.Fatalf("%v %v %v", got, carded, err)
	}
	d.expect(t, execute, `"thread_name":"💬 Ana *Silva* · pricing_table"`, `"username":"Bell"`)
	ids, err := h.Send(t.Context(), got, posts()["quoting"], 0)
	if err != nil || len(ids) != 1 || ids[0] != message {
		t.Fatalf("%v %v", ids, err)
	}
	d.expect(t, execute, `"description":"\u003e **Support**: what \\*is\\* it?\nthat"`)
	where := &bellhopv1.PlatformMessage{Chat: hook, Thread: thread, Ids: []string{message}}
	for _, c := range []struct {
		call string
		do   func() error
	}{
		{"PATCH /webhooks/" + hook + "/" + hookToken + "/messages/" + message, func() error { return h.Edit(t.Context(), where, post, 0) }},
		{"DELETE /webhooks/" + hook + "/" + hookToken + "/messages/" + message, func() error { return h.Delete(t.Context(), where) }},
		{execute, func() error { return h.SayClosed(t.Context(), got, "Olga") }},
		{"GET /webhooks/" + hook + "/" + hookToken, func() error { return h.Probe(t.Context()) }},
	} {
		if err := c.do(); err != nil {
			t.Errorf("%s: %v", c.call, err)
		}
		d.expect(t, c.call)
	}
}

func TestAWebhookOfATextChannelPostsThere(t *testing.T) {
	d, h := newHook(t)
	d.first(execute, refusal(400, 220003))
	got, carded, err := h.Open(t.Context(), hook, ana())
	if err != nil || carded || got.Chat != hook || !strings.HasPrefix(got.Thread, inChannel) {
		t.Fatalf("%v %v %v", got, carded, err)
	}
	d.sent()
	other, _, err := h.Open(t.Context(), hook, visitorOf("ses_other"))
	if err != nil || other == got {
		t.Fatalf("two conversations have one place: %v %v", other, err)
	}
	if _, err := h.Send(t.Context(), got, deliver.Post{Record: ana(), Card: true, Messages: post.Messages}, 0); err != nil {
		t.Fatal(err)
	}
	d.expect(t, execute, "New conversation", `"description":"hi"`)
	if len(h.Plan(posts()["too-long"], nil)) != 2 || h.Account(got) != h.Account(other) || h.Current(hook) != hook {
		t.Error("planned otherwise")
	}
	if h.Close(t.Context(), got, nil) != nil || h.Reopen(t.Context(), got, nil) != nil || h.Typing(t.Context(), got) != nil || h.TypingLasts() != 10*time.Second || h.Name() != Name {
		t.Error("a webhook does what it can't")
	}
}

func TestAWebhookThatIsGoneIsLeftAlone(t *testing.T) {
	d, h := newHook(t)
	d.set(execute, refusal(404, 10015))
	if _, _, err := h.Open(t.Context(), hook, ana()); kindOf(err) != deliver.Forbidden || strings.Contains(err.Error(), "hooktoken") {
		t.Fatal(err)
	}
	d.set(execute, refusal(404, 10003))
	if _, err := h.Send(t.Context(), place, post, 0); kindOf(err) != deliver.ThreadGone {
		t.Fatal(err)
	}
}
