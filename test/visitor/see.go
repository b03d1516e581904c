package visitor

import (
	"encoding/json"
	"slices"
)

// Hears waits until the page shows a message of the team with exactly that text, and returns it.
func (v *Visitor) Hears(text string) Message {
	v.t.Helper()
	return v.sees("the team's message "+clip(text), func(m Message) bool { return m.Sender != "visitor" && m.Content == text })
}

// Sees waits until the page shows any message with exactly that text, and returns it.
func (v *Visitor) Sees(text string) Message {
	v.t.Helper()
	return v.sees("the message "+clip(text), func(m Message) bool { return m.Content == text && !m.temporary() })
}

// SeesStatus waits until a message has a status.
func (v *Visitor) SeesStatus(id, status string) Message {
	v.t.Helper()
	return v.sees("status "+status+" of "+id, func(m Message) bool { return m.ID == id && m.Status == status })
}

// SeesEdited waits until a message has another text and the edited mark.
func (v *Visitor) SeesEdited(id, text string) Message {
	v.t.Helper()
	return v.sees("the new text of "+id, func(m Message) bool { return m.ID == id && m.Content == text && !m.EditedAt.IsZero() })
}

// SeesDeleted waits until a message is gone and its text with it.
func (v *Visitor) SeesDeleted(id string) Message {
	v.t.Helper()
	return v.sees("the deletion of "+id, func(m Message) bool { return m.ID == id && !m.DeletedAt.IsZero() && m.Content == "" })
}

// SeesClosed waits until the conversation was closed so many times.
func (v *Visitor) SeesClosed(times int) {
	v.t.Helper()
	v.Waits("session_closed", func() bool { return v.page.Closed() == times })
}

// SeesEvent waits for a custom event and decodes its data.
func (v *Visitor) SeesEvent(name string, data any) CustomEvent {
	v.t.Helper()
	var seen CustomEvent
	v.Waits("the event "+name, func() bool {
		events := v.page.Events()
		i := slices.IndexFunc(events, func(e CustomEvent) bool { return e.Name == name })
		if i >= 0 {
			seen = events[i]
		}
		return i >= 0
	})
	if data != nil {
		if err := json.Unmarshal(seen.Data, data); err != nil {
			v.t.Fatalf("data of %s: %v", name, err)
		}
	}
	return seen
}

// Shows fails unless the page shows exactly these texts, in this order, each once, and all frames could be read. It does not
// wait: say before what must have come.
func (v *Visitor) Shows(texts ...string) {
	v.t.Helper()
	var shown []string
	for _, m := range v.page.Messages() {
		shown = append(shown, m.Content)
	}
	if !slices.Equal(shown, texts) {
		v.t.Fatalf("the page of %s should show %q; %s", v.SessionID(), texts, v.page)
	}
	v.InOrder()
}

// InOrder fails when two messages have one id, a text stands before an older one, or a frame was unreadable.
func (v *Visitor) InOrder() {
	v.t.Helper()
	messages, seen := v.page.Messages(), map[string]bool{}
	for i, m := range messages {
		if seen[m.ID] {
			v.t.Fatalf("%s is shown twice; %s", m.ID, v.page)
		}
		seen[m.ID] = true
		if i > 0 && m.Timestamp.Before(messages[i-1].Timestamp) {
			v.t.Fatalf("%s stands after a younger one; %s", m.ID, v.page)
		}
	}
	if frames := v.page.Unreadable(); len(frames) > 0 {
		v.t.Fatalf("unreadable frames %q; %s", frames, v.page)
	}
}

// Remembers is the newest page of the history, from the server.
func (v *Visitor) Remembers() []Message {
	v.t.Helper()
	messages, _, err := v.History(Within(v.t), "", 100)
	if err != nil {
		v.t.Fatalf("history: %v", err)
	}
	return messages
}

func (v *Visitor) sees(what string, matches func(Message) bool) Message {
	v.t.Helper()
	var found Message
	v.Waits(what, func() bool {
		for _, m := range v.page.Messages() {
			if matches(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}
