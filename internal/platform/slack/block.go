package slack

import (
	"github.com/slack-go/slack"

	"github.com/bellhop-chat/bellhop/internal/label"
)

// Content is what a message shows: its blocks, and the text that notifications show instead of them.
type Content struct {
	// Text is escaped already. Never empty.
	Text string
	// Blocks may be empty; then the text is what is shown.
	Blocks []slack.Block
}

// Content is the text as a message. More blocks may be appended.
func (t *Text) Content() Content {
	content := Content{Text: escapeUpTo(t.String(), MaxFallback)}
	if elements := t.elements(); len(elements) > 0 {
		content.Blocks = []slack.Block{slack.NewRichTextBlock("", elements...)}
	}
	return content
}

// PlainContent is the text as a message without blocks, for when Slack refuses those; MaxFallback characters of it. Marks such as *stars*
// then act.
func (t *Text) PlainContent() Content { return Content{Text: escapeUpTo(t.String(), MaxFallback)} }

// elements are quotes, and sections of what stands between them.
func (t *Text) elements() []slack.RichTextElement {
	var elements []slack.RichTextElement
	var section []slack.RichTextSectionElement
	flush := func() {
		if len(section) > 0 {
			elements = append(elements, slack.NewRichTextSection(section...))
			section = nil
		}
	}
	for _, p := range t.pieces {
		if p.kind == quoted {
			flush()
			elements = append(elements, &slack.RichTextQuote{Type: slack.RTEQuote, Elements: p.elements()})
			continue
		}
		section = append(section, p.elements()...)
	}
	flush()
	return elements
}

// elements are the piece in portions that Slack takes; text that goes on in the next element is shown without a seam.
func (p piece) elements() []slack.RichTextSectionElement {
	switch p.kind {
	case link:
		return []slack.RichTextSectionElement{slack.NewRichTextSectionLinkElement(p.text, "", nil)}
	case picture:
		return []slack.RichTextSectionElement{slack.NewRichTextSectionEmojiElement(p.text, 0, nil)}
	}
	var portions []slack.RichTextSectionElement
	for rest := p.text; rest != ""; {
		end := cut(rest, MaxSection)
		portions = append(portions, slack.NewRichTextSectionTextElement(rest[:end], p.style.wire()))
		rest = rest[end:]
	}
	return portions
}

func (s style) wire() *slack.RichTextSectionTextStyle {
	switch s {
	case bold:
		return &slack.RichTextSectionTextStyle{Bold: true}
	case italic:
		return &slack.RichTextSectionTextStyle{Italic: true}
	case code:
		return &slack.RichTextSectionTextStyle{Code: true}
	}
	return nil
}

// Button is one that an operator can press.
type Button struct {
	// Action is what comes back when it is pressed, with Value.
	Action, Value, Label string
	// Danger makes it red.
	Danger bool
}

// What the buttons on a conversation's card do.
const (
	ActionClose  = "close"
	ActionReopen = "reopen"
	ActionRead   = "read"
)

// Buttons are a row of buttons. blockID comes back with a press; it is unique in a message.
func Buttons(blockID string, buttons ...Button) slack.Block {
	elements := make([]slack.BlockElement, 0, len(buttons))
	for _, b := range buttons {
		label := slack.NewTextBlockObject(slack.PlainTextType, label.Clip(b.Label, MaxButton), false, false)
		button := slack.NewButtonBlockElement(b.Action, b.Value, label)
		if b.Danger {
			button.Style = slack.StyleDanger
		}
		elements = append(elements, button)
	}
	return slack.NewActionBlock(blockID, elements...)
}

// Small is a line in small grey letters, exactly as given; at most MaxSection characters of it.
func Small(line string) slack.Block {
	text := slack.NewTextBlockObject(slack.PlainTextType, label.Clip(line, MaxSection), false, false)
	return slack.NewContextBlock("", text)
}
