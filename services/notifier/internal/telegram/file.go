package telegram

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// source is a file to be sent.
func (s *Sender) source(a *bellhopv1.Attachment) botapi.File {
	return botapi.File{Name: a.GetFilename(), MIME: a.GetMimeType(), Size: a.GetSize(), Open: func(ctx context.Context) (io.ReadCloser, error) {
		return s.files.Open(ctx, a)
	}}
}

// sendPiece makes one call, and another where Telegram does not take files as they are: pictures as documents, and what it takes
// in no way is named in a text. It answers the ids of the messages that stand.
func (s *Sender) sendPiece(ctx context.Context, place botapi.Place, p piece, replyTo int) ([]string, error) {
	ids, err := s.try(ctx, place, p, replyTo)
	if p.pictures && unfit(err) {
		p.pictures = false
		ids, err = s.try(ctx, place, p, replyTo)
	}
	if len(p.files) > 0 && lost(err) {
		ids, err = s.try(ctx, place, s.named(p), replyTo)
	}
	return ids, err
}

// unfit tells of pictures that may pass as documents.
func unfit(err error) bool {
	return slices.Contains([]botapi.Kind{botapi.KindMediaRefused, botapi.KindFileTooBig, botapi.KindMediaForbidden}, botapi.KindOf(err))
}

// lost tells of files that will never pass.
func lost(err error) bool { return unfit(err) || errors.Is(err, shelf.ErrGone) }

// named is a text in the place of files.
func (s *Sender) named(p piece) piece {
	t := new(botapi.Text)
	s.attachments(t, p.files)
	lines, before := t.String(), len(utf16.Encode([]rune(p.text.Text)))
	if before == 0 {
		lines, before = strings.TrimPrefix(lines, "\n"), -1
	}
	part := botapi.Part{Text: p.text.Text + lines, Entities: slices.Clone(p.text.Entities)}
	for _, e := range t.Entities() {
		e.Offset += before
		part.Entities = append(part.Entities, e)
	}
	return piece{text: part, silent: p.silent, buttons: p.buttons}
}

// try makes one call.
func (s *Sender) try(ctx context.Context, place botapi.Place, p piece, replyTo int) ([]string, error) {
	switch len(p.files) {
	case 0:
		return one(s.api.SendMessage(ctx, botapi.Outgoing{
			Place: place, Text: p.text.Text, Entities: p.text.Entities, Silent: p.silent, ReplyTo: replyTo, Keyboard: p.buttons,
		}))
	case 1:
		send := s.api.SendDocument
		if p.pictures {
			send = s.api.SendPhoto
		}
		return one(send(ctx, botapi.OutgoingFile{
			Place: place, File: s.source(p.files[0]), Caption: p.text.Text, Entities: p.text.Entities, Silent: p.silent,
			ReplyTo: replyTo, Keyboard: p.buttons,
		}))
	}
	album := botapi.Album{Place: place, ReplyTo: replyTo, Silent: p.silent}
	for _, a := range p.files {
		album.Items = append(album.Items, botapi.AlbumItem{Photo: p.pictures, File: s.source(a)})
	}
	album.Items[0].Caption, album.Items[0].Entities = p.text.Text, p.text.Entities
	sent, err := s.api.SendMediaGroup(ctx, album)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(sent))
	for i, m := range sent {
		ids[i] = strconv.Itoa(m.ID)
	}
	return ids, nil
}

func one(sent botapi.Message, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	return []string{strconv.Itoa(sent.ID)}, nil
}

// Send sends a piece of a post to a topic.
func (s *Sender) Send(ctx context.Context, at deliver.Place, post deliver.Post, part int) ([]string, error) {
	place := s.place(at)
	replyTo := 0
	if ids := post.ReplyTo.GetIds(); len(ids) > 0 && part == 0 {
		replyTo = int(number(ids[len(ids)-1]))
	}
	ids, err := s.sendPiece(ctx, place, s.piece(post, part), replyTo)
	if err != nil {
		return nil, textual(s.failure(place.Chat, err), post)
	}
	return ids, nil
}

// piece is one piece of a post; the last one if what was planned has become shorter.
func (s *Sender) piece(post deliver.Post, part int) piece {
	all := s.pieces(post)
	return all[min(part, len(all)-1)]
}

// Edit replaces a message's text, or a file's caption.
func (s *Sender) Edit(ctx context.Context, at *bellhopv1.PlatformMessage, post deliver.Post, part int) error {
	chat := s.current(number(at.GetChat()))
	p := s.piece(post, part)
	edit := botapi.TextEdit{
		MessageRef: botapi.MessageRef{Chat: chat, ID: int(number(at.GetIds()[0]))}, Text: p.text.Text, Entities: p.text.Entities, Keyboard: p.buttons,
	}
	if len(p.files) == 0 {
		return textual(s.failure(chat, s.api.EditMessageText(ctx, edit)), post)
	}
	err := s.api.EditMessageCaption(ctx, edit)
	if botapi.KindOf(err) == botapi.KindImmutable { // the file could not be sent, and a text stands in its place
		instead := s.named(p)
		edit.Text, edit.Entities = instead.text.Text, instead.text.Entities
		err = s.api.EditMessageText(ctx, edit)
	}
	return textual(s.failure(chat, err), post)
}
