package discord_test

import (
	"testing"
	"time"
)

func TestHistoryIsPagedByIDs(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "0")
	ids := []string{thread}
	for _, text := range []string{"1", "2", "3", "4", "5"} {
		ids = append(ids, b.send(thread, text))
	}
	b.ok("DELETE", "/channels/"+thread+"/messages/"+ids[4], nil, nil)
	for query, want := range map[string]string{
		"":                          "53210",
		"?limit=2":                  "53",
		"?after=" + ids[1]:          "532",
		"?limit=1&after=" + ids[1]:  "2",
		"?before=" + ids[3]:         "210",
		"?limit=2&before=" + ids[3]: "21",
		"?limit=3&around=" + ids[2]: "321",
		"?after=" + ids[5]:          "",
	} {
		var got []message
		b.ok("GET", "/channels/"+thread+"/messages"+query, nil, &got)
		texts := ""
		for _, m := range got {
			texts += m.Content
		}
		if texts != want {
			t.Errorf("%q: %q, want %q", query, texts, want)
		}
	}
	b.refused("GET", "/channels/"+thread+"/messages?limit=101", nil, 400, 50035)
	b.refused("GET", "/channels/"+b.sim.ChannelID()+"/messages", nil, 400, 50008)
}

func TestBulkDeleteTakesTwoToHundredYoungMessages(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "0")
	one, two := b.send(thread, "1"), b.send(thread, "2")
	path := "/channels/" + thread + "/messages/bulk-delete"
	b.refused("POST", path, fields{"messages": []string{one}}, 400, 50016)
	b.ok("POST", path, fields{"messages": []string{one, two}}, nil)
	if !b.sim.Message(one).Deleted || !b.sim.Message(two).Deleted {
		t.Fatal("they are still there")
	}
	b.sim.Clock().Advance(15 * 24 * time.Hour)
	b.refused("POST", path, fields{"messages": []string{one, two}}, 400, 50034)
}

func TestReactionsAreEmojiAndAtMostTwentyDifferent(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "0")
	at := "/channels/" + thread + "/messages/" + thread + "/reactions/"
	for _, bad := range []string{"x", "hello", "%F0%9F%91%80x", ":eyes:"} {
		b.refused("PUT", at+bad+"/@me", nil, 400, 10014)
	}
	for i := range 20 {
		b.ok("PUT", at+"%F0%9F%98%"+string("89AB"[i/16])+string("0123456789ABCDEF"[i%16])+"/@me", nil, nil)
	}
	b.refused("PUT", at+"%F0%9F%91%80/@me", nil, 400, 30010)
	b.ok("PUT", at+"%F0%9F%98%80/@me", nil, nil)
	b.ok("DELETE", at+"%F0%9F%98%80/@me", nil, nil)
	b.ok("PUT", at+"party:1440000000000000099/@me", nil, nil)
	if got := len(b.sim.Message(thread).Reactions); got != 20 {
		t.Fatalf("%d reactions", got)
	}
}
