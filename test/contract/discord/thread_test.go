package discord

import (
	"testing"
	"time"

	product "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sim "github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestThreadIsClosedOpenedAndTagged(t *testing.T) {
	s := start(t, sim.Options{})
	home, err := s.GetChannel(t.Context(), s.discord.ChannelID())
	must(t, err)
	if !home.Type.IsForum() || len(home.Tags) != 2 || home.GuildID != s.discord.GuildID() || home.RequiresTag() {
		t.Fatalf("%+v", home)
	}
	yes, no := true, false
	closed, err := s.EditThread(t.Context(), s.thread, product.ThreadEdit{Archived: &yes, Locked: &yes, Tags: &[]string{home.Tags[1].ID}}, "closed by Bellhop")
	must(t, err)
	if !closed.Closed() || closed.ParentID != home.ID || s.discord.Thread(s.thread).State != sim.ThreadClosed || s.discord.Thread(s.thread).Tags[0] != "closed" {
		t.Fatalf("%+v", closed)
	}
	text := "x"
	_, err = s.EditMessage(t.Context(), s.thread, s.thread, product.Edit{Content: &text})
	is(t, err, product.KindThreadClosed)
	opened, err := s.EditThread(t.Context(), s.thread, product.ThreadEdit{Archived: &no, Locked: &no, Tags: &[]string{}}, "")
	must(t, err)
	if opened.Closed() || len(opened.AppliedTags) != 0 {
		t.Fatalf("%+v", opened)
	}
	must(t, s.DeleteChannel(t.Context(), s.thread, "test"))
	_, err = s.GetChannel(t.Context(), s.thread)
	is(t, err, product.KindThreadGone)
}

func TestIdleThreadIsOpenedByAMessageOnly(t *testing.T) {
	s := start(t, sim.Options{})
	one := s.say(t, product.NewMessage{Content: "one"})
	s.discord.Clock().Advance(25 * time.Hour)
	is(t, s.React(t.Context(), s.thread, one.ID, "👌"), product.KindThreadClosed)
	archived, more, err := s.ArchivedThreads(t.Context(), s.discord.ChannelID(), time.Time{}, 50)
	must(t, err)
	if len(archived) != 1 || more || archived[0].ID != s.thread || archived[0].Closed() || archived[0].Thread.TurnedAt.IsZero() {
		t.Fatalf("%+v", archived)
	}
	s.say(t, product.NewMessage{Content: "two"})
	active, err := s.ActiveThreads(t.Context(), s.discord.GuildID())
	must(t, err)
	if len(active) != 1 || active[0].ID != s.thread || active[0].OwnerID != s.discord.ApplicationID() || product.OlderID(active[0].LastMessageID, one.ID) {
		t.Fatalf("%+v", active)
	}
}

func TestThreadOfAMessageIsMadeOnce(t *testing.T) {
	s := start(t, sim.Options{TextChannel: true})
	_, err := s.StartThread(t.Context(), s.discord.ChannelID(), s.thread, product.NewThread{Name: "again"})
	is(t, err, product.KindThreadExists)
}

func TestForumThatWantsATagSaysSo(t *testing.T) {
	s := open(t, sim.Options{RequireTag: true})
	_, err := s.CreatePost(t.Context(), s.discord.ChannelID(), product.NewThread{Name: "x"}, product.NewMessage{Content: "x"})
	is(t, err, product.KindTagRequired)
}

func TestMissingRightsAreFoundAndNamed(t *testing.T) {
	s := start(t, sim.Options{})
	check := func() (missing []string) {
		t.Helper()
		channel, err := s.GetChannel(t.Context(), s.discord.ChannelID())
		must(t, err)
		rights, err := s.GetOwnPermissions(t.Context(), channel)
		must(t, err)
		for _, need := range product.Missing(channel.Type, rights) {
			if need.Weight != product.Optional {
				missing = append(missing, need.Name)
			}
		}
		return missing
	}
	if missing := check(); len(missing) != 0 {
		t.Fatalf("missing %v", missing)
	}
	for right, name := range map[string]string{
		"MANAGE_THREADS": "Manage Threads", "SEND_MESSAGES_IN_THREADS": "Send Messages in Threads", "ATTACH_FILES": "Attach Files", "EMBED_LINKS": "Embed Links",
		"ADD_REACTIONS": "Add Reactions", "READ_MESSAGE_HISTORY": "Read Message History", "SEND_MESSAGES": "Send Messages",
	} {
		must(t, s.discord.SetOverwrite([]string{"VIEW_CHANNEL"}, []string{right}))
		if missing := check(); len(missing) != 1 || missing[0] != name {
			t.Errorf("without %s %v is missing", right, missing)
		}
		must(t, s.discord.SetOverwrite([]string{"VIEW_CHANNEL"}, nil))
	}
	must(t, s.discord.SetOverwrite([]string{"VIEW_CHANNEL"}, []string{"SEND_MESSAGES_IN_THREADS"}))
	_, err := s.CreateMessage(t.Context(), s.thread, product.NewMessage{Content: "x"})
	is(t, err, product.KindNoRights)
}

func TestWebhookPostsEditsAndDeletes(t *testing.T) {
	s := open(t, sim.Options{})
	hook, err := s.discord.CreateWebhook(t.Context(), "Bell")
	must(t, err)
	cfg := product.Config{APIURL: s.discord.URL(), WebhookURL: hook.URL}
	must(t, cfg.Validate())
	c := product.New(cfg)
	made, err := c.ExecuteWebhook(t.Context(), product.WebhookMessage{NewMessage: product.NewMessage{Content: "card"}, ThreadName: "Ana", Username: "Ana"})
	must(t, err)
	thread := made.ChannelID
	said, err := c.ExecuteWebhook(t.Context(), product.WebhookMessage{NewMessage: product.NewMessage{Content: "@everyone hi"}, Thread: thread})
	must(t, err)
	if m := s.discord.Message(said.ID); m.ChannelID != thread || len(m.Notified) != 0 || s.discord.Thread(thread).Name != "Ana" {
		t.Fatalf("%+v", m)
	}
	text := "corrected"
	_, err = c.EditWebhookMessage(t.Context(), thread, said.ID, product.Edit{Content: &text})
	must(t, err)
	must(t, c.DeleteWebhookMessage(t.Context(), thread, said.ID))
	if m := s.discord.Message(said.ID); !m.Deleted || m.Text != text {
		t.Errorf("%+v", m)
	}
	_, err = c.ExecuteWebhook(t.Context(), product.WebhookMessage{NewMessage: product.NewMessage{Content: "x"}})
	is(t, err, product.KindForum)
	if got, err := c.GetWebhook(t.Context()); err != nil || got.ChannelID != s.discord.ChannelID() {
		t.Errorf("%+v, %v", got, err)
	}
	must(t, s.discord.DeleteWebhook(t.Context(), hook.ID))
	_, err = c.GetWebhook(t.Context())
	is(t, err, product.KindGone)
}

func TestWebhookOfATextChannelOpensNoPosts(t *testing.T) {
	s := open(t, sim.Options{TextChannel: true})
	hook, err := s.discord.CreateWebhook(t.Context(), "Bell")
	must(t, err)
	c := product.New(product.Config{APIURL: s.discord.URL(), WebhookURL: hook.URL})
	_, err = c.ExecuteWebhook(t.Context(), product.WebhookMessage{NewMessage: product.NewMessage{Content: "x"}, ThreadName: "Ana"})
	is(t, err, product.KindNotForum)
}
