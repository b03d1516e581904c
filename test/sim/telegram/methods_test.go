package telegram_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestEveryEncodingAndSpellingOfAMethodIsAccepted(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	base := b.sim.URL() + "/bot" + b.sim.Token()
	form := url.Values{"chat_id": {"-1001230000001"}, "message_thread_id": {itoa(topic)}, "text": {"hi"}}
	calls := map[string]func() (*http.Response, error){
		"query":      func() (*http.Response, error) { return b.http.Get(base + "/sendMessage?" + form.Encode()) },
		"urlencoded": func() (*http.Response, error) { return b.http.PostForm(base+"/SENDmessage", form) },
		"test environment": func() (*http.Response, error) {
			return b.http.PostForm(base+"/test/sendmessage", form)
		},
		"multipart": func() (*http.Response, error) {
			body, kind := multipartBody(t, map[string]string{"chat_id": "-1001230000001", "text": "hi"}, nil)
			return b.http.Post(base+"/sendMessage", kind, body)
		},
	}
	for name, do := range calls {
		t.Run(name, func(t *testing.T) {
			resp, err := do()
			must(t, err)
			r, err := read(resp)
			must(t, err)
			if !r.OK {
				t.Fatalf("refused: %s", r.Description)
			}
		})
	}
	if got := len(b.sim.Requests("sendMessage")); got != len(calls) {
		t.Fatalf("%d requests logged, want %d", got, len(calls))
	}
}

func TestWrongTokenAndUnknownMethodAnswerLikeTheRealOne(t *testing.T) {
	b := unlimited(t)
	cases := []struct {
		path string
		code int
		text string
	}{
		{"/bot7001:another-token/getMe", 401, "Unauthorized"},
		{"/botnonsense/getMe", 404, "Not Found"},
		{"/bot" + b.sim.Token() + "/noSuchMethod", 404, "method not found"},
		{"/elsewhere", 404, "Not Found"},
	}
	for _, c := range cases {
		resp, err := b.http.Get(b.sim.URL() + c.path)
		must(t, err)
		r, err := read(resp)
		must(t, err)
		if r.OK || r.Status != c.code || r.ErrorCode != c.code || !strings.Contains(r.Description, c.text) {
			t.Errorf("%s: got %d %q, want %d %q", c.path, r.Status, r.Description, c.code, c.text)
		}
	}
	b.sim.RevokeToken()
	b.refused("getMe", nil, 401, "Unauthorized")
	b.sim.ReplaceToken("7001:a-new-one")
	b.ok("getMe", nil, nil)
}

func TestUnknownFieldsAreRecordedAsWarnings(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	args := b.message(topic, "hi")
	args["thread_id"] = 5
	args["link_preview_options"] = fields{"disabled": true}
	b.ok("sendMessage", args, nil)
	warnings := b.sim.Warnings()
	if len(warnings) != 2 {
		t.Fatalf("warnings: %v", warnings)
	}
	if got := b.sim.Requests("sendMessage")[0].Warnings; len(got) != 2 {
		t.Fatalf("request's warnings: %v", got)
	}
}

func TestWrongTypesAndLengthsAreRefused(t *testing.T) {
	b := unlimited(t)
	topic := b.topic("Ana")
	chat := b.sim.ChatID()
	text := func(s string) fields { return b.message(topic, s) }
	with := func(f fields, name string, value any) fields { f[name] = value; return f }
	cases := []struct {
		name, method string
		args         fields
		text         string
	}{
		{"no chat", "sendMessage", fields{"text": "x"}, "chat_id is empty"},
		{"another chat", "sendMessage", fields{"chat_id": -100999, "text": "x"}, "chat not found"},
		{"no text", "sendMessage", fields{"chat_id": chat}, "message text is empty"},
		{"white space", "sendMessage", text(" \n "), "message text is empty"},
		{"invisible", "sendMessage", text("\u200b\u200b"), "text must be non-empty"},
		{"4097 code points", "sendMessage", text(strings.Repeat("😀", 4097)), "message is too long"},
		{"thread 1", "sendMessage", with(text("x"), "message_thread_id", 1), "message thread not found"},
		{"unknown thread", "sendMessage", with(text("x"), "message_thread_id", 4711), "message thread not found"},
		{"word as thread", "sendMessage", with(text("x"), "message_thread_id", "one"), "must be of type Number"},
		{"bad HTML", "sendMessage", with(text("<b>x"), "parse_mode", "HTML"), "can't parse entities: Can't find end tag"},
		{"bad MarkdownV2", "sendMessage", with(text("1.0"), "parse_mode", "MarkdownV2"), "Character '.' is reserved"},
		{"unknown mode", "sendMessage", with(text("x"), "parse_mode", "BBCode"), "unsupported parse_mode"},
		{"entity out of bounds", "sendMessage", with(text("abc"), "entities", []fields{{"type": "bold", "offset": 1, "length": 3}}), "ends after the end of the text"},
		{"entity in a surrogate", "sendMessage", with(text("😀a"), "entities", []fields{{"type": "bold", "offset": 1, "length": 1}}), "middle of a UTF-16 symbol"},
		{"unknown entity", "sendMessage", with(text("abc"), "entities", []fields{{"type": "loud", "offset": 0, "length": 1}}), "can't parse MessageEntity"},
		{"button data", "sendMessage", with(text("x"), "reply_markup", keyboard("b", strings.Repeat("d", 65))), "BUTTON_DATA_INVALID"},
		{"reply", "sendMessage", with(text("x"), "reply_parameters", fields{"message_id": 999}), "message to be replied not found"},
		{"topic name", "createForumTopic", fields{"chat_id": chat, "name": strings.Repeat("n", 129)}, "TOPIC_TITLE"},
		{"no topic name", "createForumTopic", fields{"chat_id": chat, "name": " "}, "TOPIC_TITLE_EMPTY"},
		{"topic colour", "createForumTopic", fields{"chat_id": chat, "name": "n", "icon_color": 1}, "invalid icon color"},
		{"edit nothing", "editMessageText", fields{"chat_id": chat, "message_id": 999, "text": "x"}, "message to edit not found"},
		{"edit without id", "editMessageText", fields{"chat_id": chat, "text": "x"}, "message identifier is not specified"},
		{"delete nothing", "deleteMessage", fields{"chat_id": chat, "message_id": 999}, "message to delete not found"},
		{"delete root", "deleteMessage", fields{"chat_id": chat, "message_id": topic}, "message can't be deleted"},
		{"react to nothing", "setMessageReaction", fields{"chat_id": chat, "message_id": 999}, "message to react not found"},
		{"bad reaction", "setMessageReaction", fields{"chat_id": chat, "message_id": topic, "reaction": []fields{{"type": "emoji", "emoji": "✅"}}}, "REACTION_INVALID"},
		{"bad action", "sendChatAction", fields{"chat_id": chat, "action": "sleeping"}, "wrong parameter action"},
		{"old query", "answerCallbackQuery", fields{"callback_query_id": "1"}, "query is too old"},
		{"bad command", "setMyCommands", fields{"commands": []fields{{"command": "Close!", "description": "x"}}}, "BOT_COMMAND_INVALID"},
		{"unknown file", "getFile", fields{"file_id": "x"}, "wrong file_id"},
		{"public webhook", "setWebhook", fields{"url": "http://example.org/hook"}, "HTTPS URL must be provided"},
		{"webhook port", "setWebhook", fields{"url": "https://example.org:8080/hook"}, "ports 80, 88, 443 or 8443"},
		{"webhook secret", "setWebhook", fields{"url": "http://127.0.0.1:1/", "secret_token": "a b"}, "secret token"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			(&bot{t: t, sim: b.sim, http: b.http}).refused(c.method, c.args, 400, "Bad Request: ")
			(&bot{t: t, sim: b.sim, http: b.http}).refused(c.method, c.args, 400, c.text)
		})
	}
}

func TestLongestTextIsCountedInCodePoints(t *testing.T) {
	b := unlimited(t)
	b.send(b.topic("Ana"), strings.Repeat("😀", 4096))
}
