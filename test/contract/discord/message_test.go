package discord

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sim "github.com/bellhop-chat/bellhop/test/sim/discord"
	"github.com/bellhop-chat/bellhop/test/sim/discord/markup"
	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

func TestMessagesStandAsTheyWereSent(t *testing.T) {
	for name, options := range map[string]sim.Options{"forum": {}, "text channel": {TextChannel: true}} {
		t.Run(name, func(t *testing.T) {
			s := start(t, options)
			first := s.say(t, product.NewMessage{Content: "one", Flags: product.SuppressEmbeds | product.SuppressNotifications})
			second := s.say(t, product.NewMessage{Content: "two", ReplyTo: first.ID, Embeds: []product.Embed{{Description: "framed", Color: 0x57F287}}})
			if second.ReplyTo() != first.ID || s.discord.Message(second.ID).ReplyTo != first.ID || !s.discord.Message(second.ID).Has("framed") {
				t.Errorf("%+v", second)
			}
			text := "two, corrected"
			edited, err := s.EditMessage(t.Context(), s.thread, second.ID, product.Edit{Content: &text})
			must(t, err)
			if edited.Content != text || edited.EditedAt.IsZero() || !s.discord.Message(second.ID).Has("framed") {
				t.Errorf("%+v", edited)
			}
			must(t, s.React(t.Context(), s.thread, first.ID, "👌"))
			if got := s.discord.Message(first.ID).Reactions; len(got) != 1 || got[0].Emoji != "👌" {
				t.Errorf("%+v", got)
			}
			must(t, s.Unreact(t.Context(), s.thread, first.ID, "👌"))
			must(t, s.Typing(t.Context(), s.thread))
			if s.discord.Thread(s.thread).Typing != "Bellhop" {
				t.Error("nobody types")
			}
			must(t, s.DeleteMessage(t.Context(), s.thread, first.ID))
			history, err := s.History(t.Context(), s.thread, first.ID, 10)
			must(t, err)
			if len(history) != 1 || history[0].ID != second.ID {
				t.Errorf("%+v", history)
			}
			if got, err := s.GetMessage(t.Context(), s.thread, second.ID); err != nil || got.Content != text {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestHistoryIsReadPageByPageInOrder(t *testing.T) {
	s := start(t, sim.Options{})
	after, want := s.thread, []string{"a", "b", "c", "d", "e"}
	for _, text := range want {
		_, err := s.discord.Say(t.Context(), s.thread, text)
		must(t, err)
	}
	var got []string
	for range 3 {
		page, err := s.History(t.Context(), s.thread, after, 2)
		must(t, err)
		for _, m := range page {
			got, after = append(got, m.Content), m.ID
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWhatIsSentTwiceWithOneNonceStandsOnce(t *testing.T) {
	s := start(t, sim.Options{})
	s.discord.Fault(fault.Fault{Method: "createMessage", Times: 1, Reset: fault.ResetAfter})
	m := product.NewMessage{Content: "hello", Nonce: product.Nonce(s.thread, "m1", "0")}
	_, err := s.CreateMessage(t.Context(), s.thread, m)
	is(t, err, product.KindUnknown)
	again := s.say(t, m)
	s.expect(t, "Ana", "hello")
	if string(again.Nonce) != m.Nonce {
		t.Errorf("nonce %q", again.Nonce)
	}
}

func TestReplyToWhatIsGoneIsSentWithout(t *testing.T) {
	s := start(t, sim.Options{})
	first := s.say(t, product.NewMessage{Content: "one"})
	must(t, s.DeleteMessage(t.Context(), s.thread, first.ID))
	s.say(t, product.NewMessage{Content: "two", ReplyTo: first.ID})
	s.expect(t, "Ana", "two")
	must(t, s.discord.SetOverwrite([]string{"VIEW_CHANNEL"}, []string{"READ_MESSAGE_HISTORY"}))
	_, err := s.CreateMessage(t.Context(), s.thread, product.NewMessage{Content: "three", ReplyTo: s.thread})
	is(t, err, product.KindReplyGone)
}

func TestRefusalsMeanWhatTheyMean(t *testing.T) {
	s := start(t, sim.Options{ActiveThreads: 2})
	ctx, one := t.Context(), s.say(t, product.NewMessage{Content: "one"})
	said, err := s.discord.Say(ctx, s.thread, "an operator's")
	must(t, err)
	text := "x"
	edit := func(id string) error {
		_, err := s.EditMessage(ctx, s.thread, id, product.Edit{Content: &text})
		return err
	}
	send := func(m product.NewMessage) error { _, err := s.CreateMessage(ctx, s.thread, m); return err }
	is(t, edit("1440000000009999999"), product.KindMessageGone)
	is(t, edit(said.ID), product.KindBadRequest)
	is(t, send(product.NewMessage{}), product.KindBadRequest)
	is(t, send(product.NewMessage{Content: strings.Repeat("é", product.MaxContent+1)}), product.KindBadRequest)
	is(t, send(product.NewMessage{Content: strings.Repeat("🦊", product.MaxContent)}), product.KindNone)
	is(t, send(product.NewMessage{Embeds: []product.Embed{{Description: strings.Repeat("é", product.MaxDescription)}}}), product.KindNone)
	is(t, send(product.NewMessage{Embeds: []product.Embed{{Description: strings.Repeat("é", product.MaxDescription+1)}}}), product.KindBadRequest)
	is(t, s.React(ctx, s.thread, one.ID, "not an emoji"), product.KindBadRequest)
	is(t, s.DeleteMessage(ctx, s.thread, "1440000000009999999"), product.KindMessageGone)
	_, err = s.CreatePost(ctx, s.discord.ChannelID(), product.NewThread{Name: "two"}, product.NewMessage{Content: "x"})
	must(t, err)
	_, err = s.CreatePost(ctx, s.discord.ChannelID(), product.NewThread{Name: "three"}, product.NewMessage{Content: "x"})
	is(t, err, product.KindThreadLimit)
	must(t, s.discord.DeleteThread(ctx, s.thread))
	is(t, send(product.NewMessage{Content: "x"}), product.KindThreadGone)
	s.discord.RevokeToken()
	_, err = s.GetMe(ctx)
	is(t, err, product.KindGone)
}

func TestLimitsAreTold(t *testing.T) {
	s := start(t, sim.Options{Budget: sim.Budget{Create: sim.Rate{Limit: 2, Per: 5 * time.Second}}})
	s.say(t, product.NewMessage{Content: "one"})
	s.say(t, product.NewMessage{Content: "two"})
	last := s.rates[len(s.rates)-1]
	if last.Limit != 2 || last.Remaining != 0 || last.ResetAfter <= 0 || last.ResetAfter > 5*time.Second || last.Resource != s.thread || last.Bucket == "" {
		t.Errorf("%+v", last)
	}
	_, err := s.CreateMessage(t.Context(), s.thread, product.NewMessage{Content: "three"})
	is(t, err, product.KindRateLimited)
	last = s.rates[len(s.rates)-1]
	if !last.Limited || last.RetryAfter <= 0 || last.RetryAfter > 5*time.Second || last.Scope != product.ScopeUser {
		t.Errorf("%+v", last)
	}
	s.discord.Clock().Advance(last.RetryAfter)
	s.say(t, product.NewMessage{Content: "three"})
}

func TestPageInsteadOfAnAnswerIsUnknown(t *testing.T) {
	s := start(t, sim.Options{})
	for _, f := range []fault.Fault{{Status: 502}, {Truncate: true}, {Reset: fault.ResetBefore}} {
		f.Method, f.Times = "createMessage", 1
		s.discord.Fault(f)
		_, err := s.CreateMessage(t.Context(), s.thread, product.NewMessage{Content: "x"})
		is(t, err, product.KindUnknown)
	}
}

func TestVisitorsWordsArePlainWordsToDiscord(t *testing.T) {
	s := start(t, sim.Options{})
	for _, typed := range []string{
		"@everyone <@1440000000000001100> <@&1440000000000001201> @here", "**bold** __under__ ~~no~~ ||x|| *it* _it_ `code` ```block```",
		"# big\n## two\n> quote\n>>> all\n- item\n* item\n-# small\n1. one", "[x](http://evil.example) <https://evil.example> https://ok.example/a_b_c, fine",
		"<t:1795000000:R> <:bell:1440000000000001500> </close:1440000000000001600> <#1440000000000001300>", `\*not\* \\ ¯\_(ツ)_/¯`,
	} {
		sent := s.say(t, product.NewMessage{Content: product.EscapeText(typed)})
		m := s.discord.Message(sent.ID)
		if len(m.Notified) > 0 {
			t.Errorf("%q pinged %v", typed, m.Notified)
		}
		for _, n := range markup.Parse(m.Text) {
			if n.Kind != markup.Text && n.Kind != markup.URL {
				t.Errorf("%q has a %s: %+v", typed, n.Kind, n)
			}
		}
		if read := strings.ReplaceAll(m.Shown, "\u200b", ""); read != typed {
			t.Errorf("%q reads %q", typed, read)
		}
	}
}

func FuzzVisitorsWords(f *testing.F) {
	f.Add("**bold** <@1440000000000001100> [x](http://evil.example)")
	f.Add("https://a.example/x_y_ _z_ \\` ```")
	f.Fuzz(func(t *testing.T, typed string) {
		typed = strings.ReplaceAll(strings.ToValidUTF8(typed, ""), "\u200b", "")
		var read strings.Builder
		for _, part := range new(product.Text).Verbatim(typed).Split(product.MaxContent) {
			nodes := markup.Parse(part)
			for _, n := range nodes {
				if n.Kind != markup.Text && n.Kind != markup.URL {
					t.Fatalf("%q has a %s: %+v", typed, n.Kind, n)
				}
			}
			read.WriteString(markup.Plain(nodes, nil))
		}
		if got := strings.ReplaceAll(read.String(), "\u200b", ""); strings.TrimSpace(typed) != "" && got != typed {
			t.Fatalf("%q reads %q", typed, got)
		}
	})
}

func TestFilesGoBothWays(t *testing.T) {
	s := start(t, sim.Options{FileLimit: 1000})
	sent := s.say(t, product.NewMessage{Content: "here", Files: []product.File{
		{Name: "a b.txt", Type: "text/plain", Description: "words", Size: 5, Body: strings.NewReader("hello")}, {Name: "empty.bin", Size: 1, Body: strings.NewReader("x")},
	}})
	if len(sent.Attachments) != 2 || sent.Attachments[0].Size != 5 {
		t.Fatalf("%+v", sent.Attachments)
	}
	read := func(address string) (string, error) {
		d, err := s.Download(t.Context(), address, 1000)
		if err != nil {
			return "", err
		}
		defer func() { _ = d.Body.Close() }()
		data, err := io.ReadAll(d.Body)
		return string(data), err
	}
	if got, err := read(sent.Attachments[0].URL); err != nil || got != "hello" {
		t.Fatalf("%q, %v", got, err)
	}
	s.discord.Clock().Advance(25 * time.Hour)
	s.say(t, product.NewMessage{Content: "so that the thread is not idle"})
	_, err := read(sent.Attachments[0].URL)
	is(t, err, product.KindMessageGone)
	fresh, err := s.GetMessage(t.Context(), s.thread, sent.ID)
	must(t, err)
	if got, err := read(fresh.Attachments[0].URL); err != nil || got != "hello" {
		t.Fatalf("%q, %v", got, err)
	}
	_, err = s.CreateMessage(t.Context(), s.thread, product.NewMessage{Files: []product.File{{Name: "big", Size: 1001, Body: strings.NewReader(strings.Repeat("x", 1001))}}})
	is(t, err, product.KindTooLarge)
	text := "still here"
	edited, err := s.EditMessage(context.WithoutCancel(t.Context()), s.thread, sent.ID, product.Edit{Content: &text})
	must(t, err)
	if len(edited.Attachments) != 2 {
		t.Errorf("an edit of the text has lost files: %+v", edited.Attachments)
	}
}
