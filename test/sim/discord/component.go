package discord

import "encoding/json"

// Component types.
const (
	componentRow    = 1
	componentButton = 2
)

// readComponents checks action rows of buttons and select menus and keeps their JSON. Components of version 2 are
// taken as they are.
func (c *call) readComponents(f *form, v2 bool) (components []json.RawMessage, rows [][]Button, given bool) {
	if v2 {
		c.warn("components of version 2 are taken unchecked")
		components, given = f.list("components", 40)
		return components, nil, given
	}
	forms, given := f.objects("components", maxRows)
	seen := map[string]bool{}
	for _, row := range forms {
		if kind, _ := row.integer("type"); kind != componentRow {
			row.fail("type", "BASE_TYPE_CHOICES", "Value must be one of (1,).")
			continue
		}
		inside, _ := row.objects("components", 5)
		if len(inside) == 0 {
			row.fail("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
		}
		row.ignore("id")
		var buttons []Button
		for _, part := range inside {
			b, ok := readComponent(part)
			if ok {
				buttons = append(buttons, b)
			}
			if id := b.CustomID; id != "" {
				if seen[id] {
					part.fail("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
				}
				seen[id] = true
			}
		}
		if len(buttons) > 0 {
			rows = append(rows, buttons)
		}
		components = append(components, row.whole())
	}
	if f.isNull("components") {
		given = true
	}
	return components, rows, given
}

// readComponent reads one part of a row; ok says whether it is a button.
func readComponent(part *form) (b Button, ok bool) {
	kind, _ := part.integer("type")
	switch {
	case kind >= 3 && kind <= 8: // select menus: only their id matters here
		b.CustomID, _ = part.name("custom_id", 100, true)
		part.ignore("options", "placeholder", "min_values", "max_values", "disabled", "channel_types", "default_values", "id")
		return b, false
	case kind != componentButton:
		part.choice("type", kind, 2, 3, 5, 6, 7, 8)
		return b, false
	}
	style, given := part.integer("style")
	if !given {
		part.fail("style", "BASE_TYPE_REQUIRED", "This field is required")
	} else {
		part.choice("style", style, 1, 2, 3, 4, 5)
	}
	b.Style = int(style)
	b.Label, _ = part.text("label", 80)
	b.Disabled, _ = part.flag("disabled")
	if emoji := part.object("emoji"); emoji != nil {
		b.Emoji, _ = emoji.text("name", 100)
		emoji.ignore("id", "animated")
	}
	if b.Label == "" && b.Emoji == "" {
		part.fail("", "BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji")
	}
	part.ignore("id")
	if b.Style == 5 {
		b.URL, _ = part.name("url", 512, true)
		if _, has := part.given("custom_id"); has {
			part.fail("custom_id", "BUTTON_COMPONENT_INVALID", "A link button cannot have a custom id")
		}
		return b, true
	}
	b.CustomID, _ = part.name("custom_id", 100, true)
	if _, has := part.given("url"); has {
		part.fail("url", "BUTTON_COMPONENT_INVALID", "Only a link button can have a url")
	}
	return b, true
}
