package markup

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads text in a parse mode ("", HTML or MarkdownV2, in any case) into plain text and entities.
func Parse(mode, text string) (string, []Entity, error) {
	if !utf8.ValidString(text) {
		return "", nil, ErrEncoding
	}
	switch strings.ToLower(mode) {
	case "", "none":
		return text, nil, nil
	case "html":
		return parseWith((&html{source: text}).run)
	case "markdownv2":
		return parseWith((&markdown{source: text}).run)
	default:
		return "", nil, fmt.Errorf("unsupported parse_mode")
	}
}

func parseWith(run func() (*builder, error)) (string, []Entity, error) {
	out, err := run()
	if err != nil {
		return "", nil, fmt.Errorf("can't parse entities: %w", err)
	}
	sortEntities(out.entities)
	return out.text.String(), out.entities, nil
}

// builder collects the plain text, its length in UTF-16 units, and the finished entities.
type builder struct {
	text     strings.Builder
	units    int
	entities []Entity
}

func (b *builder) rune(r rune) {
	b.text.WriteRune(r)
	b.units += width(r)
}

func (b *builder) close(e Entity) {
	e.Length = b.units - e.Offset
	if e.Length > 0 {
		b.entities = append(b.entities, e)
	}
}

// since returns the plain text from a UTF-16 offset on.
func (b *builder) since(offset int) string {
	at := 0
	for i, r := range b.text.String() {
		if at >= offset {
			return b.text.String()[i:]
		}
		at += width(r)
	}
	return ""
}

// refuse words a refusal as the server does, which begins with a capital.
func refuse(format string, args ...any) error { return fmt.Errorf(format, args...) }
