package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

func TestHistoryAndRepliesComeInPages(t *testing.T) {
	b := unlimited(t)
	ch := b.sim.ChannelID()
	root := b.post("", "root")
	var all []string
	for i := range 25 {
		all = append(all, b.post(root, fmt.Sprint(i)))
	}
	var got []string
	cursor := ""
	for pages := 0; pages == 0 || cursor != ""; pages++ {
		var page struct {
			Messages []inner
			HasMore  bool `json:"has_more"`
		}
		r := b.ok("conversations.replies", fields{"channel": ch, "ts": root, "limit": "10", "cursor": cursor}, &page)
		for _, m := range page.Messages {
			got = append(got, m.TS)
		}
		cursor = r.Meta.NextCursor
		if page.HasMore != (cursor != "") {
			t.Fatalf("has_more %v with cursor %q", page.HasMore, cursor)
		}
	}
	if !slices.Equal(got, append([]string{root}, all...)) {
		t.Fatalf("replies: %v", got)
	}
}

func TestBoundsLeaveTheRootIn(t *testing.T) {
	b := unlimited(t)
	ch := b.sim.ChannelID()
	root := b.post("", "root")
	var all []string
	for i := range 25 {
		all = append(all, b.post(root, fmt.Sprint(i)))
	}
	var page struct{ Messages []inner }
	b.ok("conversations.replies", fields{"channel": ch, "ts": root, "oldest": all[20]}, &page)
	if len(page.Messages) != 5 { // the root, and four after the bound
		t.Fatalf("%d messages after the bound", len(page.Messages))
	}
	b.ok("conversations.replies", fields{"channel": ch, "ts": root, "oldest": all[20], "latest": all[22], "inclusive": "true"}, &page)
	if len(page.Messages) != 4 {
		t.Fatalf("%d messages within the bounds", len(page.Messages))
	}
	b.post("", "newer")
	b.ok("conversations.history", fields{"channel": ch}, &page)
	if len(page.Messages) != 2 || page.Messages[0].Text != "newer" || page.Messages[1].ReplyCount != 25 {
		t.Fatalf("history: %+v", page.Messages)
	}
	b.refused("conversations.history", fields{"channel": ch, "cursor": "bm9uc2Vuc2U="}, "invalid_cursor")
	b.refused("conversations.history", fields{"channel": ch, "limit": "5000"}, "invalid_limit")
}

func TestMetadataIsShownToWhoAsksForIt(t *testing.T) {
	b := unlimited(t)
	ch := b.sim.ChannelID()
	root := b.post("", "root")
	b.ok("chat.postMessage", fields{"channel": ch, "text": "x", "thread_ts": root,
		"metadata": fields{"event_type": "bellhop_message", "event_payload": fields{"id": "m1"}}}, nil)
	for all, want := range map[string]bool{"true": true, "false": false} {
		var page struct{ Messages []inner }
		b.ok("conversations.replies", fields{"channel": ch, "ts": root, "include_all_metadata": all}, &page)
		if got := strings.Contains(string(page.Messages[1].Metadata), "m1"); got != want {
			t.Errorf("include_all_metadata=%s: %s", all, page.Messages[1].Metadata)
		}
	}
}

func TestMethodsThatReadFormsDoNotSeeJSON(t *testing.T) {
	b := unlimited(t)
	body := `{"channel":"` + b.sim.ChannelID() + `"}`
	r, err := b.send("conversations.info", "application/json; charset=utf-8", body)
	must(t, err)
	if r.Error != "invalid_arguments" {
		t.Fatalf("answer: %s", r.Body)
	}
	r, err = b.send("chat.postMessage", "application/json; charset=utf-8", `{"channel":"`+b.sim.ChannelID()+`","text":"x","unfurl_links":false}`)
	must(t, err)
	if !r.OK {
		t.Fatalf("answer: %s", r.Body)
	}
}

func TestUnknownMethodsAndFieldsLeaveWarnings(t *testing.T) {
	b := unlimited(t)
	b.refused("chat.sing", nil, "unknown_method")
	b.ok("chat.postMessage", fields{"channel": b.sim.ChannelID(), "text": "x", "colour": "red"}, nil)
	want := []slack.Warning{{Method: "chat.sing", Text: "unknown method"}, {Method: "chat.postMessage", Text: "unknown field colour"}}
	if got := b.sim.Warnings(); !slices.Equal(got, want) {
		t.Fatalf("warnings: %v", got)
	}
}

func TestUsersAndMembersAreTold(t *testing.T) {
	b := unlimited(t)
	var who struct {
		User struct {
			RealName string `json:"real_name"`
			Profile  struct {
				Email string
				Image string `json:"image_48"`
			}
		}
	}
	b.ok("users.info", fields{"user": "U0OLGA"}, &who)
	if who.User.RealName != "Olga" || who.User.Profile.Email != "" || who.User.Profile.Image == "" {
		t.Fatalf("user: %+v", who)
	}
	b.sim.SetScope("users:read.email", true)
	b.ok("users.info", fields{"user": "U0OLGA"}, &who)
	if who.User.Profile.Email != "olga@bellhop.example" {
		t.Fatalf("user: %+v", who)
	}
	b.refused("users.info", fields{"user": "U0NOBODY"}, "user_not_found")
	var members struct{ Members []string }
	r := b.ok("conversations.members", fields{"channel": b.sim.ChannelID(), "limit": "2"}, &members)
	if !slices.Equal(members.Members, []string{slack.BotUserID, "U0OLGA"}) || r.Meta.NextCursor == "" {
		t.Fatalf("members: %v, cursor %q", members.Members, r.Meta.NextCursor)
	}
}
