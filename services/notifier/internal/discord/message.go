package discord

import (
	"github.com/bellhop-chat/bellhop/internal/label"
	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

// messages shows one message, or a visitor's texts that waited together.
func (l look) messages(post deliver.Post) []part {
	first := post.Messages[0]
	icon, name := brief.Author(post.Record, first)
	author := label.Clip(icon+" "+name, api.MaxAuthor-4)
	t := &api.Text{}
	if l.quotes && post.Quoted != nil {
		who, what := brief.Quote(post.Quoted)
		t.Plain("> ").Bold(who).Plain(": ")
		words(t, post, what)
		t.Plain("\n")
	}
	var files []*bellhopv1.Attachment
	if len(post.Messages) > 1 {
		several(t, post)
	} else {
		if first.GetMessage().GetEditedAt() != nil {
			author += " " + brief.Edited
		}
		words(t, post, first.GetMessage().GetContent())
		files = first.GetMessage().GetAttachments()
	}
	return l.attach(t, files, color(first), author)
}

func color(m *sessionsv1.MessageRecord) int {
	switch m.GetMessage().GetSender() {
	case "visitor":
		return green
	case "operator":
		return yellow
	}
	return grey
}

// several are a visitor's texts that waited together. Each but the first says how much later it was written.
func several(t *api.Text, post deliver.Post) {
	begun := post.Messages[0].GetMessage().GetTimestamp().AsTime()
	for i, m := range post.Messages {
		if i > 0 {
			t.Plain("\n*" + brief.Later(m.GetMessage().GetTimestamp().AsTime().Sub(begun)) + "* ")
		}
		if m.GetMessage().GetEditedAt() != nil {
			t.Plain(brief.Edited + " ")
		}
		words(t, post, m.GetMessage().GetContent())
	}
}

// maxRequest is how many bytes of files go along with one message. A request has at most 25 MiB, of which some are not the files'.
// https://discord.com/developers/docs/reference#uploading-files
const maxRequest = 24 << 20

// attach adds files: those that Discord takes go along with the last of the frames and with messages of their own, the others are listed.
func (l look) attach(t *api.Text, files []*bellhopv1.Attachment, color int, author string) []part {
	var batches [][]*bellhopv1.Attachment
	var bytes int64
	for _, file := range files {
		if !l.files.Has(file) || file.GetSize() > min(l.maxFile, maxRequest) {
			l.list(t, file)
			continue
		}
		last := len(batches) - 1
		if last < 0 || len(batches[last]) == api.MaxFiles || bytes+file.GetSize() > maxRequest {
			batches, bytes, last = append(batches, nil), 0, last+1
		}
		batches[last] = append(batches[last], file)
		bytes += file.GetSize()
	}
	parts := framed(t, color, author)
	for i, batch := range batches {
		if i > 0 {
			parts = append(parts, part{})
		}
		parts[len(parts)-1].files = batch
	}
	return parts
}

// list names a file that does not go along, and where it is.
func (l look) list(t *api.Text, file *bellhopv1.Attachment) {
	if t.Len() > 0 {
		t.Plain("\n")
	}
	t.Plain("📎 ").Verbatim(brief.File(file))
	const most = 500
	if at := l.files.Address(file); at != "" && len(at) <= most {
		t.Plain("\n").Verbatim(at)
	}
}

// Why files are only named.
const (
	tooLarge = "⚠️ Discord does not take files of this size here"
	noFile   = "⚠️ The file could not be read"
	noRight  = "⚠️ The bot may not attach files here"
)

// withoutFiles is a part whose files are listed instead of sent.
func (l look) withoutFiles(p part, why string) part {
	t := &api.Text{}
	for _, file := range p.files {
		l.list(t, file)
	}
	t.Plain("\n" + why)
	listed := api.Embed{Description: t.Split(api.MaxDescription)[0], Color: grey}
	if length(append(p.embeds[:len(p.embeds):len(p.embeds)], listed)) > api.MaxEmbedTotal {
		listed.Description = why
	}
	p.embeds, p.files = append(p.embeds[:len(p.embeds):len(p.embeds)], listed), nil
	return p
}
