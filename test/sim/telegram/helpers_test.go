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
