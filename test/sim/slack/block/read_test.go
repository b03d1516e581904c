package block

import "testing"

func TestBlocksAreReadWithoutTheirLooks(t *testing.T) {
	for raw, want := range map[string]string{
		`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"emoji","name":"white_check_mark"},
			{"type":"text","text":" Closed by "},{"type":"text","text":"Olga","style":{"bold":true}},{"type":"text","text":"\n*as typed*"}]}]},
			{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Reopen"}}]}]`: "✅ Closed by Olga\n*as typed*",
		`[{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":"a\nb"}]},
			{"type":"rich_text_section","elements":[{"type":"link","url":"https://a.example"},{"type":"link","url":"https://a.example","text":"b"}]}]}]`: "> a\n> b\nhttps://a.exampleb",
		`[{"type":"section","text":{"type":"mrkdwn","text":"1 &lt; 2"}},{"type":"context","elements":[{"type":"plain_text","text":"small"}]}]`: "1 < 2\nsmall",
		`no blocks`: "",
	} {
		if got := Read([]byte(raw)); got != want {
			t.Errorf("%s\nreads %q, want %q", raw, got, want)
		}
	}
}
