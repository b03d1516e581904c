package discord

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const aMessage = `{"id":"1440000000000000001","channel_id":"1440000000000000000","guild_id":"1200000000000000001","type":19,
 "author":{"id":"1700000000000000001","username":"olga_1","global_name":null,"avatar":null},"member":{"nick":"Olga","roles":["1"],"joined_at":"x"},
 "content":"hi <@1700000000000000002>","timestamp":"2026-11-21T01:00:00.000000+00:00","edited_timestamp":null,
 "attachments":[{"id":"1","filename":"a.png","content_type":"image/png","size":3,"url":"https://cdn.discordapp.com/a.png","from_the_future":{}}],
 "mentions":[{"id":"1700000000000000002","username":"petr","global_name":"Petr"}],"nonce":12345678901234567890,
 "message_reference":{"message_id":"1440000000000000009","channel_id":"1440000000000000000","type":0},"referenced_message":null,
 "embeds":[{"type":"hologram"}],"components":[{"type":99}],"poll":{"x":1},"sticker_items":[{"id":"1","name":"wave","format_type":1}],"flags":0}`

func TestMessageWithUnknownVariantsIsStillRead(t *testing.T) {
	m, err := DecodeMessage([]byte(aMessage))
	if err != nil {
		t.Fatal(err)
	}
	if !m.Written(nil) || m.ReplyTo() != "1440000000000000009" || DisplayName(m.Author, m.Member) != "Olga" || m.Nonce != "12345678901234567890" ||
		!m.EditedAt.IsZero() || m.Timestamp.Year() != 2026 || m.Attachments[0].Size != 3 || !bool(m.Poll) || m.Stickers[0].Name != "wave" {
		t.Fatalf("%+v", m)
	}
}

func TestOnlyPeopleWrite(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"a bot":     func(m *Message) { m.Author.Bot = true },
		"Discord":   func(m *Message) { m.Author.System = true },
		"a webhook": func(m *Message) { m.WebhookID = testHookID },
		"an app":    func(m *Message) { m.ApplicationID = testBot },
		"nobody":    func(m *Message) { m.Author = nil },
		"a notice":  func(m *Message) { m.Type = 18 },
		"a starter": func(m *Message) { m.Type = 21 },
		"joined":    func(m *Message) { m.Type = 7 },
	} {
		m, err := DecodeMessage([]byte(aMessage))
		if err != nil {
			t.Fatal(err)
		}
		if change(m); m.Written([]string{"1700000000000000009"}) {
			t.Errorf("%s wrote it", name)
		}
	}
}

func TestATestBotCountsAsAPerson(t *testing.T) {
	m, err := DecodeMessage([]byte(aMessage))
	if err != nil {
		t.Fatal(err)
	}
	m.Author.Bot, m.ApplicationID = true, testBot
	if m.Written(nil) || !m.Written([]string{m.Author.ID}) {
		t.Error("it does not")
	}
}

func TestForwardedMessageIsNoReply(t *testing.T) {
	m, err := DecodeMessage([]byte(strings.Replace(aMessage, `"type":19`, `"type":0,"message_snapshots":[{"message":{"content":"old","attachments":[{"url":"u"}]}}]`, 1)))
	if err != nil || m.ReplyTo() != "" || m.Forwarded[0].Message.Content != "old" {
		t.Fatalf("%+v, %v", m, err)
	}
}

func TestNameIsTheFirstThatCanBeRead(t *testing.T) {
	for want, test := range map[string]struct {
		user   *User
		member *Member
	}{
		"Nick":   {&User{Username: "u", GlobalName: "G"}, &Member{Nick: " Nick\u202E"}},
		"G":      {&User{Username: "u", GlobalName: "G"}, &Member{Nick: "\u200B"}},
		"u":      {&User{Username: "u"}, nil},
		"inside": {nil, &Member{User: &User{Username: "inside"}}},
		"":       {nil, nil},
	} {
		if got := DisplayName(test.user, test.member); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOtherEventsAreRead(t *testing.T) {
	one, err := DecodeDeletion([]byte(`{"id":"1440000000000000001","channel_id":"1440000000000000000","guild_id":"1200000000000000001"}`))
	if err != nil || !slices.Equal(one.IDs, []string{testMessage}) {
		t.Errorf("%+v, %v", one, err)
	}
	many, err := DecodeDeletion([]byte(`{"ids":["1440000000000000001","1440000000000000002"],"channel_id":"1440000000000000000"}`))
	if err != nil || len(many.IDs) != 2 {
		t.Errorf("%+v, %v", many, err)
	}
	reaction, err := DecodeReaction([]byte(`{"user_id":"1700000000000000001","channel_id":"1440000000000000000","message_id":"1440000000000000001","emoji":{"id":null,"name":"👍"},"member":{"user":{"id":"1700000000000000001","username":"olga"}},"burst":false}`))
	if err != nil || reaction.Emoji.Name != "👍" || reaction.Emoji.ID != "" || DisplayName(nil, reaction.Member) != "olga" {
		t.Errorf("%+v, %v", reaction, err)
	}
	typing, err := DecodeTyping([]byte(`{"user_id":"1700000000000000001","channel_id":"1440000000000000000","timestamp":1}`))
	if err != nil || typing.UserID != "1700000000000000001" {
		t.Errorf("%+v, %v", typing, err)
	}
	thread, err := DecodeChannel([]byte(`{"id":"1440000000000000000","type":11,"parent_id":"1300000000000000001","thread_metadata":{"archived":true,"locked":true,"auto_archive_duration":60},"newly_created":true}`))
	if err != nil || !thread.Closed() || !thread.Type.IsThread() || thread.Type.IsForum() {
		t.Errorf("%+v, %v", thread, err)
	}
	server, err := DecodeServer([]byte(`{"id":"1200000000000000001","unavailable":false,"threads":[{"id":"1440000000000000000","parent_id":"1300000000000000001"}],"channels":[{"id":"1300000000000000001","type":15,"permission_overwrites":"odd"}]}`))
	if err != nil || len(server.Threads) != 1 || len(server.Channels) != 1 {
		t.Errorf("%+v, %v", server, err)
	}
	if _, err := DecodeServer([]byte(`[]`)); err == nil {
		t.Error("a list is a server")
	}
	forum, err := DecodeChannel([]byte(`{"id":"1300000000000000001","type":15,"flags":16,"available_tags":[{"id":"1301","name":"open","moderated":false,"emoji_id":null}]}`))
	if err != nil || forum.Closed() || !forum.Type.IsForum() || !forum.RequiresTag() || forum.Tags[0].Name != "open" {
		t.Errorf("%+v, %v", forum, err)
	}
}

func TestInteractionTellsWhoDidWhat(t *testing.T) {
	i, err := DecodeInteraction([]byte(`{"id":"1440000000000000001","application_id":"1100000000000000001","type":2,"token":"tok","channel_id":"1440000000000000000",
		"channel":{"id":"1440000000000000000","type":11,"parent_id":"1300000000000000001"},
		"data":{"id":"1","name":"reply","type":1,"options":[{"name":"message","type":3,"value":"hi"},{"name":"n","type":4,"value":7},{"name":"b","type":5,"value":true},{"name":"o","value":{"x":1}},{"name":"z","value":null}]},
		"member":{"user":{"id":"1700000000000000001","username":"olga"},"nick":null,"roles":[],"permissions":"2147483647999"},"guild_id":"1200000000000000001"}`))
	if err != nil || i.By().ID != "1700000000000000001" || i.Channel.ParentID != testChannel || i.Data.Name != "reply" {
		t.Fatalf("%+v, %v", i, err)
	}
	for option, want := range map[string]string{"message": "hi", "n": "7", "b": "true", "o": "", "z": "", "none": ""} {
		if got := i.Data.Text(option); got != want {
			t.Errorf("%s is %q, want %q", option, got, want)
		}
	}
	button, err := DecodeInteraction([]byte(`{"id":"1440000000000000001","type":3,"token":"tok","data":{"custom_id":"close","component_type":2},"message":{"id":"1440000000000000002"},"user":{"id":"1700000000000000001"}}`))
	if err != nil || button.Data.CustomID != "close" || button.Message.ID != "1440000000000000002" || button.By() == nil {
		t.Fatalf("%+v, %v", button, err)
	}
	if ping, err := DecodeInteraction([]byte(`{"type":1}`)); err != nil || ping.Type != InteractionPing || ping.By() != nil {
		t.Fatalf("%+v, %v", ping, err)
	}
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	for _, body := range []string{``, `[]`, `{}`, `{"id":1}`, `{"id":"x","channel_id":"y","user_id":"z","message_id":"w"}`, `{"id":"1440000000000000001","channel_id":5}`, `{"type":"1"}`, `{"id":"1440000000000000001"`} {
		m, errMessage := DecodeMessage([]byte(body))
		d, errDeletion := DecodeDeletion([]byte(body))
		r, errReaction := DecodeReaction([]byte(body))
		y, errTyping := DecodeTyping([]byte(body))
		i, errInteraction := DecodeInteraction([]byte(body))
		if errMessage == nil || errDeletion == nil || errReaction == nil || errTyping == nil || errInteraction == nil {
			t.Errorf("%s is %v %v %v %v %v", body, m, d, r, y, i)
		}
	}
}

func TestDecodingErrorRepeatsNothing(t *testing.T) {
	for _, body := range []string{`{"id":1440000000000000001,"content":"secret"}`, `secret`, `{"member":{"permissions":"secret"}}`} {
		if _, err := DecodeMessage([]byte(body)); err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "144") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(aMessage))
	f.Add([]byte(`{"id":"1440000000000000001","type":2,"token":"t","data":{"name":"reply","options":[{"name":"message","value":"x"}]}}`))
	f.Add([]byte(`{"ids":["1440000000000000001"],"channel_id":"1440000000000000000"}`))
	f.Add([]byte(`{"id":"1440000000000000001","permission_overwrites":[{"id":"1","type":0,"allow":"99999999999999999999999999","deny":"0"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := DecodeMessage(data); (m == nil) == (err == nil) || m != nil && (!IsID(m.ID) || m.Written(nil) && m.Author == nil) {
			t.Fatalf("%+v and %v", m, err)
		}
		if d, err := DecodeDeletion(data); (d == nil) == (err == nil) || d != nil && len(d.IDs) == 0 {
			t.Fatalf("%+v and %v", d, err)
		}
		if r, err := DecodeReaction(data); (r == nil) == (err == nil) {
			t.Fatalf("%+v and %v", r, err)
		}
		if c, err := DecodeChannel(data); (c == nil) == (err == nil) {
			t.Fatalf("%+v and %v", c, err)
		}
		if i, err := DecodeInteraction(data); (i == nil) == (err == nil) {
			t.Fatalf("%+v and %v", i, err)
		} else if i != nil {
			_ = i.Data.Text("message")
			_ = DisplayName(i.By(), i.Member)
		}
	})
}

func TestIDsTellTheirTime(t *testing.T) {
	// The example of https://discord.com/developers/docs/reference#snowflakes
	const id = "175928847299117063"
	at := IDTime(id)
	if want := time.UnixMilli(1462015105796).UTC(); !at.Equal(want) || !IDTime("x").IsZero() {
		t.Fatalf("%v, want %v", at, want)
	}
	if from := IDAt(at); !OlderID(from, id) || !IDTime(from).Equal(at) || IDAt(time.Unix(0, 0)) != "0" {
		t.Fatalf("the first id of %v is %s", at, from)
	}
	if !OlderID("999999999999999999", "1000000000000000000") || OlderID(id, id) {
		t.Fatal("ids are not compared by number")
	}
}

func TestNonceIsShortAndTheMessagesOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, of := range [][]string{{"thread", "m1", "0"}, {"thread", "m1", "1"}, {"other", "m1", "0"}, {"threadm1", "0"}, {"thread", "m10"}, {}} {
		nonce := Nonce(of...)
		if len(nonce) != maxNonce || seen[nonce] || nonce != Nonce(of...) {
			t.Errorf("%q has nonce %q", of, nonce)
		}
		seen[nonce] = true
	}
}

func TestCloseCodesTellWhatToDo(t *testing.T) {
	for code, want := range map[int]Ending{0: EndingResume, 1006: EndingResume, 4000: EndingResume, 4001: EndingResume, 4008: EndingResume, 4003: EndingAnew, 4007: EndingAnew, 4009: EndingAnew, 4004: EndingFatal, 4010: EndingFatal, 4011: EndingFatal, 4012: EndingFatal, 4013: EndingFatal, 4014: EndingFatal} {
		if got, advice := EndingOf(code); got != want || (advice != "") != (want == EndingFatal) {
			t.Errorf("%d is %v %q", code, got, advice)
		}
	}
	if AllIntents != 36353 {
		t.Errorf("intents are %d", AllIntents)
	}
}
