package markup

import (
	"strings"
	"unicode/utf8"
)

// markdown parses the MarkdownV2 parse mode. Positions in its errors are byte offsets in the source.
type markdown struct {
	source string
	pos    int
	out    builder
	stack  []openMark
}

type openMark struct {
	mark   string
	name   string // as errors call it
	begin  int
	entity Entity
}

const reserved = "_*[]()~`>#+-=|{}.!"

// marks are tried in order, so that "__" wins over "_" and "```" over "`".
var marks = []openMark{
	{mark: "```", name: "Pre", entity: Entity{Type: "pre"}},
	{mark: "`", name: "Code", entity: Entity{Type: "code"}},
	{mark: "__", name: "Underline", entity: Entity{Type: "underline"}},
	{mark: "_", name: "Italic", entity: Entity{Type: "italic"}},
	{mark: "*", name: "Bold", entity: Entity{Type: "bold"}},
	{mark: "~", name: "Strikethrough", entity: Entity{Type: "strikethrough"}},
	{mark: "||", name: "Spoiler", entity: Entity{Type: "spoiler"}},
	{mark: "![", name: "CustomEmoji", entity: Entity{Type: "custom_emoji"}},
	{mark: "[", name: "TextUrl", entity: Entity{Type: "text_link"}},
}

func (m *markdown) run() (*builder, error) {
	for m.pos < len(m.source) {
		if err := m.step(); err != nil {
			return nil, err
		}
	}
	if err := m.closeQuote(); err != nil {
		return nil, err
	}
	if open := m.top(); open != nil {
		return nil, unclosed(open)
	}
	return &m.out, nil
}

func unclosed(open *openMark) error {
	return refuse("Can't find end of %s entity at byte offset %d", open.name, open.begin)
}

func (m *markdown) top() *openMark {
	if len(m.stack) == 0 {
		return nil
	}
	return &m.stack[len(m.stack)-1]
}

func (m *markdown) step() error {
	rest := m.source[m.pos:]
	open := m.top()
	switch {
	case rest[0] == '\\' && len(rest) > 1 && rest[1] > 0 && rest[1] < 127:
		m.out.rune(rune(rest[1]))
		m.pos += 2
		return nil
	case open != nil && open.entity.literal():
		if strings.HasPrefix(rest, open.mark) {
			m.pop(len(open.mark))
			return nil
		}
		return m.literal()
	case rest[0] == '\n':
		return m.newline()
	case !strings.ContainsRune(reserved, rune(rest[0])):
		return m.literal()
	}
	return m.markup(rest)
}

func (m *markdown) literal() error {
	r, size := utf8.DecodeRuneInString(m.source[m.pos:])
	m.out.rune(r)
	m.pos += size
	return nil
}

func (m *markdown) markup(rest string) error {
	if rest[0] == '>' && m.lineStart() {
		return m.quote()
	}
	if open := m.top(); open != nil {
		switch {
		case rest[0] == ']' && strings.HasSuffix(open.mark, "["):
			return m.link()
		case m.closes(open, rest):
			m.pop(len(open.mark))
			return nil
		}
	}
	if strings.HasPrefix(rest, "||") && m.inQuote() && m.endsQuote() {
		m.top().entity.Type = "expandable_blockquote"
		m.pos += 2
		return nil
	}
	for _, mark := range marks {
		if strings.HasPrefix(rest, mark.mark) {
			return m.open(mark)
		}
	}
	return refuse("Character '%c' is reserved and must be escaped with the preceding '\\'", rest[0])
}

// closes follows the server's greed: "__" is always underline, even right after an italic text.
func (m *markdown) closes(open *openMark, rest string) bool {
	if strings.HasSuffix(open.mark, "[") || open.mark == "_" && strings.HasPrefix(rest, "__") {
		return false
	}
	return strings.HasPrefix(rest, open.mark)
}

func (m *markdown) open(mark openMark) error {
	mark.begin, mark.entity.Offset = m.pos, m.out.units
	m.pos += len(mark.mark)
	if mark.entity.Type == "pre" {
		mark.entity.Language = m.language()
	}
	m.stack = append(m.stack, mark)
	return nil
}

// language reads the word after ``` if a line break follows it; otherwise that word is part of the code.
func (m *markdown) language() string {
	end := m.pos
	for end < len(m.source) && !isSpace(m.source[end]) && m.source[end] != '`' {
		end++
	}
	if end == len(m.source) || m.source[end] != '\n' {
		return ""
	}
	language := m.source[m.pos:end]
	m.pos = end + 1
	return language
}

func (m *markdown) pop(size int) {
	open := m.top()
	m.stack = m.stack[:len(m.stack)-1]
	m.out.close(open.entity)
	m.pos += size
}
