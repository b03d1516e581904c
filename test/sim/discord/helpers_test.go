package discord_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"strings"
	"testing"
	"time"
)

func ptr[T any](value T) *T { return &value }

// snowflakeTime is later than everything that happens in a test.
func snowflakeTime() time.Time { return epoch.Add(100 * 24 * time.Hour) }

// picture is a PNG of that size.
func picture(t testing.TB, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	must(t, png.Encode(&out, image.NewGray(image.Rect(0, 0, width, height))))
	return out.Bytes()
}

// buttons is one row with one button.
func buttons(label, customID string) []fields {
	return []fields{{"type": 1, "components": []fields{{"type": 2, "style": 2, "label": label, "custom_id": customID}}}}
}

// multipartBody builds a form of payload_json and files[n].
func multipartBody(t testing.TB, payload string, files ...[]byte) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if payload != "" {
		must(t, w.WriteField("payload_json", payload))
	}
	for i, data := range files {
		part, err := w.CreateFormFile("files["+string(rune('0'+i))+"]", "file"+string(rune('0'+i))+".bin")
		must(t, err)
		_, err = part.Write(data)
		must(t, err)
	}
	must(t, w.Close())
	return &body, w.FormDataContentType()
}

// expand puts values into a path's {braces}.
func expand(path string, values map[string]string) string {
	for name, value := range values {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	return path
}

// message is what the tests read of a message.
type message struct {
	ID, Content, Nonce string
	ChannelID          string `json:"channel_id"`
	GuildID            string `json:"guild_id"`
	Type               int
	Flags              int
	WebhookID          string `json:"webhook_id"`
	Author             struct {
		ID, Username string
		Bot          bool
	}
	Edited      *string `json:"edited_timestamp"`
	Attachments []struct {
		ID, Filename, URL, Description string
		ContentType                    string `json:"content_type"`
		Size, Width                    int
	}
	Embeds, Components []json.RawMessage
	Referenced         *struct{ ID, Content string } `json:"referenced_message"`
	Reference          *struct {
		MessageID string `json:"message_id"`
	} `json:"message_reference"`
	Reactions []struct {
		Count int
		Me    bool
		Emoji struct{ Name string }
	}
}

func (b *bot) sends(channel string, args fields) message {
	b.t.Helper()
	var m message
	b.ok("POST", "/channels/"+channel+"/messages", args, &m)
	return m
}
