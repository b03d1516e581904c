package telegram

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"
)

func TestCallsAreWhatTheBotAPIExpects(t *testing.T) {
	place, message := Place{Chat: -1001230000001, Thread: 412}, MessageRef{Chat: -1001230000001, ID: 430}
	name := "x"
	buttons := Keyboard{{{Text: "Close", Data: CallbackData(ActClose, "9fK2"), Style: "danger"}, {Text: "Mark read", Data: CallbackData(ActRead, "9fK2")}}, {{Text: "Page", URL: "https://x.example"}}}
	for _, test := range []struct {
		method, body, answer string
		call                 func(*Client) error
	}{
		{"getMe", `{}`, `{"id":7001}`, func(c *Client) error { _, err := c.GetMe(t.Context()); return err }},
		{"getChat", `{"chat_id":-1001230000001}`, `{"id":-1001230000001,"is_forum":true}`, func(c *Client) error { _, err := c.GetChat(t.Context(), place.Chat); return err }},
		{"createForumTopic", `{"chat_id":-1001230000001,"name":"x","icon_color":7322096}`, `{"message_thread_id":412}`, func(c *Client) error {
			_, err := c.CreateForumTopic(t.Context(), NewTopic{Chat: place.Chat, Name: "x", IconColor: 7322096})
			return err
		}},
		{"editForumTopic", `{"chat_id":-1001230000001,"message_thread_id":412,"name":"x"}`, `true`, func(c *Client) error { return c.EditForumTopic(t.Context(), TopicEdit{Place: place, Name: &name}) }},
		{"closeForumTopic", `{"chat_id":-1001230000001,"message_thread_id":412}`, `true`, func(c *Client) error { return c.CloseForumTopic(t.Context(), place) }},
		{"reopenForumTopic", `{"chat_id":-1001230000001,"message_thread_id":412}`, `true`, func(c *Client) error { return c.ReopenForumTopic(t.Context(), place) }},
		{"deleteForumTopic", `{"chat_id":-1001230000001,"message_thread_id":412}`, `true`, func(c *Client) error { return c.DeleteForumTopic(t.Context(), place) }},
		{"sendMessage", `{"chat_id":-1001230000001,"message_thread_id":412,"text":"hi","entities":[{"type":"bold","offset":0,"length":2}],"link_preview_options":{"is_disabled":true},"reply_parameters":{"message_id":430,"allow_sending_without_reply":true}}`,
			`{"message_id":431}`, func(c *Client) error {
				_, err := c.SendMessage(t.Context(), Outgoing{Place: place, Text: "hi", ReplyTo: 430, Entities: []models.MessageEntity{{Type: "bold", Length: 2}}})
				return err
			}},
		{"sendMessage", `{"chat_id":-1001230000001,"text":"hi","disable_notification":true,"link_preview_options":{"is_disabled":true}}`, `{"message_id":431}`, func(c *Client) error {
			_, err := c.SendMessage(t.Context(), Outgoing{Place: Place{Chat: place.Chat}, Text: "hi", Silent: true})
			return err
		}},
		{"editMessageText", `{"chat_id":-1001230000001,"message_id":430,"text":"hi","link_preview_options":{"is_disabled":true}}`, `{"message_id":430}`, func(c *Client) error {
			return c.EditMessageText(t.Context(), TextEdit{MessageRef: message, Text: "hi"})
		}},
		{"sendMessage", `{"chat_id":-1001230000001,"text":"hi","link_preview_options":{"is_disabled":true},"reply_markup":{"inline_keyboard":[[{"text":"Close","callback_data":"c:9fK2","style":"danger"},{"text":"Mark read","callback_data":"r:9fK2"}],[{"text":"Page","url":"https://x.example"}]]}}`,
			`{"message_id":431}`, func(c *Client) error {
				_, err := c.SendMessage(t.Context(), Outgoing{Place: Place{Chat: place.Chat}, Text: "hi", Keyboard: buttons})
				return err
			}},
		{"editMessageText", `{"chat_id":-1001230000001,"message_id":430,"text":"hi","link_preview_options":{"is_disabled":true},"reply_markup":{"inline_keyboard":[[{"text":"Mark read","callback_data":"r:9fK2"}]]}}`,
			`{"message_id":430}`, func(c *Client) error {
				return c.EditMessageText(t.Context(), TextEdit{MessageRef: message, Text: "hi", Keyboard: Keyboard{buttons[0][1:]}})
			}},
		{"editMessageCaption", `{"chat_id":-1001230000001,"message_id":430,"caption":"hi","caption_entities":[{"type":"bold","offset":0,"length":2}]}`, `{"message_id":430}`, func(c *Client) error {
			return c.EditMessageCaption(t.Context(), TextEdit{MessageRef: message, Text: "hi", Entities: []models.MessageEntity{{Type: "bold", Length: 2}}})
		}},
		{"editMessageCaption", `{"chat_id":-1001230000001,"message_id":430,"caption":""}`, `{"message_id":430}`, func(c *Client) error {
			return c.EditMessageCaption(t.Context(), TextEdit{MessageRef: message})
		}},
		{"editMessageReplyMarkup", `{"chat_id":-1001230000001,"message_id":430,"reply_markup":{"inline_keyboard":[[{"text":"Reopen","callback_data":"c:9fK2"}]]}}`, `{"message_id":430}`, func(c *Client) error {
			return c.EditMessageReplyMarkup(t.Context(), message, Keyboard{{{Text: "Reopen", Data: "c:9fK2"}}})
		}},
		{"editMessageReplyMarkup", `{"chat_id":-1001230000001,"message_id":430}`, `{"message_id":430}`, func(c *Client) error {
			return c.EditMessageReplyMarkup(t.Context(), message, nil)
		}},
		{"sendPhoto", `{"chat_id":-1001230000001,"message_thread_id":412,"photo":"AgAC","caption":"hi"}`, `{"message_id":431}`, func(c *Client) error {
			_, err := c.SendPhoto(t.Context(), OutgoingFile{Place: place, File: File{ID: "AgAC"}, Caption: "hi"})
			return err
		}},
		{"sendDocument", `{"chat_id":-1001230000001,"message_thread_id":412,"document":"BQAC","reply_parameters":{"message_id":430,"allow_sending_without_reply":true}}`, `{"message_id":431}`, func(c *Client) error {
			_, err := c.SendDocument(t.Context(), OutgoingFile{Place: place, File: File{ID: "BQAC"}, ReplyTo: 430})
			return err
		}},
		{"sendMediaGroup", `{"chat_id":-1001230000001,"message_thread_id":412,"media":[{"type":"photo","media":"A","caption":"hi"},{"type":"photo","media":"B"}]}`, `[{"message_id":431},{"message_id":432}]`, func(c *Client) error {
			sent, err := c.SendMediaGroup(t.Context(), Album{Place: place, Items: []AlbumItem{{Photo: true, File: File{ID: "A"}, Caption: "hi"}, {Photo: true, File: File{ID: "B"}}}})
			if err == nil && (len(sent) != 2 || sent[1].ID != 432) {
				t.Errorf("album: %+v", sent)
			}
			return err
		}},
		{"getFile", `{"file_id":"AgAC"}`, `{"file_id":"AgAC","file_unique_id":"u","file_size":3,"file_path":"photos/file_0.jpg"}`, func(c *Client) error {
			_, err := c.GetFile(t.Context(), "AgAC")
			return err
		}},
		{"getChatMember", `{"chat_id":-1001230000001,"user_id":7001}`, `{"status":"administrator","can_manage_topics":true}`, func(c *Client) error {
			_, err := c.OwnRights(t.Context(), place.Chat)
			return err
		}},
		{"deleteMessage", `{"chat_id":-1001230000001,"message_id":430}`, `true`, func(c *Client) error { return c.DeleteMessage(t.Context(), message) }},
		{"setMessageReaction", `{"chat_id":-1001230000001,"message_id":430,"reaction":[{"type":"emoji","emoji":"👌"}]}`, `true`, func(c *Client) error { return c.SetMessageReaction(t.Context(), message, "👌") }},
		{"setMessageReaction", `{"chat_id":-1001230000001,"message_id":430,"reaction":[]}`, `true`, func(c *Client) error { return c.SetMessageReaction(t.Context(), message, "") }},
		{"sendChatAction", `{"chat_id":-1001230000001,"message_thread_id":412,"action":"typing"}`, `true`, func(c *Client) error { return c.SendChatAction(t.Context(), place, models.ChatActionTyping) }},
		{"getUpdates", `{"offset":5,"timeout":50,"allowed_updates":["message","edited_message","callback_query","message_reaction","my_chat_member"]}`, `[{"update_id":5}]`, func(c *Client) error {
			_, err := c.GetUpdates(t.Context(), 5, 50*time.Second)
			return err
		}},
		{"setWebhook", `{"url":"https://x.example/webhooks/telegram","secret_token":"s","allowed_updates":["message","edited_message","callback_query","message_reaction","my_chat_member"]}`, `true`, func(c *Client) error {
			return c.SetWebhook(t.Context(), "https://x.example/webhooks/telegram", "s")
		}},
		{"deleteWebhook", `{}`, `true`, func(c *Client) error { return c.DeleteWebhook(t.Context()) }},
		{"getWebhookInfo", `{}`, `{"url":""}`, func(c *Client) error { _, err := c.GetWebhookInfo(t.Context()); return err }},
		{"setMyCommands", `{"commands":[{"command":"close","description":"d"}],"scope":{"type":"chat","chat_id":-1001230000001}}`, `true`, func(c *Client) error {
			return c.SetMyCommands(t.Context(), place.Chat, []models.BotCommand{{Command: "close", Description: "d"}})
		}},
		{"answerCallbackQuery", `{"callback_query_id":"48213377"}`, `true`, func(c *Client) error { return c.AnswerCallbackQuery(t.Context(), "48213377", "") }},
	} {
		var path, body string
		c := against(t, func(w http.ResponseWriter, r *http.Request) {
			data, _ := io.ReadAll(r.Body)
			path, body = r.URL.Path, string(data)
			_, _ = io.WriteString(w, `{"ok":true,"result":`+test.answer+`}`)
		})
		if err := test.call(c); err != nil {
			t.Errorf("%s: %v", test.method, err)
		}
		if path != "/bot"+testToken+"/"+test.method || !sameJSON(t, body, test.body) {
			t.Errorf("%s: sent %s %s, want %s", test.method, path, body, test.body)
		}
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	xs, _ := json.Marshal(x)
	ys, _ := json.Marshal(y)
	return string(xs) == string(ys)
}
