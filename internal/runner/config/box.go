package config

import "strings"

// boxWidth is the number of dashes in a rule, as PocketPing's setup guides have it.
const boxWidth = 61

// box draws text with a border on the left. There is none on the right, because the width of an emoji differs between terminals.
type box struct{ text strings.Builder }

func newBox(title string) *box {
	b := &box{}
	b.rule("┌", "┐")
	b.line(title)
	b.rule("├", "┤")
	b.line("")
	return b
}

func (b *box) rule(left, right string) {
	b.text.WriteString(left + strings.Repeat("─", boxWidth) + right + "\n")
}

func (b *box) line(text string) {
	if text == "" {
		b.text.WriteString("│\n")
		return
	}
	b.text.WriteString("│  " + text + "\n")
}

// paragraph writes lines and an empty one after them.
func (b *box) paragraph(lines ...string) {
	if len(lines) == 0 {
		return
	}
	for _, text := range lines {
		for one := range strings.SplitSeq(text, "\n") {
			b.line(one)
		}
	}
	b.line("")
}

func (b *box) String() string {
	return b.text.String() + "└" + strings.Repeat("─", boxWidth) + "┘\n"
}
