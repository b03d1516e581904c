package telegram

import (
	"fmt"
	"slices"
	"strings"
	"time"

	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// piece is what one call shows of a post: a text, or files that stand together and their caption.
type piece struct {
	text   botapi.Part
	silent bool
	// buttons below; an album has none.
	buttons botapi.Keyboard
	// files: one, or an album; none for a text. pictures are shown as such.
	files    []*bellhopv1.Attachment
	pictures bool
}

// count is how many messages a piece is.
func (p piece) count() int { return max(1, len(p.files)) }

// within is how long it may take to send a piece: twice, where pictures must go as documents.
func (p piece) within() time.Duration {
	if len(p.files) == 0 {
		return 0
	}
	var bytes int64
	for _, a := range p.files {
		bytes += a.GetSize()
	}
	return 2 * botapi.TransferTime(bytes)
}

// pieces are what shows a post, in order: its files, then what their caption has no room for. So the messages that files are, of which
// there is always the same number, stand first whatever edits make of the text.
func (s *Sender) pieces(post deliver.Post) []piece {
	sent, named := s.sorted(post)
	t := s.text(post, named)
	var all []piece
	switch {
	case len(sent) == 0:
		all = texts(t, post.Plain)
	case t.Len() <= botapi.MaxCaption && (!post.Card || len(sent) == 1):
		all = albums(sent, caption(t, post.Plain))
	default:
		all = append(albums(sent, caption(header(post), post.Plain)), texts(t, post.Plain)...)
	}
	for i := range all {
		all[i].silent = len(post.Notices) > 0
	}
	if post.Card {
		all[len(all)-1].buttons = buttons(post.Record)
	}
	return all
}

// caption is a text that is short enough for one.
func caption(t *botapi.Text, plain bool) botapi.Part {
	if plain {
		return botapi.Part{Text: harmless(t.String(), botapi.MaxCaption)}
	}
	return botapi.Part{Text: t.String(), Entities: t.Entities()}
}

// texts are the messages that a text needs. One that is too long is cut at words, and numbered.
func texts(t *botapi.Text, plain bool) []piece {
	switch {
	case plain:
		return []piece{{text: botapi.Part{Text: harmless(t.String(), botapi.MaxText)}}}
	case t.Len() <= botapi.MaxText:
		return []piece{{text: botapi.Part{Text: t.String(), Entities: t.Entities()}}}
	}
	const number = 16 // room for "\n(12/34)"
	parts := t.Split(botapi.MaxText - number)
	out := make([]piece, len(parts))
	for i, part := range parts {
		part.Text = fmt.Sprintf("%s\n(%d/%d)", strings.TrimRight(part.Text, "\n"), i+1, len(parts))
		out[i].text = part
	}
	return out
}

// albums groups files, pictures before the rest, because Telegram does not mix them. The first group has the caption.
func albums(files []*bellhopv1.Attachment, words botapi.Part) []piece {
	var all []piece
	for _, pictures := range []bool{true, false} {
		alike := slices.DeleteFunc(slices.Clone(files), func(a *bellhopv1.Attachment) bool { return picture(a) != pictures })
		for group := range slices.Chunk(alike, botapi.MaxAlbum) {
			all = append(all, piece{files: group, pictures: pictures})
		}
	}
	all[0].text = words
	return all
}

// pictureTypes are what Telegram shows as a picture. A moving one would stand still.
var pictureTypes = []string{"image/jpeg", "image/png", "image/webp"}

func picture(a *bellhopv1.Attachment) bool { return slices.Contains(pictureTypes, a.GetMimeType()) }

// sorted tells the files of a post that are sent from those that are only named: too large for a bot, or not here.
func (s *Sender) sorted(post deliver.Post) (sent, named []*bellhopv1.Attachment) {
	var all []*bellhopv1.Attachment
	for _, m := range post.Messages {
		all = append(all, m.GetMessage().GetAttachments()...)
	}
	for _, n := range post.Notices {
		all = append(all, n.GetAttachments()...)
	}
	for _, a := range all {
		if s.files.Has(a) && a.GetSize() <= s.api.MaxUpload() {
			sent = append(sent, a)
		} else {
			named = append(named, a)
		}
	}
	return sent, named
}

// Plan sends every piece, or makes what stands into them: the messages that files are keep their files, and the first of them its
// caption; below, texts come and go.
func (s *Sender) Plan(post deliver.Post, shown []string) []deliver.Call {
	all := s.pieces(post)
	var calls []deliver.Call
	media, album := 0, 0 // messages, and pieces
	for _, p := range all {
		if len(p.files) > 0 {
			media, album = media+p.count(), album+1
		}
	}
	if len(shown) == 0 {
		for i, p := range all {
			calls = append(calls, deliver.Call{Do: deliver.Send, Part: i, Units: p.count(), Within: p.within()})
		}
		return calls
	}
	media = min(media, len(shown))
	if media > 0 {
		calls = append(calls, deliver.Call{Do: deliver.Edit, Part: 0, ID: shown[0]})
	}
	below := deliver.Texts(len(all)-album, shown[media:])
	for i := range below {
		if below[i].Do != deliver.Remove {
			below[i].Part += album
		}
	}
	return append(calls, below...)
}
