package telegram

import (
	"html/template"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// textHTML renders a text with its entities. It cuts the text at every place where an entity begins or ends, and wraps
// each piece in all the entities that cover it, so that overlapping ones cannot break the nesting.
func textHTML(text string, entities []markup.Entity) template.HTML {
	units := utf16.Encode([]rune(text))
	cuts := []int{0, len(units)}
	for _, e := range entities {
		cuts = append(cuts, e.Offset, e.Offset+e.Length)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var out strings.Builder
	for i := 1; i < len(cuts); i++ {
		from, to := cuts[i-1], cuts[i]
		if from < 0 || to > len(units) {
			continue
		}
		piece := template.HTMLEscapeString(string(utf16.Decode(units[from:to])))
		for _, e := range slices.Backward(entities) {
			if e.Offset <= from && to <= e.Offset+e.Length {
				open, closing := tags(e)
				piece = open + piece + closing
			}
		}
		out.WriteString(piece)
	}
	return template.HTML(out.String())
}

func tags(e markup.Entity) (open, closing string) {
	switch e.Type {
	case "bold":
		return "<b>", "</b>"
	case "italic":
		return "<em class=\"slant\">", "</em>"
	case "underline":
		return "<u>", "</u>"
	case "strikethrough":
		return "<s>", "</s>"
	case "code", "pre":
		return "<code>", "</code>"
	case "spoiler":
		return `<span class="spoiler">`, "</span>"
	case "blockquote", "expandable_blockquote":
		return `<span class="quoted">`, "</span>"
	case "text_link":
		if !strings.HasPrefix(e.URL, "http://") && !strings.HasPrefix(e.URL, "https://") {
			return `<span class="token">`, "</span>"
		}
		return `<a href="` + template.HTMLEscapeString(e.URL) + `" target="_blank" rel="noopener noreferrer">`, "</a>"
	}
	return `<span class="token">`, "</span>"
}
