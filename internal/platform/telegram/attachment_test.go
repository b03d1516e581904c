package telegram

import (
	"encoding/json"
	"testing"
)

func message(t *testing.T, fields string) *Message {
	t.Helper()
	var m Message
	if err := json.Unmarshal([]byte(`{"message_id":431,"date":1795000060,"chat":{"id":-1001230000001},`+fields+`}`), &m); err != nil {
		t.Fatal(err)
	}
	return &m
}

func TestEveryKindOfFileIsDescribed(t *testing.T) {
	for fields, want := range map[string]FileDescriptor{
		`"photo":[{"file_id":"m","file_unique_id":"u2","width":320,"height":240,"file_size":30},{"file_id":"l","file_unique_id":"u3","width":1280,"height":960,"file_size":90},{"file_id":"s","width":90,"height":67}]`: {Kind: FilePhoto, ID: "l", UniqueID: "u3", Name: "photo.jpg", MIME: "image/jpeg", Size: 90, Width: 1280, Height: 960},

		`"document":{"file_id":"d","file_unique_id":"u","file_name":"a\u202e\n.pdf","mime_type":"application/pdf","file_size":7}`: {Kind: FileDocument, ID: "d", UniqueID: "u", Name: "a .pdf", MIME: "application/pdf", Size: 7},
		`"document":{"file_id":"d"}`: {Kind: FileDocument, ID: "d", Name: "file", MIME: "application/octet-stream"},
		`"audio":{"file_id":"a","file_name":"song.flac","mime_type":"audio/flac","duration":9}`:                                      {Kind: FileAudio, ID: "a", Name: "song.flac", MIME: "audio/flac", Duration: 9},
		`"voice":{"file_id":"v","duration":3}`:                                                                                       {Kind: FileVoice, ID: "v", Name: "voice.ogg", MIME: "audio/ogg", Duration: 3},
		`"video":{"file_id":"v","width":640,"height":480}`:                                                                           {Kind: FileVideo, ID: "v", Name: "video.mp4", MIME: "video/mp4", Width: 640, Height: 480},
		`"video_note":{"file_id":"n","length":240}`:                                                                                  {Kind: FileVideoNote, ID: "n", Name: "video.mp4", MIME: "video/mp4", Width: 240, Height: 240},
		`"animation":{"file_id":"g","file_name":"cat.mp4","mime_type":"video/mp4"},"document":{"file_id":"g","file_name":"cat.mp4"}`: {Kind: FileAnimation, ID: "g", Name: "cat.mp4", MIME: "video/mp4"},
		`"sticker":{"file_id":"s","width":512,"height":512,"emoji":"👍"}`:                                                             {Kind: FileSticker, ID: "s", Name: "sticker.webp", MIME: "image/webp", Width: 512, Height: 512},
		`"sticker":{"file_id":"s","is_video":true}`:                                                                                  {Kind: FileSticker, ID: "s", Name: "sticker.webm", MIME: "video/webm"},
		`"sticker":{"file_id":"s","is_animated":true}`:                                                                               {Kind: FileSticker, ID: "s", Name: "sticker.tgs", MIME: "application/x-tgsticker"},
	} {
		m := message(t, fields)
		if got, ok := m.File(); !ok || got != want || !m.HasMedia() {
			t.Errorf("%s\n is %+v, %v, media %v", fields, got, ok, m.HasMedia())
		}
	}
}

func TestWhatHoldsNoFileHasNone(t *testing.T) {
	for fields, media := range map[string]bool{
		`"text":"hi"`: false, `"photo":[]`: true, `"photo":null`: false, `"photo":"from the future"`: true, `"document":{"file_id":5}`: true,
		`"location":{"latitude":1}`: true, `"poll":{}`: true, `"sticker":null`: false,
	} {
		m := message(t, fields)
		if file, ok := m.File(); ok || m.HasMedia() != media {
			t.Errorf("%s is %+v, media %v", fields, file, m.HasMedia())
		}
	}
}

func TestCaptionHasItsFormatting(t *testing.T) {
	m := message(t, `"photo":[{"file_id":"x"}],"caption":"see here","caption_entities":[{"type":"text_link","offset":4,"length":4,"url":"https://x.example"}],"media_group_id":"13"`)
	if f := m.Formatting(); m.Content() != "see here" || len(f) != 1 || f[0] != (TextEntity{"text_link", 4, 4, "https://x.example"}) || m.MediaGroupID != "13" {
		t.Fatalf("%+v", m)
	}
	m = message(t, `"text":"see here","entities":[{"type":"bold","offset":0,"length":3}],"caption":"x"`)
	if f := m.Formatting(); len(f) != 1 || f[0].Type != "bold" {
		t.Fatalf("%+v", m)
	}
}

func TestReplyToAnotherTopicAndQuoteAreRead(t *testing.T) {
	m := message(t, `"text":"hi","external_reply":{"origin":{"type":"user"},"chat":{"id":-1001230000001},"message_id":12},"quote":{"text":"part","position":3,"is_manual":true}`)
	if m.ExternalReply.Value.MessageID != 12 || m.ExternalReply.Value.Chat.ID != -1001230000001 || m.Quote.Value != (Quote{"part", 3, true}) {
		t.Fatalf("%+v", m)
	}
	if m = message(t, `"text":"hi","quote":[]`); !m.Quote.Set || m.Quote.Value.Text != "" || m.ExternalReply.Set {
		t.Fatalf("%+v", m)
	}
}

func TestAnonymousAdministratorIsToldFromAChannel(t *testing.T) {
	for fields, want := range map[string]bool{
		`"from":{"id":1087968824,"is_bot":true},"sender_chat":{"id":-1001230000001},"author_signature":"Team lead"`: true,
		`"from":{"id":136817688,"is_bot":true},"sender_chat":{"id":-1009990000001}`:                                 false,
		`"from":{"id":555}`: false,
	} {
		if m := message(t, fields); m.IsAnonymousAdmin() != want {
			t.Errorf("%s: %v", fields, !want)
		}
	}
}

func TestMigrationIsReadOnBothSides(t *testing.T) {
	if m := message(t, `"migrate_to_chat_id":-1001230000009`); m.MigrateTo != -1001230000009 {
		t.Fatalf("%+v", m)
	}
	if m := message(t, `"migrate_from_chat_id":-5`); m.MigrateFrom != -5 {
		t.Fatalf("%+v", m)
	}
}
