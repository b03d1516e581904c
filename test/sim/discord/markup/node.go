package markup

import "strings"

// Kind says what a node is.
type Kind string

// The kinds of nodes. Leaves have Text; the others have Children.
const (
	Text      Kind = "text"
	Code      Kind = "code"      // leaf: the code, without the backticks
	CodeBlock Kind = "codeblock" // leaf
	Bold      Kind = "bold"
	Italic    Kind = "italic"
	Underline Kind = "underline"
	Strike    Kind = "strike"
	Spoiler   Kind = "spoiler"
	Quote     Kind = "quote"
	Heading   Kind = "heading" // of Level 1 to 3
	Subtext   Kind = "subtext"
	Item      Kind = "item" // of a list
	Link      Kind = "link" // [children](URL): a text that may hide where it leads
	URL       Kind = "url"  // leaf: an address that shows itself
	User      Kind = "user" // leaf: ID
	Role      Kind = "role"
	Channel   Kind = "channel"
	Everyone  Kind = "everyone" // leaf: Text is @everyone or @here
	Emoji     Kind = "emoji"    // leaf: a custom one, Text is its name
	Timestamp Kind = "timestamp"
	Command   Kind = "command"
)

// Node is one piece of a text.
type Node struct {
	Kind     Kind   `json:"kind"`
	Text     string `json:"text,omitempty"`
	ID       string `json:"id,omitempty"`
	URL      string `json:"url,omitempty"`
	Level    int    `json:"level,omitempty"`
	Children []Node `json:"children,omitempty"`
}

// Plain is what a person reads. name gives a mention's words (kind, id); nil leaves the id.
func Plain(nodes []Node, name func(Kind, string) string) string {
	var out strings.Builder
	for _, n := range nodes {
		n.plain(&out, name)
	}
	return out.String()
}

func (n Node) plain(out *strings.Builder, name func(Kind, string) string) {
	switch n.Kind {
	case User, Role, Channel:
		if name != nil {
			out.WriteString(name(n.Kind, n.ID))
		} else {
			out.WriteString(n.ID)
		}
	case Emoji:
		out.WriteString(":" + n.Text + ":")
	case Item:
		out.WriteString("• ")
	default:
		out.WriteString(n.Text)
	}
	for _, child := range n.Children {
		child.plain(out, name)
	}
}

// Has says whether any node is of that kind.
func Has(nodes []Node, kind Kind) bool {
	for _, n := range nodes {
		if n.Kind == kind || Has(n.Children, kind) {
			return true
		}
	}
	return false
}
