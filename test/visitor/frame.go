package visitor

import (
	"encoding/json"
	"slices"
	"time"
)

// reactions are what the page does with each type of frame; others are ignored. They are called with the page's lock held.
var reactions = map[string]func(*Page, json.RawMessage) error{
	"message": taking(func(p *Page, m Message) { p.show(m) }),
	"message_edited": taking(func(p *Page, d struct {
		MessageID string    `json:"messageId"`
		Content   string    `json:"content"`
		EditedAt  time.Time `json:"editedAt"`
	}) {
		if m := p.find(d.MessageID); m != nil {
			p.update(m, Message{Content: d.Content, EditedAt: d.EditedAt})
		}
	}),
	"message_deleted": taking(func(p *Page, d struct {
		MessageID string    `json:"messageId"`
		DeletedAt time.Time `json:"deletedAt"`
	}) {
		if m := p.find(d.MessageID); m != nil {
			p.update(m, Message{DeletedAt: d.DeletedAt})
		}
	}),
	"read": taking(func(p *Page, d struct {
		MessageIDs  []string  `json:"messageIds"`
		Status      string    `json:"status"`
		ReadAt      time.Time `json:"readAt"`
		DeliveredAt time.Time `json:"deliveredAt"`
	}) {
		for _, id := range d.MessageIDs {
			if m := p.find(id); m != nil {
				p.update(m, Message{Status: d.Status, ReadAt: d.ReadAt, DeliveredAt: d.DeliveredAt})
			}
		}
	}),
	"typing": taking(func(p *Page, d struct {
		IsTyping bool   `json:"isTyping"`
		Sender   string `json:"sender"`
	}) {
		if d.Sender != "visitor" {
			p.typing = d.IsTyping
		}
	}),
	"presence": taking(func(p *Page, d struct {
		Online bool `json:"online"`
	}) {
		p.online = d.Online
	}),
	"event":        taking(func(p *Page, e CustomEvent) { p.events = append(p.events, e) }),
	"csat_request": func(p *Page, _ json.RawMessage) error { p.ratings++; return nil },
	"screenshot_request": taking(func(p *Page, r ScreenshotRequest) {
		if !slices.ContainsFunc(p.pictures, func(known ScreenshotRequest) bool { return known.RequestID == r.RequestID }) {
			p.pictures = append(p.pictures, r)
		}
	}),
	"session_closed": func(p *Page, _ json.RawMessage) error { p.closed++; return nil },
}

// taking decodes a frame's data for a reaction.
func taking[T any](react func(*Page, T)) func(*Page, json.RawMessage) error {
	return func(p *Page, raw json.RawMessage) error {
		var data T
		if err := json.Unmarshal(raw, &data); err != nil {
			return err
		}
		react(p, data)
		return nil
	}
}
