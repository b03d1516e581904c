package discord_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestMessagesAreRefusedInDiscordsOwnWords(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	long := strings.Repeat("x", 2001)
	embed := func(n int) fields { return fields{"description": strings.Repeat("d", n)} }
	row := func(parts ...fields) []fields { return []fields{{"type": 1, "components": parts}} }
	for name, c := range map[string]struct {
		body         any
		status, code int
		where        string
	}{
		"nothing":               {fields{}, 400, 50006, ""},
		"blank":                 {fields{"content": " \n "}, 400, 50006, ""},
		"too long":              {fields{"content": long}, 400, 50035, `"content":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 2000 or fewer in length."}]}`},
		"content of wrong type": {fields{"content": 5}, 400, 50035, `"content":{"_errors":[{"code":"STRING_TYPE_CONVERT"`},
		"flag of wrong type":    {fields{"content": "x", "enforce_nonce": "yes"}, 400, 50035, "BOOLEAN_TYPE_CONVERT"},
		"nonce too long":        {fields{"content": "x", "nonce": strings.Repeat("n", 26)}, 400, 50035, `"nonce"`},
		"eleven embeds":         {fields{"embeds": make([]fields, 11)}, 400, 50035, `"embeds"`},
		"embeds too long":       {fields{"embeds": []fields{embed(4000), embed(2001)}}, 400, 50035, "MAX_EMBED_SIZE_EXCEEDED"},
		"embed's title":         {fields{"embeds": []fields{{"title": strings.Repeat("t", 257)}}}, 400, 50035, `"embeds":{"0":{"title"`},
		"six rows":              {fields{"content": "x", "components": make([]fields, 6)}, 400, 50035, `"components"`},
		"empty row":             {fields{"content": "x", "components": row()}, 400, 50035, "BASE_TYPE_BAD_LENGTH"},
		"button without id":     {fields{"content": "x", "components": row(fields{"type": 2, "style": 1, "label": "l"})}, 400, 50035, `"custom_id":{"_errors":[{"code":"BASE_TYPE_REQUIRED"`},
		"same id twice": {fields{"content": "x", "components": row(
			fields{"type": 2, "style": 1, "label": "a", "custom_id": "i"}, fields{"type": 2, "style": 1, "label": "b", "custom_id": "i"})},
			400, 50035, "COMPONENT_CUSTOM_ID_DUPLICATED"},
		"link with id":       {fields{"content": "x", "components": row(fields{"type": 2, "style": 5, "label": "l", "url": "https://a.b", "custom_id": "i"})}, 400, 50035, "BUTTON_COMPONENT_INVALID"},
		"button in no row":   {fields{"content": "x", "components": []fields{{"type": 2, "style": 1, "label": "l", "custom_id": "i"}}}, 400, 50035, "BASE_TYPE_CHOICES"},
		"unknown mention":    {fields{"content": "x", "allowed_mentions": fields{"parse": []string{"all"}}}, 400, 50035, `"allowed_mentions":{"parse"`},
		"exclusive mentions": {fields{"content": "x", "allowed_mentions": fields{"parse": []string{"users"}, "users": []string{"1440000000000000001"}}}, 400, 50035, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"},
		"missing attachment": {fields{"content": "x", "attachments": []fields{{"id": 0}}}, 400, 50035, "ATTACHMENT_NOT_FOUND"},
		"unknown reply":      {fields{"content": "x", "message_reference": fields{"message_id": "1440000000000000044"}}, 400, 50035, "REPLIES_UNKNOWN_MESSAGE"},
		"reply to nonsense":  {fields{"content": "x", "message_reference": fields{"message_id": "abc"}}, 400, 50035, "is not snowflake"},
	} {
		t.Run(name, func(t *testing.T) {
			r := b.refused("POST", "/channels/"+thread+"/messages", c.body, c.status, c.code)
			if !strings.Contains(string(r.Body), c.where) {
				t.Fatalf("%s lacks %s", r.Body, c.where)
			}
		})
	}
	if got := len(b.sim.Thread(thread).Messages()); got != 1 {
		t.Fatalf("%d messages after refusals", got)
	}
}

func TestSameNonceGivesTheFirstMessageForFiveMinutes(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	args := fields{"content": "once", "nonce": "01JD0A7Q4X9M2K5R8T1V6W3ZB", "enforce_nonce": true}
	first := b.sends(thread, args)
	if again := b.sends(thread, args); again.ID != first.ID || again.Nonce != "01JD0A7Q4X9M2K5R8T1V6W3ZB" {
		t.Fatalf("repeated: %+v", again)
	}
	b.sim.Clock().Advance(5*time.Minute + time.Second)
	if late := b.sends(thread, args); late.ID == first.ID {
		t.Fatal("the nonce was remembered for too long")
	}
	delete(args, "enforce_nonce")
	if plain := b.sends(thread, args); plain.ID == first.ID || len(b.sim.Thread(thread).Messages()) != 4 {
		t.Fatal("a nonce that is not enforced does not prevent a message")
	}
	c, _ := b.identify(intents)
	b.ok("POST", "/channels/"+thread+"/messages", fields{"content": "x", "nonce": 12345}, nil)
	var heard struct{ Nonce int }
	c.event("MESSAGE_CREATE", &heard)
	if heard.Nonce != 12345 {
		t.Fatalf("a number came back as %+v", heard)
	}
}

func TestReplyDegradesOnlyWhenAsked(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	gone := b.send(thread, "soon gone")
	b.ok("DELETE", "/channels/"+thread+"/messages/"+gone, nil, nil)
	ref := fields{"message_id": gone}
	b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x", "message_reference": ref}, 400, 50035)
	ref["fail_if_not_exists"] = false
	if m := b.sends(thread, fields{"content": "x", "message_reference": ref}); m.Type != discord.TypeDefault || m.Reference != nil {
		t.Fatalf("degraded: %+v", m)
	}
	must(t, b.sim.RenameThread(deadline(t), thread, "Ben"))
	renamed := b.sim.Thread(thread).Messages()[3]
	r := b.refused("POST", "/channels/"+thread+"/messages", fields{"content": "x", "message_reference": fields{"message_id": renamed.ID}}, 400, 50035)
	if renamed.Type != discord.TypeRename || !strings.Contains(string(r.Body), "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE") {
		t.Fatalf("%+v: %s", renamed, r.Body)
	}
}

func TestOnlyTheAuthorEditsAndHistoryIsKept(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	sent := b.send(thread, "one")
	b.ok("PATCH", "/channels/"+thread+"/messages/"+sent, fields{"content": "two"}, nil)
	b.ok("PATCH", "/channels/"+thread+"/messages/"+sent, fields{"content": "two", "embeds": []fields{{"title": "t"}}}, nil)
	m := b.sim.Message(sent)
	if m.Text != "two" || len(m.History) != 2 || m.History[0].Text != "one" || m.History[1].Text != "two" || len(m.Embeds) != 1 || m.EditedAt.IsZero() {
		t.Fatalf("message: %+v", m)
	}
	said, err := b.sim.Say(deadline(t), thread, "operator's")
	must(t, err)
	b.refused("PATCH", "/channels/"+thread+"/messages/"+said.ID, fields{"content": "x"}, 403, 50005)
	b.refused("PATCH", "/channels/"+thread+"/messages/1440000000000000044", fields{"content": "x"}, 404, 10008)
	b.refused("PATCH", "/channels/"+thread+"/messages/"+sent, fields{"content": "", "embeds": []fields{}}, 400, 50006)
	b.refused("PATCH", "/channels/"+thread+"/messages/abc", fields{"content": "x"}, 400, 50035)
}
