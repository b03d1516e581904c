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

func TestPressedButtonIsRead(t *testing.T) {
	u, err := DecodeUpdate([]byte(`{"update_id":700012,"callback_query":{"id":"48213377","from":{"id":555,"is_bot":false,"first_name":"Olga"},
		"message":{"message_id":413,"message_thread_id":412,"is_topic_message":true,"chat":{"id":-1001230000001,"type":"supergroup"},"date":1795000001},
		"chat_instance":"-99","data":"c:9fK2"}}`))
	if err != nil || u.Callback == nil {
		t.Fatalf("%+v, %v", u, err)
	}
	q := u.Callback
	if q.ID != "48213377" || q.From.ID != 555 || q.Message.ThreadID != 412 || !q.Message.Accessible() || q.Data != "c:9fK2" {
		t.Fatalf("%+v", q)
	}
	u, err = DecodeUpdate([]byte(`{"update_id":700013,"callback_query":{"id":"1","from":{"id":555},"message":{"chat":{"id":-1001230000001},"message_id":413,"date":0},"chat_instance":"-99","data":"c:9fK2"}}`))
	if err != nil || u.Callback.Message.Accessible() || u.Callback.Message.ID != 413 {
		t.Fatalf("%+v, %v", u, err)
	}
}

func TestChangedStandingIsRead(t *testing.T) {
	u, err := DecodeUpdate([]byte(`{"update_id":700014,"my_chat_member":{"chat":{"id":-1001230000001,"type":"supergroup"},"from":{"id":555},"date":1795000001,
		"old_chat_member":{"status":"administrator","user":{"id":7001},"can_manage_topics":true,"can_delete_messages":true},
		"new_chat_member":{"status":"kicked","user":{"id":7001},"until_date":0}}}`))
	if err != nil || u.Membership == nil || !u.Membership.Old.Inside() || u.Membership.New.Inside() || len(u.Membership.Old.Missing()) != 0 || u.Membership.From.ID != 555 {
		t.Fatalf("%+v, %v", u, err)
	}
}

func TestEveryKindOfUpdateThatIsReadIsAskedFor(t *testing.T) {
	for _, kind := range AllowedUpdates() {
		u, err := DecodeUpdate([]byte(`{"update_id":1,"` + kind + `":{}}`))
		if err != nil || u.Message == nil && u.EditedMessage == nil && u.Reaction == nil && u.Callback == nil && u.Membership == nil {
			t.Errorf("%s is asked for and not read", kind)
		}
	}
	if n := len(AllowedUpdates()); n != 5 {
		t.Errorf("%d kinds are asked for", n)
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
