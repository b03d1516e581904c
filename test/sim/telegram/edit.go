package telegram

import (
	"reflect"
	"slices"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/telegram/markup"
)

// chatActionLasts is how long operators see "typing…" after one sendChatAction.
const chatActionLasts = 5 * time.Second

func (c *call) editMessageText() (any, *apiError) {
	f, err := c.messageText()
	if err != nil {
		return nil, err
	}
	return c.edit(func(m *Message) *apiError {
		if m.Media != nil || m.Service != nil {
			return badRequest("there is no text in the message to edit")
		}
		return nil
	}, &f)
}

func (c *call) editMessageCaption() (any, *apiError) {
	f, err := c.caption(c.p.values["caption"], c.p.values["parse_mode"], c.p.values["caption_entities"])
	if err != nil {
		return nil, err
	}
	return c.edit(func(m *Message) *apiError {
		if m.Media == nil {
			return badRequest("there is no caption in the message to edit")
		}
		return nil
	}, &f)
}

func (c *call) editMessageReplyMarkup() (any, *apiError) {
	return c.edit(func(*Message) *apiError { return nil }, nil)
}

// edit applies a new text (nil: keep it) and the new buttons; buttons that are not repeated vanish.
func (c *call) edit(fits func(*Message) *apiError, f *formatted) (any, *apiError) {
	buttons, err := c.keyboard()
	if err != nil {
		return nil, err
	}
	g, err := c.chat()
	if err != nil {
		return nil, err
	}
	m, err := c.message(g, "message to edit not found")
	if err != nil {
		return nil, err
	}
	if m.From.ID != c.s.world.Bot.ID || m.Service != nil {
		return nil, badRequest("message can't be edited")
	}
	if err := fits(m); err != nil {
		return nil, err
	}
	if f == nil {
		f = &formatted{text: m.Text, entities: m.Entities}
	}
	if m.Text == f.text && sameEntities(m.Entities, f.entities) && sameButtons(m.Buttons, buttons) {
		return nil, errNotModified
	}
	if err := c.spend(g, 1); err != nil {
		return nil, err
	}
	m.revise(*f, c.now)
	m.Buttons = buttons
	for _, name := range c.s.notified(f.text, f.entities, m.From.ID) {
		if !slices.Contains(m.Notified, name) {
			m.Notified = append(slices.Clone(m.Notified), name)
		}
	}
	return g.wireMessage(m), nil
}

// revise keeps the old text in the history. Slices are replaced and never written to, because readers share them.
func (m *Message) revise(f formatted, now time.Time) {
	at := m.Date
	if !m.EditDate.IsZero() {
		at = m.EditDate
	}
	if m.Text != f.text || !sameEntities(m.Entities, f.entities) {
		m.History = append(slices.Clone(m.History), Version{Text: m.Text, Entities: m.Entities, At: at})
	}
	m.Text, m.Entities, m.EditDate = f.text, f.entities, now
}

func sameEntities(a, b []markup.Entity) bool {
	return slices.EqualFunc(a, b, func(x, y markup.Entity) bool { return reflect.DeepEqual(x, y) })
}

func sameButtons(a, b [][]Button) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}
