package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
	"github.com/bellhop-chat/bellhop/test/team"
)

const secondGroup = int64(-1001230000002)

// group is the group of a room in Telegram.
func group(room team.Room) (chat int64) {
	before, _, _ := strings.Cut(room.ID, "/")
	chat, _ = strconv.ParseInt(before, 10, 64)
	return chat
}

func TestConversationsAreSharedByTheGroups(t *testing.T) {
	t.Parallel()
	s := own(t, setup{on: []string{team.Telegram}, groups: []int64{secondGroup}})
	desk := s.at(t, team.Telegram)
	used := map[int64]int{}
	for n := range 12 {
		vera := s.arrives(t)
		vera.Says("hi")
		room := desk.Room(vera)
		used[group(room)]++
		answer := fmt.Sprint("answer ", n)
		room.Says(answer)
		vera.Hears(answer)
	}
	if len(used) != 2 {
		t.Errorf("groups were used %v times", used)
	}
}

func TestGroupThatRemovesTheBotLeavesTheOtherAtWork(t *testing.T) {
	t.Parallel()
	s := own(t, setup{on: []string{team.Telegram}, groups: []int64{secondGroup}})
	desk := s.at(t, team.Telegram)
	desk.Do(s.telegram.KickBot(telegram.In(secondGroup)))
	for range 6 {
		vera := s.arrives(t)
		vera.Says("hi")
		if group(desk.Room(vera)) == secondGroup {
			t.Error("the bot wrote where it is not")
		}
	}
}

func TestGroupThatMovesWhileMessagesQueueKeepsItsConversations(t *testing.T) {
	t.Parallel()
	for name, private := range map[string]bool{"webhook": false, "polling": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := own(t, setup{on: []string{team.Telegram}, private: private})
			vera := s.arrives(t)
			vera.Says("hi")
			desk := s.at(t, team.Telegram)
			room := desk.Room(vera)
			room.Shows("hi")
			slow := desk.Disturb(team.Trouble{With: team.Posting, Hang: true, Times: 1})
			const queued = 50
			for i := range queued {
				vera.Says(fmt.Sprintf("line %02d.", i))
			}
			desk.Waits("the notifier to wait", func() bool { return slow.Hits() == 1 })
			s.telegram.Migrate()
			room.Says("before anything was said there")
			slow.End()
			vera.Hears("before anything was said there")
			if repeated := showsInOrder(t, room, "line", queued); repeated > 0 {
				t.Errorf("%d lines are there twice", repeated)
			}
			room.Shows("line 49.").Reply("and now")
			if m := vera.Hears("and now"); m.ReplyTo == nil || m.ReplyTo.Content != "line 49." {
				t.Errorf("it answers %+v", m.ReplyTo)
			}
			if threads := desk.Threads(vera.name); len(threads) != 1 {
				t.Errorf("%d topics", len(threads))
			}
		})
	}
}
