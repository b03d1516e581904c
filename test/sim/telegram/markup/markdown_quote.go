package markup

import "strings"

// A MarkdownV2 block quotation is a run of lines that begin with ">". It always lies at the bottom of the stack, and
// may end with "||" to be expandable.

func (m *markdown) lineStart() bool {
	return m.pos == 0 || m.source[m.pos-1] == '\n'
}

func (m *markdown) inQuote() bool { return len(m.stack) == 1 && quote(m.stack[0].entity) }

// endsQuote says whether the "||" at the position ends the quotation.
func (m *markdown) endsQuote() bool {
	after := m.source[m.pos+2:]
	return after == "" || after[0] == '\n' && !strings.HasPrefix(after, "\n>")
}

func (m *markdown) quote() error {
	begin := m.pos
	m.pos++
	if len(m.stack) > 0 && quote(m.stack[0].entity) {
		return nil
	}
	if open := m.top(); open != nil {
		return unclosed(open)
	}
	m.stack = append(m.stack, openMark{
		mark: "\n", name: "BlockQuote", begin: begin, entity: Entity{Type: "blockquote", Offset: m.out.units},
	})
	return nil
}

func (m *markdown) newline() error {
	if !strings.HasPrefix(m.source[m.pos:], "\n>") {
		if err := m.closeQuote(); err != nil {
			return err
		}
	}
	return m.literal()
}

func (m *markdown) closeQuote() error {
	if len(m.stack) == 0 || !quote(m.stack[0].entity) {
		return nil
	}
	if len(m.stack) > 1 {
		return unclosed(m.top())
	}
	m.pop(0)
	return nil
}
