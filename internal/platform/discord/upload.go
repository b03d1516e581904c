package discord

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"sync"
)

// File is one file to send. It is read once, while the call runs, and never held in memory.
type File struct {
	Name string
	// Type is the MIME type; empty for application/octet-stream.
	Type string
	// Description is the alternative text of a picture, at most 1024 code points.
	Description string
	// Size in bytes, exactly. A body of another length fails the call.
	Size int64
	Body io.Reader
}

var errNoSize = errors.New("a file without a size or a body")

// newUpload is payload and files as multipart/form-data, put together from pieces so that its length is known and the files are
// streamed. https://discord.com/developers/docs/reference#uploading-files
func newUpload(payload []byte, files []File) (body, error) {
	var frame bytes.Buffer
	form := multipart.NewWriter(&frame)
	if err := addPart(form, "payload_json", "", "application/json"); err != nil {
		return body{}, err
	}
	_, _ = frame.Write(payload)
	var pieces []io.Reader
	var length int64
	flush := func() {
		length += int64(frame.Len())
		pieces = append(pieces, bytes.NewReader(bytes.Clone(frame.Bytes())))
		frame.Reset()
	}
	for i, file := range files {
		if file.Body == nil || file.Size < 0 {
			return body{}, errNoSize
		}
		contentType := file.Type
		if contentType == "" {
			contentType = "application/octet-stream"
		}
		if err := addPart(form, "files["+strconv.Itoa(i)+"]", file.Name, contentType); err != nil {
			return body{}, err
		}
		flush()
		length += file.Size
		pieces = append(pieces, file.Body)
	}
	if err := form.Close(); err != nil {
		return body{}, fmt.Errorf("frame files: %w", err)
	}
	flush()
	lent := &lent{reader: io.MultiReader(pieces...)}
	return body{reader: lent, contentType: form.FormDataContentType(), length: length, release: lent.takeBack}, nil
}

func addPart(form *multipart.Writer, field, filename, contentType string) error {
	disposition := `form-data; name="` + field + `"`
	if filename != "" {
		disposition = multipart.FileContentDisposition(field, filename)
	}
	header := textproto.MIMEHeader{"Content-Disposition": {disposition}, "Content-Type": {contentType}}
	if _, err := form.CreatePart(header); err != nil {
		return fmt.Errorf("frame files: %w", err)
	}
	return nil
}

// lent is a reader that can be taken back: the transport may go on reading a body after the answer has come, and the caller
// closes the files then.
type lent struct {
	mu     sync.Mutex
	reader io.Reader
}

var errTakenBack = errors.New("the call has ended")

func (l *lent) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reader == nil {
		return 0, errTakenBack
	}
	return l.reader.Read(p)
}

// takeBack waits for a read that is running.
func (l *lent) takeBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reader = nil
}
