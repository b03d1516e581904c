package discord

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"  // so that a picture's size is known
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// attachmentInput is one attachment of a message's body: a new file, or (in an edit) one that is kept.
type attachmentInput struct {
	file        *upload
	keep        string // id
	name        string
	description string
}

// storedFile is an attachment's content.
type storedFile struct {
	Attachment
	ChannelID string
	Data      []byte
}

// readAttachments matches the attachments field with the uploaded parts. Files that the field does not name are attached
// as well.
func (c *call) readAttachments(f *form, in *messageInput) {
	unused := map[string]upload{}
	for part, file := range c.body.files {
		if m := filePart.FindStringSubmatch(part); m != nil {
			unused[m[1]] = file
		}
	}
	forms, given := f.objects("attachments", maxFiles)
	in.hasAttachments = given || f.isNull("attachments")
	for _, a := range forms {
		id, _ := a.given("id")
		key := strings.Trim(string(id), `"`)
		var item attachmentInput
		item.name, _ = a.text("filename", 1024)
		item.description, _ = a.text("description", 1024)
		a.ignore("title", "content_type", "size", "url", "proxy_url", "height", "width", "ephemeral", "flags", "duration_secs", "waveform")
		if file, ok := unused[key]; ok {
			delete(unused, key)
			item.file = &file
		} else if isID(key) && len(key) > 4 {
			item.keep = key
		} else {
			a.fail("id", "ATTACHMENT_NOT_FOUND", "Attachment data not found")
		}
		in.attachments = append(in.attachments, item)
	}
	for _, file := range inOrder(unused) {
		in.attachments = append(in.attachments, attachmentInput{file: &file})
	}
	if len(in.attachments) > maxFiles {
		f.fail("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
	}
}

// inOrder are files by their number.
func inOrder(files map[string]upload) []upload {
	keys := slices.SortedFunc(maps.Keys(files), func(a, b string) int {
		x, _ := strconv.Atoi(a)
		y, _ := strconv.Atoi(b)
		return x - y
	})
	out := make([]upload, 0, len(keys))
	for _, key := range keys {
		out = append(out, files[key])
	}
	return out
}

var unsafeInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// store keeps a file and returns what a message says of it.
func (s *Server) store(channelID string, file upload, name, description string) Attachment {
	orDefault(&name, file.Name)
	name = strings.Trim(unsafeInName.ReplaceAllString(name, "_"), "._")
	orDefault(&name, "unknown")
	sum := sha256.Sum256(file.Data)
	mime := file.MIME
	if mime == "" || mime == "application/octet-stream" {
		mime = http.DetectContentType(file.Data)
	}
	a := Attachment{
		ID: s.world.newID(s.clock.Now()), Name: name, Description: description, MIME: mime,
		Size: int64(len(file.Data)), Digest: hex.EncodeToString(sum[:]),
	}
	if strings.HasPrefix(mime, "image/") {
		if config, _, err := image.DecodeConfig(bytes.NewReader(file.Data)); err == nil {
			a.Width, a.Height = config.Width, config.Height
		}
	}
	s.world.Files[a.ID] = &storedFile{Attachment: a, ChannelID: channelID, Data: file.Data}
	return a
}

// attach stores new files and keeps those of before that the input names.
func (s *Server) attach(channelID string, before []Attachment, in []attachmentInput) []Attachment {
	var out []Attachment
	for _, item := range in {
		if item.file != nil {
			out = append(out, s.store(channelID, *item.file, item.name, item.description))
			continue
		}
		for _, a := range before {
			if a.ID == item.keep {
				out = append(out, a)
			}
		}
	}
	return out
}

// link is a signed address of a stored file; it is good for Options.LinkLifetime.
func (s *Server) link(channelID string, a Attachment) string {
	now := s.clock.Now()
	issued, expires := now.Unix(), now.Add(s.opts.LinkLifetime).Unix()
	return fmt.Sprintf("%s/cdn/attachments/%s/%s/%s?ex=%x&is=%x&hm=%s&",
		s.url, channelID, a.ID, a.Name, expires, issued, s.linkSignature(a.ID, expires, issued))
}

func (s *Server) linkSignature(id string, expires, issued int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %s %x %x", s.key.Seed(), id, expires, issued))
	return hex.EncodeToString(sum[:])
}
