package telegram

import (
	"testing"

	product "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sim "github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestProbeFindsWhatIsMissing(t *testing.T) {
	s := start(t)
	must(t, s.ProbeTopic(t.Context(), s.topic.Chat, "Bellhop is trying what it may"))
	topics := s.telegram.Topics()
	if last := topics[len(topics)-1]; len(topics) != 2 || last.State != sim.TopicDeleted {
		t.Fatalf("left %+v", topics)
	}
	must(t, s.telegram.SetRight("can_manage_topics", false))
	if err := s.ProbeTopic(t.Context(), s.topic.Chat, "x"); product.KindOf(err) != product.KindNoRights {
		t.Errorf("without the right: %v", err)
	}
	rights, err := s.OwnRights(t.Context(), s.topic.Chat)
	if missing := rights.Missing(); err != nil || len(missing) != 1 || missing[0] != "can_manage_topics" {
		t.Errorf("missing %v, %v", missing, err)
	}
	must(t, s.telegram.SetForum(false))
	if chat, err := s.GetChat(t.Context(), s.topic.Chat); err != nil || chat.IsForum || chat.Reactions != nil {
		t.Errorf("chat %+v, %v", chat, err)
	}
}

func TestGroupsOwnHistoryIsRead(t *testing.T) {
	s := start(t)
	must(t, s.telegram.SetRight("can_delete_messages", false))
	_, err := s.telegram.Say(t.Context(), int64(s.topic.Thread), "hi", sim.Anonymously("Lead"))
	must(t, err)
	must(t, s.telegram.React(t.Context(), int64(s.topic.Thread), "👍", sim.Anonymously("Lead")))
	moved := s.telegram.Migrate()
	got := s.updates(t)
	if m := got[0].Membership; m == nil || !m.New.Inside() || len(m.Old.Missing()) != 0 || len(m.New.Missing()) != 1 {
		t.Errorf("standing %+v", m)
	}
	if m := got[1].Message; !m.IsAnonymousAdmin() || m.AuthorSignature != "Lead" {
		t.Errorf("anonymous %+v", m)
	}
	if r := got[2].Reaction; r == nil || r.User != nil || r.ActorChat == nil {
		t.Errorf("reaction %+v", r)
	}
	if to, from := got[3].Message, got[4].Message; to.MigrateTo != moved || from.MigrateFrom != s.topic.Chat || from.Chat.ID != moved {
		t.Errorf("migration %+v, %+v", to, from)
	}
	_, err = s.SendMessage(t.Context(), product.Outgoing{Place: s.topic, Text: "x"})
	if product.KindOf(err) != product.KindMigrated {
		t.Errorf("the old id: %v", err)
	}
}
