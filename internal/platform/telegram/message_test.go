package telegram

import "testing"

func TestUpdateWithUnknownVariantsIsStillRead(t *testing.T) {
	u, err := DecodeUpdate([]byte(`{"update_id":700010,"message":{"message_id":431,"message_thread_id":412,"is_topic_message":true,
		"from":{"id":555,"is_bot":false,"first_name":"Olga"},"chat":{"id":-1001230000001,"type":"supergroup","is_forum":true},"date":1795000060,
		"text":"Hi Ana!","forward_origin":{"type":"from_the_future"},"external_reply":{"origin":{"type":"x"}},"paid_media":{"paid_media":[{"type":"x"}]}}}`))
	if err != nil || u.Message.Content() != "Hi Ana!" || !u.Message.HasMedia() {
		t.Fatalf("%+v, %v", u, err)
	}
	u, err = DecodeUpdate([]byte(`{"update_id":1,"message_reaction":{"chat":{"id":-1},"message_id":3,"new_reaction":[{"type":"hologram"}],"old_reaction":[]}}`))
	if err != nil || u.Reaction == nil || len(u.Reaction.New) != 1 {
		t.Fatalf("%+v, %v", u, err)
	}
}

func TestWhatIsNoUpdateIsRefused(t *testing.T) {
	for _, body := range []string{``, `[]`, `{}`, `{"update_id":"1"}`, `{"update_id":0}`, `{"update_id":1,"message":{"message_id":"x"}}`, `{"update_id":1`} {
		if u, err := DecodeUpdate([]byte(body)); err == nil {
			t.Errorf("%s is %+v", body, u)
		}
	}
}

func FuzzDecodeUpdate(f *testing.F) {
	f.Add([]byte(`{"update_id":700001,"message":{"message_id":412,"message_thread_id":412,"is_topic_message":true,"from":{"id":7001,"is_bot":true},"chat":{"id":-1001230000001},"date":1,"forum_topic_created":{"name":"x","icon_color":7322096}}}`))
	f.Add([]byte(`{"update_id":1,"edited_message":{"message_id":2,"photo":[{}],"caption":"c","reply_to_message":{"message_id":1}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		u, err := DecodeUpdate(data)
		if (u == nil) == (err == nil) {
			t.Fatalf("%+v and %v", u, err)
		}
		if u == nil {
			return
		}
		for _, m := range []*Message{u.Message, u.EditedMessage} {
			if m != nil && m.Content() == "" && (m.Text != "" || m.Caption != "") {
				t.Fatal("content is lost")
			}
		}
	})
}
