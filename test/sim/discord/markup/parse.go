package markup

import "strings"

// deepest is how far markup may be nested; what is nested deeper stays text.
const deepest = 12

// Parse reads a text.
func Parse(text string) []Node {
	var out []Node
	for text != "" {
		if block, rest, ok := codeBlock(text); ok {
			out, text = append(out, block), rest
			continue
		}
		if rest, ok := strings.CutPrefix(text, ">>> "); ok {
			return append(out, Node{Kind: Quote, Children: lines(rest)})
		}
		line, rest := nextLine(text)
		out, text = append(out, line...), rest
	}
	return join(out)
}

// lines reads what stands inside of a quote, which has headings and lists but no quotes.
func lines(text string) (out []Node) {
	for text != "" {
		line, rest := nextLine(text)
		out, text = append(out, line...), rest
	}
	return join(out)
}

// codeBlock reads ```…``` at the beginning of a text.
func codeBlock(text string) (Node, string, bool) {
	body, ok := strings.CutPrefix(text, "```")
	if !ok {
		return Node{}, text, false
	}
	code, rest, ok := strings.Cut(body, "```")
	if !ok || strings.TrimSpace(code) == "" {
		return Node{}, text, false
	}
	if first, more, multi := strings.Cut(code, "\n"); multi && !strings.ContainsAny(first, " \t") {
		code = more // the first line names a language
	}
	return Node{Kind: CodeBlock, Text: strings.Trim(code, "\n")}, strings.TrimPrefix(rest, "\n"), true
}

// nextLine reads up to and with the next line break, or up to a code block.
func nextLine(text string) ([]Node, string) {
	line, rest, broken := strings.Cut(text, "\n")
	if i := strings.Index(line, "```"); i > 0 && !escaped(line, i) {
		if _, _, ok := codeBlock(text[i:]); ok {
			line, rest, broken = text[:i], text[i:], false
		}
	}
	nodes := oneLine(line)
	if broken {
		nodes = append(nodes, Node{Kind: Text, Text: "\n"})
	}
	return nodes, rest
}

// oneLine reads a line with what only means something at its beginning.
func oneLine(line string) []Node {
	if rest, ok := strings.CutPrefix(line, "> "); ok {
		return []Node{{Kind: Quote, Children: oneLine(rest)}}
	}
	if rest, ok := strings.CutPrefix(line, "-# "); ok {
		return []Node{{Kind: Subtext, Children: inline(rest, 0)}}
	}
	for level, prefix := range []string{"# ", "## ", "### "} {
		if rest, ok := strings.CutPrefix(line, prefix); ok && strings.TrimSpace(rest) != "" {
			return []Node{{Kind: Heading, Level: level + 1, Children: inline(rest, 0)}}
		}
	}
	trimmed := strings.TrimLeft(line, " ")
	for _, prefix := range []string{"- ", "* "} {
		if rest, ok := strings.CutPrefix(trimmed, prefix); ok && strings.TrimSpace(rest) != "" {
			return []Node{{Kind: Item, Children: inline(rest, 0)}}
		}
	}
	return inline(line, 0)
}

// escaped says whether an odd number of backslashes stands before i.
func escaped(text string, i int) bool {
	n := 0
	for i > 0 && text[i-1] == '\\' {
		i--
		n++
	}
	return n%2 == 1
}

// join makes one of neighbouring texts.
func join(nodes []Node) []Node {
	var out []Node
	for _, n := range nodes {
		if last := len(out) - 1; n.Kind == Text && last >= 0 && out[last].Kind == Text {
			out[last].Text += n.Text
			continue
		}
		out = append(out, n)
	}
	return out
}
