package discord

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// maxEmbedTotal is what all texts of all embeds of a message may have together.
const maxEmbedTotal = 6000

// readEmbeds checks the embeds' texts and keeps their JSON.
func readEmbeds(f *form) (embeds []json.RawMessage, given bool) {
	forms, given := f.objects("embeds", maxEmbeds)
	total := 0
	for _, e := range forms {
		total += countEmbed(e)
		embeds = append(embeds, embedJSON(e))
	}
	if total > maxEmbedTotal {
		f.fail("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
	}
	if f.isNull("embeds") {
		given = true
	}
	return embeds, given
}

// embedJSON is the embed as it comes back: with its type.
func embedJSON(e *form) json.RawMessage {
	fields := make(map[string]json.RawMessage, len(e.raw)+1)
	for name, value := range e.raw {
		fields[name] = value
	}
	fields["type"] = raw("rich")
	return raw(fields)
}

// countEmbed checks one embed and returns how many characters it has.
func countEmbed(e *form) int {
	total := 0
	count := func(f *form, name string, most int) {
		value, _ := f.text(name, most)
		total += utf8.RuneCountInString(value)
	}
	count(e, "title", 256)
	count(e, "description", 4096)
	e.text("url", 2048)
	if color, given := e.integer("color"); given && (color < 0 || color > 0xffffff) {
		e.fail("color", "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
	}
	if footer := e.object("footer"); footer != nil {
		count(footer, "text", 2048)
		footer.ignore("icon_url")
	}
	if author := e.object("author"); author != nil {
		count(author, "name", 256)
		author.ignore("url", "icon_url")
	}
	fields, _ := e.objects("fields", 25)
	for _, field := range fields {
		name, _ := field.name("name", 256, true)
		value, _ := field.name("value", 1024, true)
		total += utf8.RuneCountInString(name) + utf8.RuneCountInString(value)
		field.flag("inline")
	}
	e.ignore("type", "timestamp", "image", "thumbnail", "video", "provider")
	return total
}

// embedHas says whether a text of the embed contains part.
func embedHas(embed json.RawMessage, part string) bool {
	for _, t := range embedTexts(embed) {
		if strings.Contains(t.text, part) {
			return true
		}
	}
	return false
}
