package telegram

import (
	"cmp"

	"github.com/bellhop-chat/bellhop/internal/label"
)

// FileKind is what a received file is shown as.
type FileKind string

// The kinds of files.
const (
	FilePhoto     FileKind = "photo"
	FileDocument  FileKind = "document"
	FileAudio     FileKind = "audio"
	FileVoice     FileKind = "voice"
	FileVideo     FileKind = "video"
	FileVideoNote FileKind = "video_note" // a round video
	FileAnimation FileKind = "animation"  // a moving picture without sound
	FileSticker   FileKind = "sticker"
)

// FileDescriptor is a file in a received message.
type FileDescriptor struct {
	Kind FileKind
	// ID fetches the file (GetFile) or sends it again; it is this bot's own.
	ID string
	// UniqueID is the same for all bots and for ever, and fetches nothing.
	UniqueID string
	// Name is what the sender calls it, on one line; made up where there is none. It may hold a path.
	Name string
	// MIME is what the sender's client says, or what Telegram makes of this kind; never empty.
	MIME string
	// Size in bytes; 0 if Telegram doesn't say.
	Size int64
	// Width and Height in pixels, and Duration in seconds; 0 where there is none.
	Width, Height, Duration int
}

// attachment is any of the Bot API's types of files, of which each has some of these fields.
type attachment struct {
	ID         string `json:"file_id"`
	UniqueID   string `json:"file_unique_id"`
	Name       string `json:"file_name"`
	MIME       string `json:"mime_type"`
	Size       int64  `json:"file_size"`
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	Length     int    `json:"length"` // of a video note: its diameter
	Duration   int    `json:"duration"`
	IsAnimated bool   `json:"is_animated"`
	IsVideo    bool   `json:"is_video"`
}

// File is the message's file; false if it has none, or one that can't be read. Of a photo it is the largest size.
func (m *Message) File() (FileDescriptor, bool) {
	for _, one := range []candidate{
		{FilePhoto, largest(m.Photo.Value), "photo.jpg", "image/jpeg"},
		// An animation comes as a document too.
		{FileAnimation, m.Animation.Value, "animation.mp4", "video/mp4"},
		{FileDocument, m.Document.Value, "file", "application/octet-stream"},
		{FileAudio, m.Audio.Value, "audio.mp3", "audio/mpeg"},
		{FileVoice, m.Voice.Value, "voice.ogg", "audio/ogg"},
		{FileVideo, m.Video.Value, "video.mp4", "video/mp4"},
		{FileVideoNote, m.VideoNote.Value, "video.mp4", "video/mp4"},
		m.sticker(),
	} {
		if one.held.ID != "" {
			return one.held.describe(one.kind, one.name, one.mime), true
		}
	}
	return FileDescriptor{}, false
}

// candidate is a file with the name and the type that it has if Telegram tells none.
type candidate struct {
	kind       FileKind
	held       attachment
	name, mime string
}

// sticker tells what a sticker is: a picture, a film, or a drawing in Telegram's own format.
func (m *Message) sticker() candidate {
	one := candidate{kind: FileSticker, held: m.Sticker.Value}
	switch {
	case one.held.IsVideo:
		one.name, one.mime = "sticker.webm", "video/webm"
	case one.held.IsAnimated:
		one.name, one.mime = "sticker.tgs", "application/x-tgsticker"
	default:
		one.name, one.mime = "sticker.webp", "image/webp"
	}
	return one
}

func (a attachment) describe(kind FileKind, name, mime string) FileDescriptor {
	return FileDescriptor{
		Kind: kind, ID: a.ID, UniqueID: a.UniqueID, Name: cmp.Or(label.Clean(a.Name), name), MIME: cmp.Or(a.MIME, mime), Size: max(a.Size, 0),
		Width: cmp.Or(a.Width, a.Length), Height: cmp.Or(a.Height, a.Length), Duration: a.Duration,
	}
}

// largest picks by area, for no order is promised.
func largest(sizes []attachment) attachment {
	var most attachment
	for _, size := range sizes {
		if most.ID == "" || size.Width*size.Height > most.Width*most.Height {
			most = size
		}
	}
	return most
}
