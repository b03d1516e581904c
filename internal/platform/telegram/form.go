package telegram

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/label"
)

// File is a file to be sent.
type File struct {
	// ID is the file_id of a file that this bot has sent or received: Telegram has it, and no bytes are read.
	ID string
	// Name is what people see; it may be anybody's.
	Name string
	// MIME is the type, "image/png"; empty if unknown.
	MIME string
	// Size in bytes; negative if unknown. Exactly so many must come.
	Size int64
	// Open begins reading, from the start each time. Nothing is kept in memory.
	Open func(context.Context) (io.ReadCloser, error)
}

// part is a file in a form, under the name by which a parameter speaks of it.
type part struct {
	name string
	file File
}

// form builds a multipart body of params, each of whose fields becomes one of the form's (what is no string as JSON text), and of
// files, which are read only as they are sent.
func form(params any, parts []part) (content, error) {
	fields, err := formFields(params)
	if err != nil {
		return content{}, err
	}
	var frame bytes.Buffer
	var cuts []int // where in frame each file belongs
	w := multipart.NewWriter(&frame)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := w.WriteField(name, fields[name]); err != nil {
			return content{}, fmt.Errorf("write field: %w", err)
		}
	}
	length := int64(0)
	for _, p := range parts {
		if _, err := w.CreatePart(p.header()); err != nil {
			return content{}, fmt.Errorf("write part: %w", err)
		}
		cuts = append(cuts, frame.Len())
		if p.file.Size < 0 || length < 0 {
			length = -1
		} else {
			length += p.file.Size
		}
	}
	if err := w.Close(); err != nil {
		return content{}, fmt.Errorf("end form: %w", err)
	}
	if length >= 0 {
		length += int64(frame.Len())
	}
	open := func(ctx context.Context) io.ReadCloser { return newStream(ctx, frame.Bytes(), cuts, parts) }
	return content{kind: w.FormDataContentType(), length: length, open: open}, nil
}

func formFields(params any) (map[string]string, error) {
	data, err := json.Marshal(params)
	if err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("encode parameters: %w", err)
	}
	fields := make(map[string]string, len(raw))
	for name, value := range raw {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		fields[name] = text
	}
	return fields, nil
}

func (p part) header() textproto.MIMEHeader {
	kind := p.file.MIME
	if kind == "" || strings.ContainsFunc(kind, func(r rune) bool { return r < ' ' || r > '~' }) {
		kind = "application/octet-stream"
	}
	return textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition(p.name, cmp.Or(label.Clean(p.file.Name), "file"))},
		"Content-Type":        {kind},
	}
}
