package block

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// checker walks the blocks of one message.
type checker struct {
	newID    func() string
	blocks   map[string]bool // block ids
	actions  map[string]bool // action ids of the present block
	blockID  string
	set      Set
	problems []Problem
}

func pointer(parent string, at any) string { return fmt.Sprint(parent, "/", at) }

func (c *checker) problem(at, format string, args ...any) {
	c.problems = append(c.problems, Problem{Text: fmt.Sprintf(format, args...), Pointer: at})
}

// allowed names the properties of what is checked strictly; of other kinds anything goes.
var allowed = map[string][]string{
	"section":    {"text", "fields", "accessory", "expand"},
	"header":     {"text", "level"},
	"divider":    {},
	"context":    {"elements"},
	"actions":    {"elements"},
	"image":      {"image_url", "slack_file", "alt_text", "title"},
	"rich_text":  {"elements"},
	"markdown":   {"text"},
	"button":     {"text", "action_id", "url", "value", "style", "confirm", "accessibility_label"},
	"plain_text": {"text", "emoji"},
	"mrkdwn":     {"text", "verbatim"},
}

// loose are kinds of blocks that exist and are not checked.
var loose = []string{"input", "file", "video", "call", "table", "context_actions", "alert", "card", "carousel", "plan", "task_card"}

func (c *checker) block(at string, b Block) {
	kind, _ := b["type"].(string)
	if b == nil || kind == "" {
		c.problem(at, "missing required field: type")
		return
	}
	c.identify(at, b)
	c.actions = map[string]bool{}
	if slices.Contains(loose, kind) {
		c.loose(b)
		return
	}
	c.properties(at, kind, b, "block_id")
	switch kind {
	case "section":
		c.section(at, b)
	case "header":
		c.require(at, b, "text", MaxHeader, "plain_text")
	case "divider":
	case "context":
		c.each(at, b, "elements", MaxContext, c.contextElement)
	case "actions":
		c.each(at, b, "elements", MaxActions, c.interactive)
	case "image":
		c.image(at, b)
	case "rich_text":
		c.set.Texts = append(c.set.Texts, Text{Value: richText(b)})
	case "markdown":
		c.markdown(at, b)
	default:
		c.problem(at, "unsupported type: %s", kind)
	}
}

// identify checks the block's id, or gives it one.
func (c *checker) identify(at string, b Block) {
	id, _ := b["block_id"].(string)
	if id == "" {
		id = c.newID()
		b["block_id"] = id
	}
	if utf8.RuneCountInString(id) > MaxID {
		c.problem(pointer(at, "block_id"), "must be less than %d characters", MaxID+1)
	}
	if c.blocks[id] {
		c.problem(pointer(at, "block_id"), "block_id already exists")
	}
	c.blocks[id], c.blockID = true, id
}

func (c *checker) properties(at, kind string, b Block, more ...string) {
	known, strict := allowed[kind]
	if !strict {
		return
	}
	for name := range b {
		if name != "type" && !slices.Contains(known, name) && !slices.Contains(more, name) {
			c.problem(at, "invalid additional property: %s", name)
		}
	}
}

func (c *checker) section(at string, b Block) {
	if b["text"] == nil && b["fields"] == nil {
		c.problem(at, "missing required field: text")
	}
	if b["text"] != nil {
		c.text(pointer(at, "text"), b["text"], MaxSection)
	}
	if b["fields"] != nil {
		c.each(at, b, "fields", MaxFields, func(at string, b Block) { c.text(at, b, MaxField) })
	}
	if accessory, ok := b["accessory"].(Block); ok {
		if accessory["type"] == "image" {
			c.image(pointer(at, "accessory"), accessory)
		} else {
			c.interactive(pointer(at, "accessory"), accessory)
		}
	}
}

// each checks a list that must not be empty.
func (c *checker) each(at string, b Block, name string, limit int, check func(string, Block)) {
	list, _ := b[name].([]any)
	switch at := pointer(at, name); {
	case len(list) == 0:
		c.problem(at, "no fewer than 1 items allowed")
	case len(list) > limit:
		c.problem(at, "no more than %d items allowed", limit)
	}
	for i, item := range list {
		at := pointer(at, name+"/"+strconv.Itoa(i))
		if object, ok := item.(Block); ok {
			check(at, object)
		} else {
			c.problem(at, "must provide an object")
		}
	}
}

func (c *checker) require(at string, b Block, name string, limit int, kind string) {
	at = pointer(at, name)
	text, ok := b[name].(Block)
	switch {
	case b[name] == nil:
		c.problem(at, "missing required field: %s", name)
	case !ok:
		c.problem(at, "must provide an object")
	case kind != "" && text["type"] != kind:
		c.problem(pointer(at, "type"), "must be one of: %s", kind)
	default:
		c.text(at, text, limit)
	}
}

// text checks a text object and keeps its text.
func (c *checker) text(at string, value any, limit int) {
	object, ok := value.(Block)
	if !ok {
		c.problem(at, "must provide an object")
		return
	}
	kind, _ := object["type"].(string)
	text, _ := object["text"].(string)
	switch kind {
	case "plain_text":
		setDefault(object, "emoji", true)
		c.set.Texts = append(c.set.Texts, Text{Value: mrkdwn.Escape(text), Plain: true})
	case "mrkdwn":
		setDefault(object, "verbatim", false)
		c.set.Texts = append(c.set.Texts, Text{Value: text})
	default:
		c.problem(pointer(at, "type"), "must be one of: plain_text, mrkdwn")
		return
	}
	c.properties(at, kind, object)
	c.length(pointer(at, "text"), text, limit)
}

func (c *checker) length(at, text string, limit int) {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		c.problem(at, "must be more than 0 characters")
	case n > limit:
		c.problem(at, "must be less than %d characters", limit+1)
	}
}

func setDefault(object Block, name string, value any) {
	if object[name] == nil {
		object[name] = value
	}
}
