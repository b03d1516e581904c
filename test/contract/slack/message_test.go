package slack

import (
	"errors"
	"strings"
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/slack"
	sim "github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestVisitorsTextIsShownAsTypedAndCallsNobody(t *testing.T) {
	s := start(t)
	for _, typed := range []string{
		"@everyone <!channel> <!here> <@U0OLGA> @Olga @here </script> **[x](http://evil.example)**",
		"<https://evil.example|https://bank.example> &amp; *bold* _it_ ~no~ `code` > quote",
		":wave: 👋 line\nline", "see https://shop.example/a?b=c&d=e.", strings.Repeat("é🦊 ", 1300),
	} {
		shown := s.slack.Message(s.say(t, typed, "").TS)
		if shown.Shown != typed || len(shown.Notified) != 0 || shown.ThreadTS != s.thread.Thread || shown.Truncated || shown.Unfurl {
			t.Errorf("%q is shown as %q, and calls %q", typed, shown.Shown, shown.Notified)
		}
	}
	if plain := s.slack.Message(mustPost(t, s, product.Outgoing{Place: s.thread, Content: new(product.Text).Verbatim("<!channel> hi").PlainContent()})); len(plain.Notified) != 0 || plain.Shown != "<!channel> hi" {
		t.Errorf("without blocks: %q calls %q", plain.Shown, plain.Notified)
	}
}

func mustPost(t *testing.T, s *site, m product.Outgoing) string {
	t.Helper()
	posted, err := s.Post(t.Context(), m)
	must(t, err)
	return posted.TS
}

func TestMessagesAreChangedAndTakenBack(t *testing.T) {
	s := start(t)
	posted := s.say(t, "hello", "m1")
	long := new(product.Text).Verbatim(strings.Repeat("word ", 1000)).Content()
	must(t, s.Update(t.Context(), posted.Ref, long, product.Mark{ID: "m1", Version: "2"}))
	if shown := s.slack.Message(posted.TS); shown.Shown != strings.Repeat("word ", 1000) || !strings.Contains(string(shown.Metadata.EventPayload), `"2"`) {
		t.Errorf("shown %+v", shown)
	}
	must(t, s.Update(t.Context(), posted.Ref, product.Content{Text: "no blocks"}, product.Mark{}))
	if shown := s.slack.Message(posted.TS); shown.Shown != "no blocks" || len(shown.Buttons) != 0 {
		t.Errorf("shown %+v", shown)
	}
	must(t, s.Delete(t.Context(), posted.Ref))
	for what, err := range map[string]error{
		"update": s.Update(t.Context(), posted.Ref, long, product.Mark{}), "delete": s.Delete(t.Context(), posted.Ref), "react": s.React(t.Context(), posted.Ref, "eyes"),
	} {
		if product.KindOf(err) != product.KindMessageGone {
			t.Errorf("%s: %v is %v", what, err, product.KindOf(err))
		}
	}
	said, err := s.slack.Say(t.Context(), s.thread.Thread, "mine")
	must(t, err)
	others := product.Ref{Channel: said.ChannelID, TS: said.TS}
	if err := s.Update(t.Context(), others, long, product.Mark{}); product.KindOf(err) != product.KindNotEditable {
		t.Errorf("%v is %v", err, product.KindOf(err))
	}
	if err := s.Delete(t.Context(), others); product.KindOf(err) != product.KindNotEditable {
		t.Errorf("%v is %v", err, product.KindOf(err))
	}
}

func TestPostWhoseAnswerIsLostIsFound(t *testing.T) {
	s := start(t)
	before := s.say(t, "before", "m0")
	s.slack.Fault(sim.Fault{Method: "chat.postMessage", Reset: sim.ResetAfter, Times: 1})
	lost := product.Outgoing{Place: s.thread, Content: product.Content{Text: "lost"}, Mark: product.Mark{ID: "m1", Version: "v"}}
	if _, err := s.Post(t.Context(), lost); product.KindOf(err) != product.KindUnknown {
		t.Fatalf("%v is %v", err, product.KindOf(err))
	}
	found, err := s.Find(t.Context(), s.thread, "m1", before.TS)
	must(t, err)
	if shown := s.slack.Message(found.TS); shown.Shown != "lost" || found.Mark != lost.Mark {
		t.Errorf("found %+v", found)
	}
	if none, err := s.Find(t.Context(), s.thread, "m2", ""); err != nil || none.TS != "" {
		t.Errorf("%+v, %v", none, err)
	}
	root, err := s.Find(t.Context(), product.Place{Channel: s.thread.Channel}, "card", "")
	if err != nil || root.TS != s.thread.Thread {
		t.Errorf("%+v, %v", root, err)
	}
	s.slack.Fault(sim.Fault{Method: "chat.postMessage", Reset: sim.ResetBefore, Times: 1})
	if _, err := s.Post(t.Context(), lost); product.KindOf(err) != product.KindUnknown {
		t.Fatalf("%v is %v", err, product.KindOf(err))
	}
}

func TestVanishedThreadIsNoticed(t *testing.T) {
	for _, refused := range []bool{true, false} {
		s := start(t, func(o *sim.Options) { o.RefuseOrphans = refused })
		must(t, s.CheckThread(t.Context(), s.thread))
		must(t, s.slack.DeleteThread(t.Context(), s.thread.Thread))
		s.warned = true
		_, err := s.Post(t.Context(), product.Outgoing{Place: s.thread, Content: product.Content{Text: "anybody?"}})
		if refused && product.KindOf(err) != product.KindThreadGone || !refused && err != nil {
			t.Errorf("refused %v: %v is %v", refused, err, product.KindOf(err))
		}
		expect(t, "afterwards", s.CheckThread(t.Context(), s.thread), product.KindThreadGone)
	}
}

func TestTroubleInTheChannelIsToldApart(t *testing.T) {
	s := start(t)
	post := func() error {
		_, err := s.Post(t.Context(), product.Outgoing{Place: s.thread, Content: product.Content{Text: "x"}})
		return err
	}
	s.slack.LockThread(s.thread.Thread, true)
	expect(t, "locked", post(), product.KindThreadClosed)
	s.slack.LockThread(s.thread.Thread, false)
	must(t, s.slack.Restrict("restricted_action_read_only_channel"))
	expect(t, "read only", post(), product.KindNoRights)
	must(t, s.slack.Restrict(""))
	s.slack.ArchiveChannel()
	expect(t, "archived", post(), product.KindNoRights)
	s.slack.UnarchiveChannel()
	s.slack.SetScope("chat:write", false)
	err := post()
	expect(t, "without its scope", err, product.KindNoRights)
	if refused, ok := errors.AsType[*product.Error](err); !ok || !strings.Contains(refused.Needed, "chat:write") {
		t.Errorf("needed is %+v", refused)
	}
	s.slack.SetScope("chat:write", true)
	s.slack.KickBot()
	expect(t, "kicked", post(), product.KindNotInChannel)
	s.slack.SetScope("channels:join", true)
	must(t, s.Join(t.Context(), s.thread.Channel))
	must(t, post())
	s.slack.Fault(sim.Fault{Method: "chat.postMessage", Status: 503, Times: 1})
	expect(t, "in trouble", post(), product.KindUnknown)
	s.slack.Fault(sim.Fault{Method: "chat.postMessage", Status: 429, RetryAfter: 7 * time.Second, Times: 1})
	err = post()
	expect(t, "too many", err, product.KindRateLimited)
	if limited, ok := errors.AsType[*product.Error](err); !ok || limited.RetryAfter != 7*time.Second {
		t.Errorf("%+v", limited)
	}
	s.slack.Fault(sim.Fault{Method: "chat.postMessage", Truncate: true, Times: 1})
	expect(t, "truncated", post(), product.KindUnknown)
	s.slack.RevokeToken()
	expect(t, "revoked", post(), product.KindGone)
}

func expect(t *testing.T, when string, err error, want product.Kind) {
	t.Helper()
	if got := product.KindOf(err); got != want {
		t.Errorf("%s: %v is %v, want %v", when, err, got, want)
	}
}

func TestSmallCallsWork(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	posted := s.say(t, "hello", "")
	must(t, s.React(ctx, posted.Ref, "eyes"))
	must(t, s.React(ctx, posted.Ref, "eyes"))
	if !s.slack.Message(posted.TS).Has("eyes", sim.BotUserID) {
		t.Error("no reaction")
	}
	must(t, s.Unreact(ctx, posted.Ref, "eyes"))
	must(t, s.Unreact(ctx, posted.Ref, "eyes"))
	must(t, s.SetStatus(ctx, s.thread, "is typing…"))
	if status := s.slack.Thread(s.thread.Thread).Status; status != "is typing…" {
		t.Errorf("the status is %q", status)
	}
	s.say(t, "said", "")
	if status := s.slack.Thread(s.thread.Thread).Status; status != "" {
		t.Errorf("the status is %q after a message", status)
	}
	said, err := s.slack.Say(ctx, s.thread.Thread, "!help", sim.As("Olga"))
	must(t, err)
	must(t, s.PostEphemeral(ctx, s.thread, said.From.ID, new(product.Text).Verbatim("<!here> help").Content()))
	me, err := s.AuthTest(ctx)
	if err != nil || me.UserID != sim.BotUserID || me.BotID != sim.BotID || len(me.Scopes) == 0 {
		t.Errorf("%+v, %v", me, err)
	}
	who, err := s.Directory().Find(ctx, said.From.ID)
	if err != nil || who.Name != "Olga" || who.Bot {
		t.Errorf("%+v, %v", who, err)
	}
	channel, err := s.ChannelInfo(ctx, s.thread.Channel)
	if err != nil || !channel.Member || channel.Archived || channel.Name != "support" {
		t.Errorf("%+v, %v", channel, err)
	}
	if link, err := s.Permalink(ctx, posted.Ref); err != nil || link == "" {
		t.Errorf("%q, %v", link, err)
	}
	page, err := s.Replies(ctx, s.thread, posted.TS, "")
	if err != nil || len(page.Messages) < 2 || page.Next != "" {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestWebhookPosts(t *testing.T) {
	s := start(t)
	must(t, s.PostWebhook(t.Context(), new(product.Text).Plain("Ana").Verbatim(": <!channel>").Content(), product.Look{}))
	posted, err := s.slack.AwaitThread(patient(t), "Ana: ")
	if err != nil || posted.Root.Shown != "Ana: <!channel>" || len(posted.Root.Notified) != 0 {
		t.Errorf("%+v, %v", posted.Root, err)
	}
}
