package telegram_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"strconv"
	"testing"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// multipartBody builds a form; the files are named after their parts.
func multipartBody(t testing.TB, values map[string]string, files map[string][]byte) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range values {
		must(t, w.WriteField(name, value))
	}
	for name, data := range files {
		part, err := w.CreateFormFile(name, name+".bin")
		must(t, err)
		_, err = part.Write(data)
		must(t, err)
	}
	must(t, w.Close())
	return &body, w.FormDataContentType()
}

func keyboard(label, data string) fields {
	return fields{"inline_keyboard": [][]fields{{{"text": label, "callback_data": data}}}}
}

// card sends a message with one button.
func (b *bot) card(topic int64, label, data string) updateMessage {
	b.t.Helper()
	args := b.message(topic, "card")
	args["reply_markup"] = keyboard(label, data)
	var m updateMessage
	b.ok("sendMessage", args, &m)
	return m
}

// background calls a method and returns where its transport error (or nil) will come.
func (b *bot) background(method string, args any) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := b.try(method, args)
		done <- err
	}()
	return done
}
