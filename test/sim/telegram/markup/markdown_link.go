package markup

import "strings"

// link reads "](url)".
func (m *markdown) link() error {
	open := *m.top()
	m.pos++
	if m.pos >= len(m.source) || m.source[m.pos] != '(' {
		if open.entity.Type == "custom_emoji" {
			return refuse("Custom emoji entity must contain a tg://emoji URL")
		}
		open.entity.URL = m.out.since(open.entity.Offset)
	} else if err := m.address(&open.entity); err != nil {
		return err
	}
	m.stack = m.stack[:len(m.stack)-1]
	if open.entity.URL != "" || open.entity.CustomEmojiID != "" {
		m.out.close(open.entity)
	}
	return nil
}

func (m *markdown) address(e *Entity) error {
	begin := m.pos
	var url strings.Builder
	for m.pos++; m.pos < len(m.source) && m.source[m.pos] != ')'; m.pos++ {
		if m.source[m.pos] == '\\' && m.pos+1 < len(m.source) && m.source[m.pos+1] < 127 {
			m.pos++
		}
		url.WriteByte(m.source[m.pos])
	}
	if m.pos >= len(m.source) {
		return refuse("Can't find end of a URL at byte offset %d", begin)
	}
	m.pos++
	if e.Type == "text_link" {
		e.URL = url.String()
		return nil
	}
	id, ok := strings.CutPrefix(url.String(), "tg://emoji?id=")
	if !ok || id == "" {
		return refuse("Custom emoji URL must have an emoji identifier")
	}
	e.CustomEmojiID = id
	return nil
}
