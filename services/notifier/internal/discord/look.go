package discord

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/brief"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/shelf"
)

// Colours of frames, by who speaks in them.
const (
	blurple = 0x5865F2 // the visitor's card
	green   = 0x57F287 // the visitor
	yellow  = 0xFEE75C // an operator elsewhere
	grey    = 0x99AAB5 // everything else
)

// part is one message of a post.
type part struct {
	embeds []api.Embed
	silent bool
	files  []*bellhopv1.Attachment
}

// look is how posts are shown.
type look struct {
	// maxFile is the largest file that is sent along; 0 sends none, and lists them.
	maxFile int64
	files   shelf.Shelf
	// quotes: replies show what they answer, because here there are no replies.
	quotes bool
}

// parts are the messages that show a post, in order. A post with the card has one, or the card is the first of several.
func (l look) parts(post deliver.Post) []part {
	var rest []part
	switch {
	case len(post.Messages) > 0:
		rest = l.messages(post)
	case len(post.Notices) > 0:
		rest = l.notices(post)
	}
	if !post.Card {
		return rest
	}
	card := part{embeds: []api.Embed{l.card(post)}}
	if len(rest) == 1 && length(card.embeds)+length(rest[0].embeds) <= api.MaxEmbedTotal {
		rest[0].embeds = append(card.embeds, rest[0].embeds...)
		return rest
	}
	return append([]part{card}, rest...)
}

// framed cuts a text into frames, each in a message of its own, the first with the author above it.
func framed(t *api.Text, color int, author string) []part {
	pieces := t.Split(api.MaxDescription)
	if len(pieces) == 0 {
		pieces = []string{""}
	}
	parts := make([]part, len(pieces))
	for i, piece := range pieces {
		e := api.Embed{Description: piece, Color: color}
		if i == 0 && author != "" {
			e.Author = &api.EmbedAuthor{Name: author}
		}
		if len(pieces) > 1 {
			e.Footer = &api.EmbedFooter{Text: fmt.Sprintf("%d/%d", i+1, len(pieces))}
		}
		parts[i] = part{embeds: []api.Embed{e}}
	}
	return parts
}

// length is what Discord counts of embeds together.
func length(embeds []api.Embed) (n int) {
	for _, e := range embeds {
		n += utf8.RuneCountInString(e.Description)
		if e.Author != nil {
			n += utf8.RuneCountInString(e.Author.Name)
		}
		if e.Footer != nil {
			n += utf8.RuneCountInString(e.Footer.Text)
		}
	}
	return n
}

// address is what a server's filter may not take.
var address = regexp.MustCompile(`(?i)\bhttps?://\S+`)

// words adds what somebody wrote. Plain leaves out the addresses, for which Discord has refused it.
func words(t *api.Text, post deliver.Post, s string) {
	if post.Plain {
		s = address.ReplaceAllString(s, "(link left out)")
	}
	t.Verbatim(s)
}

// card is what is known of a visitor, one line each.
func (l look) card(post deliver.Post) api.Embed {
	t := new(api.Text).Plain("**" + brief.Headline + "**\n👤 ").Bold(brief.Visitor(post.Record))
	for _, line := range brief.Card(post.Record) {
		t.Plain("\n" + line.Icon + " ")
		words(t, post, line.Text)
	}
	t.Plain("\n🔖 ").Code(brief.Short(post.Record))
	t.Plain("\n" + brief.Hint)
	return api.Embed{Description: t.Split(api.MaxDescription)[0], Color: blurple}
}

// notices tell the team one thing below the other. One with a file stands alone.
func (l look) notices(post deliver.Post) []part {
	t := &api.Text{}
	var files []*bellhopv1.Attachment
	for i, n := range post.Notices {
		if i > 0 {
			t.Plain("\n")
		}
		told := brief.Tell(post.Record, n)
		t.Plain(told.Icon)
		if told.Name != "" {
			t.Plain(" ").Bold(told.Name)
		}
		if told.Words != "" {
			t.Plain(" " + told.Words)
		}
		if told.Code != "" {
			t.Plain("\n").Code(told.Code)
		}
		if told.Text != "" {
			t.Plain("\n")
			words(t, post, told.Text)
		}
		files = append(files, n.GetAttachments()...)
	}
	parts := l.attach(t, files, grey, "")
	for i := range parts {
		parts[i].silent = true
	}
	return parts
}
