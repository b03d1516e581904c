package telegram

import (
	"slices"
	"strconv"
	"testing"
)

func groups(n int) Config {
	var cfg Config
	for i := range n {
		cfg.Chats = append(cfg.Chats, "-10012300000"+strconv.Itoa(10+i))
	}
	return cfg
}

func TestConversationsSpreadOverTheGroupsEvenly(t *testing.T) {
	const conversations = 30_000
	got := map[int64]int{}
	cfg := groups(3)
	for i := range conversations {
		got[cfg.ChatsFor("ses_" + strconv.Itoa(i))[0]]++
	}
	for chat, n := range got {
		if n < conversations/3*9/10 || n > conversations/3*11/10 {
			t.Errorf("group %d has %d", chat, n)
		}
	}
	if len(got) != 3 {
		t.Fatalf("%d groups are used", len(got))
	}
}

func TestFurtherGroupTakesOnlyItsShare(t *testing.T) {
	before, after := groups(3), groups(4)
	added := after.ChatIDs()[3]
	moved := 0
	const conversations = 10_000
	for i := range conversations {
		key := strconv.Itoa(i)
		was, is := before.ChatsFor(key)[0], after.ChatsFor(key)[0]
		if was != is {
			moved++
			if is != added {
				t.Fatalf("%s moved from %d to %d, and neither is new", key, was, is)
			}
		}
	}
	if moved < conversations/5 || moved > conversations*3/10 {
		t.Errorf("%d of %d moved", moved, conversations)
	}
}

func TestChoiceOfAGroupIsTheSameForEverAndInAnyOrder(t *testing.T) {
	cfg := groups(3)
	for key, want := range map[string]int64{"ses_a": -1001230000011, "ses_b": -1001230000012, "ses_d": -1001230000012} {
		reversed := Config{Chats: slices.Clone(cfg.Chats)}
		slices.Reverse(reversed.Chats)
		got := cfg.ChatsFor(key)
		if got[0] != want || !slices.Equal(got, reversed.ChatsFor(key)) || len(got) != 3 {
			t.Errorf("%s goes to %v, and to %v with the groups in another order; before it was %d", key, got, reversed.ChatsFor(key), want)
		}
	}
	if len((Config{}).ChatsFor("x")) != 0 || groups(1).ChatsFor("x")[0] != groups(1).ChatIDs()[0] {
		t.Error("one group or none is no choice")
	}
}
