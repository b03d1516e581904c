package telegram

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/go-telegram/bot/models"
)

// What an album holds. https://core.telegram.org/bots/api#sendmediagroup
const (
	MinAlbum = 2
	MaxAlbum = 10
)

// slowest is how fast a transfer must be on the whole: slower ones are given up. In bytes per second.
const slowest = 64 << 10

// OutgoingFile is a file to be sent.
type OutgoingFile struct {
	Place
	File File
	// Caption has 0 to MaxCaption code points.
	Caption  string
	Entities []models.MessageEntity
	// ReplyTo, Silent and Keyboard are as in Outgoing.
	ReplyTo  int
	Silent   bool
	Keyboard Keyboard
}

type sendFile struct {
	Place
	Photo    string                 `json:"photo,omitempty"`
	Document string                 `json:"document,omitempty"`
	Caption  string                 `json:"caption,omitempty"`
	Entities []models.MessageEntity `json:"caption_entities,omitempty"`
	Silent   bool                   `json:"disable_notification,omitempty"`
	// NoGuess keeps a document what it is: Telegram would show some as something else.
	NoGuess bool             `json:"disable_content_type_detection,omitempty"`
	Reply   *replyParameters `json:"reply_parameters,omitempty"`
	Markup  *markup          `json:"reply_markup,omitempty"`
}

func (m OutgoingFile) wire() sendFile {
	return sendFile{
		Place: m.Place, Caption: m.Caption, Entities: m.Entities, Silent: m.Silent, Reply: replyTo(m.ReplyTo), Markup: m.Keyboard.wire(),
	}
}

// SendPhoto sends a picture, which Telegram encodes anew; what it can't show as one is KindMediaRefused, and may pass as a
// document. It counts against the group's budget.
func (c *Client) SendPhoto(ctx context.Context, m OutgoingFile) (Message, error) {
	wire := m.wire()
	if m.File.ID != "" {
		wire.Photo = m.File.ID
		return call[Message](ctx, c, "sendPhoto", wire)
	}
	return upload[Message](ctx, c, "sendPhoto", wire, []item{{part{"photo", m.File}, c.sizes.photo}})
}

// SendDocument sends a file, whose bytes stay as they are. It counts against the group's budget.
func (c *Client) SendDocument(ctx context.Context, m OutgoingFile) (Message, error) {
	wire := m.wire()
	if m.File.ID != "" {
		wire.Document = m.File.ID
		return call[Message](ctx, c, "sendDocument", wire)
	}
	wire.NoGuess = true
	return upload[Message](ctx, c, "sendDocument", wire, []item{{part{"document", m.File}, c.sizes.upload}})
}

// Album is MinAlbum to MaxAlbum files that are shown together. Documents stand with documents only.
type Album struct {
	Place
	Items   []AlbumItem
	ReplyTo int
	Silent  bool
}

// AlbumItem is one file of an album: a picture or a document. If only the first has a caption, it is the album's.
type AlbumItem struct {
	Photo    bool
	File     File
	Caption  string
	Entities []models.MessageEntity
}

type inputMedia struct {
	Type     string                 `json:"type"`
	Media    string                 `json:"media"`
	Caption  string                 `json:"caption,omitempty"`
	Entities []models.MessageEntity `json:"caption_entities,omitempty"`
	NoGuess  bool                   `json:"disable_content_type_detection,omitempty"`
}

// errAlbum is an album that Telegram would refuse.
var errAlbum = errors.New("an album has 2 to 10 files, and documents stand with documents only")

// SendMediaGroup sends an album, and answers its messages in order. Each counts against the group's budget.
func (c *Client) SendMediaGroup(ctx context.Context, album Album) ([]Message, error) {
	const method = "sendMediaGroup"
	if !album.valid() {
		return nil, c.failed(method, 0, errAlbum)
	}
	media, items := c.album(album)
	params := struct {
		Place
		Media  []inputMedia     `json:"media"`
		Silent bool             `json:"disable_notification,omitempty"`
		Reply  *replyParameters `json:"reply_parameters,omitempty"`
	}{album.Place, media, album.Silent, replyTo(album.ReplyTo)}
	if len(items) == 0 {
		return call[[]Message](ctx, c, method, params)
	}
	return upload[[]Message](ctx, c, method, params, items)
}

func (a Album) valid() bool {
	photos := 0
	for _, item := range a.Items {
		if item.Photo {
			photos++
		}
	}
	return len(a.Items) >= MinAlbum && len(a.Items) <= MaxAlbum && (photos == 0 || photos == len(a.Items))
}

// album names the files of an album, and lists those whose bytes must be sent.
func (c *Client) album(album Album) ([]inputMedia, []item) {
	media := make([]inputMedia, 0, len(album.Items))
	var items []item
	for i, one := range album.Items {
		in := inputMedia{Type: "document", Media: one.File.ID, Caption: one.Caption, Entities: one.Entities}
		limit := c.sizes.upload
		if one.Photo {
			in.Type, limit = "photo", c.sizes.photo
		}
		if one.File.ID == "" {
			name := "a" + strconv.Itoa(i)
			in.Media, in.NoGuess = "attach://"+name, !one.Photo
			items = append(items, item{part{name, one.File}, limit})
		}
		media = append(media, in)
	}
	return media, items
}

// item is a part and the most that it may have.
type item struct {
	part
	limit int64
}

// upload posts files, unless one is known to be too large.
func upload[R any](ctx context.Context, c *Client, method string, params any, items []item) (R, error) {
	var none R
	parts, total := make([]part, 0, len(items)), int64(0)
	for _, it := range items {
		if it.file.Size > it.limit {
			return none, c.failed(method, 0, &sizeError{it.file.Size, it.limit})
		}
		parts, total = append(parts, it.part), total+it.worst()
	}
	body, err := form(params, parts)
	if err != nil {
		return none, c.failed(method, 0, err)
	}
	return send[R](ctx, c, TransferTime(total), method, body)
}

// worst is a file's size, and the most that it may have where that is unknown.
func (it item) worst() int64 {
	if it.file.Size < 0 {
		return it.limit
	}
	return it.file.Size
}

// TransferTime is how long a call may take that carries so many bytes.
func TransferTime(bytes int64) time.Duration {
	return callTimeout + time.Duration(bytes/slowest)*time.Second
}
