package telegram

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// An album holds 2 to 10 items.
const (
	minAlbum = 2
	maxAlbum = 10
)

func (c *call) sendPhoto() (any, *apiError) { return c.sendOne("photo", "can_send_photos", "photos") }

func (c *call) sendDocument() (any, *apiError) {
	return c.sendOne("document", "can_send_documents", "documents")
}

func (c *call) sendOne(kind, right, called string) (any, *apiError) {
	f, err := c.caption(c.p.values["caption"], c.p.values["parse_mode"], c.p.values["caption_entities"])
	if err != nil {
		return nil, err
	}
	to, err := c.target(right, called)
	if err != nil {
		return nil, err
	}
	source, err := c.source(kind, c.p.values[kind], kind)
	if err != nil {
		return nil, err
	}
	if err := c.spend(to.group, 1); err != nil {
		return nil, err
	}
	m := c.post(to, f)
	m.Media = source.keep(c.s, kind)
	return to.group.wireMessage(m), nil
}

// mediaSource is a file to send: new bytes or the id of a known file.
type mediaSource struct {
	fresh *upload
	known *storedFile
}

// source finds the file of a parameter: a part of the same name, "attach://part", or a file_id.
func (c *call) source(kind, value, part string) (mediaSource, *apiError) {
	if name, ok := strings.CutPrefix(value, "attach://"); ok {
		part, value = name, ""
	}
	if f, ok := c.p.files[part]; ok {
		if len(f.Data) == 0 {
			return mediaSource{}, badRequest("file must be non-empty")
		}
		if kind == "photo" {
			if err := checkPhoto(f.Data); err != nil {
				return mediaSource{}, err
			}
		}
		return mediaSource{fresh: &f}, nil
	}
	if value == "" {
		return mediaSource{}, badRequest("there is no %s in the request", kind)
	}
	if f := c.s.world.Files[value]; f != nil {
		return mediaSource{known: f}, nil
	}
	if strings.Contains(value, "://") {
		return mediaSource{}, badRequest("failed to get HTTP URL content")
	}
	return mediaSource{}, errFileID
}

func (src mediaSource) keep(s *Server, kind string) *Media {
	if src.known != nil {
		return &Media{Kind: kind, Files: []FileRef{src.known.FileRef}}
	}
	return s.storeOwn(kind, *src.fresh)
}

// inputMedia is one item of sendMediaGroup.
type inputMedia struct {
	Type            string          `json:"type"`
	Media           string          `json:"media"`
	Caption         string          `json:"caption"`
	ParseMode       string          `json:"parse_mode"`
	CaptionEntities json.RawMessage `json:"caption_entities"`
	ShowAbove       bool            `json:"show_caption_above_media"`
	HasSpoiler      bool            `json:"has_spoiler"`
	DisableType     bool            `json:"disable_content_type_detection"`
	Thumbnail       string          `json:"thumbnail"`
}

func (c *call) sendMediaGroup() (any, *apiError) {
	var items []inputMedia
	if given, err := c.p.object("media", "media", &items); err != nil || !given {
		return nil, badRequest("can't parse media JSON object")
	}
	if err := checkAlbum(items); err != nil {
		return nil, err
	}
	right, called := "can_send_photos", "photos"
	if items[0].Type == "document" {
		right, called = "can_send_documents", "documents"
	}
	to, err := c.target(right, called)
	if err != nil {
		return nil, err
	}
	sources, captions, err := c.album(items)
	if err != nil {
		return nil, err
	}
	if err := c.spend(to.group, len(items)); err != nil {
		return nil, err
	}
	id := c.s.albumID()
	out := make([]*wireMessage, 0, len(items))
	for i, item := range items {
		m := c.post(to, captions[i])
		m.Media, m.MediaGroupID = sources[i].keep(c.s, item.Type), id
		out = append(out, to.group.wireMessage(m))
	}
	return out, nil
}

// albumID is a new media_group_id. The caller holds mu.
func (s *Server) albumID() string { return fmt.Sprintf("1%016d", s.rng.Int63n(1e15)) }

// albumFits tells whether a person's client could send these files together.
func albumFits(files []attached) bool {
	if len(files) < minAlbum {
		return true
	}
	sorts := map[string]int{}
	for _, f := range files {
		sorts[map[string]string{"photo": "seen", "video": "seen", "document": "document", "audio": "audio"}[f.kind]]++
	}
	return len(files) <= maxAlbum && len(sorts) == 1 && sorts[""] == 0
}

func checkAlbum(items []inputMedia) *apiError {
	if len(items) < minAlbum || len(items) > maxAlbum {
		return badRequest("media group must include 2-10 items")
	}
	documents := 0
	for _, item := range items {
		switch item.Type {
		case "document":
			documents++
		case "photo", "video", "audio":
		default:
			return badRequest("type of file mismatch")
		}
	}
	if documents > 0 && documents < len(items) {
		return badRequest("documents can't be mixed with other media types")
	}
	return nil
}

func (c *call) album(items []inputMedia) ([]mediaSource, []formatted, *apiError) {
	var sources []mediaSource
	var captions []formatted
	for _, item := range items {
		source, err := c.source(item.Type, item.Media, "")
		if err != nil {
			return nil, nil, err
		}
		caption, err := c.caption(item.Caption, item.ParseMode, string(item.CaptionEntities))
		if err != nil {
			return nil, nil, err
		}
		if markup.Blank(caption.text) {
			caption = formatted{}
		}
		sources, captions = append(sources, source), append(captions, caption)
	}
	return sources, captions, nil
}
