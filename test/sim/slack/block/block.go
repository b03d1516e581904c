package block

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// Limits of https://docs.slack.dev/reference/block-kit/blocks, in items and characters.
const (
	MaxBlocks    = 50
	MaxSection   = 3000
	MaxField     = 2000
	MaxFields    = 10
	MaxHeader    = 150
	MaxContext   = 10
	MaxActions   = 25
	MaxLabel     = 75 // of a button
	MaxValue     = 2000
	MaxID        = 255 // action_id, block_id
	MaxURL       = 3000
	MaxAlt       = 2000
	MaxMarkdown  = 12_000
	MaxPlaintext = 3000 // of a text object that has no limit of its own
)

// MaxTotal is from where on a message fails with msg_blocks_too_long. It stands in no document; it was measured
// (https://github.com/slackapi/bolt-js/issues/2509).
const MaxTotal = 13_200

// ErrFormat is for blocks that are no list of objects.
var ErrFormat = errors.New("block: not a list of blocks")

// Block is one block or element, as JSON has it.
type Block = map[string]any

// Button is what a person can press.
type Button struct {
	BlockID  string `json:"blockId"`
	ActionID string `json:"actionId"`
	Type     string `json:"type"`
	Text     string `json:"text"`
	Value    string `json:"value,omitempty"`
	Style    string `json:"style,omitempty"`
	URL      string `json:"url,omitempty"`
}

// Text is one text of a message in mrkdwn; Plain says that its markup is not meant as such.
type Text struct {
	Value string
	Plain bool
}

// Problem is one violation of the schema, in Slack's words.
type Problem struct{ Text, Pointer string }

func (p Problem) String() string { return p.Text + " [json-pointer:" + p.Pointer + "]" }

// Set is the blocks of one message.
type Set struct {
	JSON    json.RawMessage // with what Slack fills in
	Blocks  []Block
	Buttons []Button
	Texts   []Text // in the order in which they are read
	Size    int    // characters of all texts
}

// Parse reads the blocks of a message. newID makes ids for blocks without one. Problems and a Set may come together; with
// ErrFormat there is neither.
func Parse(raw []byte, newID func() string) (Set, []Problem, error) {
	var blocks []Block
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return Set{}, nil, errors.Join(ErrFormat, err)
	}
	c := &checker{newID: newID, blocks: map[string]bool{}}
	if len(blocks) > MaxBlocks {
		c.problem("/blocks", "no more than %d items allowed", MaxBlocks)
	}
	for i, b := range blocks {
		c.block(pointer("/blocks", i), b)
	}
	c.set.Blocks = blocks
	for _, t := range c.set.Texts {
		c.set.Size += utf8.RuneCountInString(mrkdwn.Unescape(t.Value))
	}
	out, err := json.Marshal(blocks)
	if err != nil {
		return Set{}, nil, errors.Join(ErrFormat, err)
	}
	if len(blocks) > 0 {
		c.set.JSON = out
	}
	return c.set, c.problems, nil
}
