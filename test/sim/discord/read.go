package discord

import (
	"encoding/json"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/discord/markup"
)

// Read is everything that a person reads in the message, from top to bottom: its text and its embeds, without their markup.
func (m Message) Read() string {
	lines := []string{m.Shown}
	for _, embed := range m.Embeds {
		for _, t := range embedTexts(embed) {
			if t.marked {
				t.text = markup.Plain(markup.Parse(t.text), nil)
			}
			lines = append(lines, t.text)
		}
	}
	read := lines[:0]
	for _, line := range lines {
		if line != "" {
			read = append(read, line)
		}
	}
	return strings.Join(read, "\n")
}

// Masked are the addresses of links that show other words than their address.
func (m Message) Masked() []string {
	found := masked(markup.Parse(m.Text))
	for _, embed := range m.Embeds {
		for _, t := range embedTexts(embed) {
			if t.marked {
				found = append(found, masked(markup.Parse(t.text))...)
			}
		}
	}
	return found
}

func masked(nodes []markup.Node) (addresses []string) {
	for _, n := range nodes {
		if n.Kind == markup.Link && markup.Plain(n.Children, nil) != n.URL {
			addresses = append(addresses, n.URL)
		}
		addresses = append(addresses, masked(n.Children)...)
	}
	return addresses
}

// embedText is one text of an embed. Markup means nothing in the names of authors and in footers.
type embedText struct {
	text   string
	marked bool
}

// embedTexts are an embed's texts from top to bottom.
func embedTexts(embed json.RawMessage) []embedText {
	var e struct {
		Title, Description string
		Author             struct{ Name string }
		Footer             struct{ Text string }
		Fields             []struct{ Name, Value string }
	}
	if json.Unmarshal(embed, &e) != nil {
		return nil
	}
	texts := []embedText{{e.Author.Name, false}, {e.Title, true}, {e.Description, true}}
	for _, field := range e.Fields {
		texts = append(texts, embedText{field.Name, true}, embedText{field.Value, true})
	}
	return append(texts, embedText{e.Footer.Text, false})
}
