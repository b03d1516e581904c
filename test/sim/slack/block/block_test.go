package block_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ids() func() string {
	n := 0
	return func() string {
		n++
		return fmt.Sprint("id", n)
	}
}

func section(n int) string {
	return `{"type":"section","text":{"type":"plain_text","text":"` + strings.Repeat("x", n) + `"}}`
}

func buttons(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"type":"button","action_id":"a%d","text":{"type":"plain_text","text":"b"}}`, i))
	}
	return `{"type":"actions","elements":[` + strings.Join(list, ",") + `]}`
}

func TestLimitsAreThoseOfTheSchema(t *testing.T) {
	cases := []struct{ blocks, problem string }{
		{section(3000), ""},
		{section(3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{section(0), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"},
		{strings.TrimSuffix(strings.Repeat(section(1)+",", 50), ","), ""},
		{strings.TrimSuffix(strings.Repeat(section(1)+",", 51), ","), "no more than 50 items allowed [json-pointer:/blocks]"},
		{buttons(25), ""},
		{buttons(26), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"},
		{`{"type":"header","text":{"type":"plain_text","text":"` + strings.Repeat("x", 151) + `"}}`, "must be less than 151 characters"},
		{`{"type":"header","text":{"type":"mrkdwn","text":"x"}}`, "must be one of: plain_text"},
		{`{"type":"header","text":"x"}`, "must provide an object [json-pointer:/blocks/0/text]"},
		{`{"type":"section"}`, "missing required field: text"},
		{`{"type":"section","text":{"type":"plain_text","text":"x"},"colour":"red"}`, "invalid additional property: colour"},
		{`{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}`, "invalid additional property: verbatim"},
		{`{"type":"poem"}`, "unsupported type: poem [json-pointer:/blocks/0]"},
		{`{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}`, "block_id already exists"},
		{`{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"x"}},
		  {"type":"button","action_id":"a","text":{"type":"plain_text","text":"y"}}]}`, "`action_id` \"a\" already exists"},
		{`{"type":"actions","elements":[{"type":"button","action_id":"a","style":"green","text":{"type":"plain_text","text":"x"}}]}`, "must be one of: primary, danger"},
		{`{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"` + strings.Repeat("x", 76) + `"}}]}`, "must be less than 76"},
		{`{"type":"actions","elements":[{"type":"button","action_id":"a","value":"` + strings.Repeat("x", 2001) + `","text":{"type":"plain_text","text":"x"}}]}`, "must be less than 2001"},
		{`{"type":"context","elements":[]}`, "no fewer than 1 items allowed"},
		{`{"type":"image","image_url":"https://x.example/a.png"}`, "missing required field: alt_text"},
	}
	for _, c := range cases {
		_, problems, err := block.Parse([]byte("["+c.blocks+"]"), ids())
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(problems)
		if c.problem == "" && len(problems) > 0 || !strings.Contains(got, c.problem) {
			t.Errorf("%.120s: got %s, want %q", c.blocks, got, c.problem)
		}
	}
}

func TestWhatIsNoListIsRefusedAsAWhole(t *testing.T) {
	for _, raw := range []string{`{}`, `"x"`, `[1]`, `x`} {
		if _, _, err := block.Parse([]byte(raw), ids()); !errors.Is(err, block.ErrFormat) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestTextsButtonsAndFilledInFields(t *testing.T) {
	raw := `[{"type":"section","text":{"type":"mrkdwn","text":"*hi* <@U1>"}},
	 {"type":"section","block_id":"s","text":{"type":"plain_text","text":"<!channel>"}},
	 {"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a<b","style":{"bold":true}},
	  {"type":"broadcast","range":"here"},{"type":"link","url":"https://x.example"}]},
	  {"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"one"}]}]}]},
	 {"type":"actions","block_id":"conv","elements":[{"type":"button","action_id":"close","style":"danger","text":{"type":"plain_text","text":"Close"},"value":"9fK2"}]}]`
	set, problems, err := block.Parse([]byte(raw), ids())
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	want := []block.Text{
		{Value: "*hi* <@U1>"}, {Value: "&lt;!channel&gt;", Plain: true},
		{Value: "a&lt;b<!here><https://x.example>\n• one"}, {Value: "Close", Plain: true},
	}
	if fmt.Sprint(set.Texts) != fmt.Sprint(want) {
		t.Fatalf("texts %v", set.Texts)
	}
	if len(set.Buttons) != 1 || set.Buttons[0] != (block.Button{BlockID: "conv", ActionID: "close", Type: "button", Text: "Close", Value: "9fK2", Style: "danger"}) {
		t.Fatalf("buttons %+v", set.Buttons)
	}
	for _, filled := range []string{`"block_id":"id1"`, `"verbatim":false`, `"emoji":true`} {
		if !strings.Contains(string(set.JSON), filled) {
			t.Errorf("%s is missing in %s", filled, set.JSON)
		}
	}
}

// FuzzParse checks that no JSON breaks the checker and that what it accepts it accepts again.
func FuzzParse(f *testing.F) {
	f.Add([]byte("[" + section(3) + "," + buttons(2) + "]"))
	f.Add([]byte(`[{"type":"section","text":{"type":"mrkdwn","text":"x"},"fields":[1],"accessory":{"type":"image"}},null]`))
	f.Add([]byte(`[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[null,{"type":"emoji"}]}]},{"type":"input","label":[{}]}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		set, problems, err := block.Parse(raw, ids())
		if err != nil || len(problems) > 0 || set.JSON == nil {
			return
		}
		again, problems, err := block.Parse(set.JSON, ids())
		if err != nil || len(problems) > 0 || string(again.JSON) != string(set.JSON) || !json.Valid(again.JSON) {
			t.Fatalf("%s became %s: %v %v", raw, set.JSON, problems, err)
		}
	})
}
