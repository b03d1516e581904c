package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of uploads.
const (
	maxUpload  = 1 << 30 // bytes; what Slack's help pages name
	maxAltText = 1000
)

// storedFile is one file of the workspace.
type storedFile struct {
	File
	Data   []byte
	Secret string // of its upload URL
	Length int64  // as announced
	Ready  bool   // the upload was completed
}

// File is one uploaded file. Digest is the hex SHA-256 of what a download yields.
type File struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Title    string    `json:"title"`
	MIME     string    `json:"mime"`
	Size     int64     `json:"size"`
	Digest   string    `json:"digest"`
	User     string    `json:"user"`
	AltText  string    `json:"altText,omitempty"`
	Created  time.Time `json:"created"`
	Uploaded bool      `json:"uploaded"`
	Deleted  bool      `json:"deleted,omitempty"`
	Shares   []Share   `json:"shares,omitempty"`
}

// Share is a message that shows a file.
type Share struct {
	Channel  string `json:"channel"`
	TS       string `json:"ts"`
	ThreadTS string `json:"threadTs,omitempty"`
}

func (c *call) getUploadURL() (fields, *apiError) {
	length, err := strconv.ParseInt(c.p.values["length"], 10, 64)
	switch {
	case err != nil || length <= 0:
		return nil, refuse("invalid_arguments", "must be greater than 0 [json-pointer:/length]")
	case length > maxUpload:
		return nil, refuse("file_upload_size_restricted")
	case utf8.RuneCountInString(c.p.values["alt_txt"]) > maxAltText:
		return nil, refuse("alt_txt_too_large")
	}
	f := &storedFile{
		File: File{
			ID: newID(c.s.rng, "F"), Name: c.p.values["filename"], Title: c.p.values["filename"], AltText: c.p.values["alt_txt"],
			User: BotUserID, Created: c.now,
		},
		Secret: random(c.s.rng, alphabet, 40), Length: length,
	}
	c.s.world.Files[f.ID] = f
	return fields{"upload_url": c.s.base + "/upload/v1/" + f.Secret, "file_id": f.ID}, nil
}

// store keeps a file's bytes.
func (f *storedFile) store(data []byte, mime string) {
	sum := sha256.Sum256(data)
	f.Data, f.Size, f.Digest, f.Uploaded, f.MIME = data, int64(len(data)), hex.EncodeToString(sum[:]), true, mime
	if f.MIME == "" || f.MIME == "application/octet-stream" {
		f.MIME, _, _ = strings.Cut(http.DetectContentType(data), ";")
	}
}

// storeOwn keeps a file that a person attaches.
func (s *Server) storeOwn(by *User, u upload) *storedFile {
	f := &storedFile{
		File:  File{ID: newID(s.rng, "F"), Name: u.name, Title: u.name, User: by.ID, Created: s.clock.Now()},
		Ready: true,
	}
	f.store(u.data, u.mime)
	s.world.Files[f.ID] = f
	return f
}

// fileType is what Slack calls a file's type.
func (f *storedFile) fileType() string {
	if ext := strings.TrimPrefix(path.Ext(f.Name), "."); ext != "" {
		return strings.ToLower(ext)
	}
	return "binary"
}

type finished struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

func (c *call) completeUpload() (fields, *apiError) {
	var list []finished
	if err := json.Unmarshal([]byte(c.p.values["files"]), &list); err != nil || len(list) == 0 {
		return nil, refuse("invalid_arguments", "must provide an array [json-pointer:/files]")
	}
	where, err := c.destination()
	if err != nil {
		return nil, err
	}
	if strings.Contains(c.p.values["blocks"], `"markdown"`) { // seen in September 2026, python-slack-sdk #1756
		return nil, &apiError{Code: "internal_error", Status: http.StatusInternalServerError}
	}
	var files []*storedFile
	answer := []fields{}
	for _, item := range list {
		f := c.s.world.Files[item.ID]
		if f == nil || f.Deleted || !f.Uploaded || f.Ready {
			return nil, refuse("file_not_found")
		}
		if item.Title != "" {
			f.Title = item.Title
		}
		files = append(files, f)
		answer = append(answer, fields{"id": f.ID, "title": f.Title})
	}
	for _, f := range files {
		f.Ready = true
	}
	return fields{"files": answer}, c.share(where, files)
}

// destination is the channel that a completed upload goes to; nil if it stays private.
func (c *call) destination() (*channel, *apiError) {
	if c.p.values["channel_id"] == "" && c.p.values["channels"] != "" {
		c.p.values["channel_id"], _, _ = strings.Cut(c.p.values["channels"], ",")
	}
	if c.p.values["channel_id"] == "" {
		return nil, nil
	}
	return c.writable("channel_id")
}
