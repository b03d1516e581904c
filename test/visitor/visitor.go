package visitor

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// Patience is how long a sentence waits for what it claims. Where everything works it takes milliseconds; the rest is for a
// loaded machine.
const Patience = 30 * time.Second

// Visitor is a tab in a test: what goes wrong fails the test.
type Visitor struct {
	*Client
	t testing.TB
}

// Arrive opens the page: it connects, opens the socket (or begins to poll), and leaves with the test.
func Arrive(t testing.TB, o Options) *Visitor {
	t.Helper()
	v := &Visitor{Client: New(o), t: t}
	t.Cleanup(v.Close)
	v.Connects()
	v.Listen()
	if !o.Polling && !o.NoSockets {
		v.Waits("the socket to open", func() bool { return v.Opened() > 0 })
	}
	return v
}

// In makes a visitor of a client, which is left open by the test's end.
func In(t testing.TB, c *Client) *Visitor { return &Visitor{Client: c, t: t} }

// Tab opens a second tab of the same browser.
func (v *Visitor) Tab() *Visitor {
	v.t.Helper()
	o := v.opts
	o.SessionID = v.SessionID()
	return Arrive(v.t, o)
}

// Within is a context that ends when patience does.
func Within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), Patience)
	t.Cleanup(cancel)
	return ctx
}

// Waits waits for a condition.
func (v *Visitor) Waits(what string, condition func() bool) {
	v.t.Helper()
	if err := v.page.Wait(Within(v.t), condition); err != nil {
		v.t.Fatalf("visitor %s waited in vain for %s; %s", v.SessionID(), what, v.page)
	}
}

// Connects loads the page.
func (v *Visitor) Connects() Connected {
	v.t.Helper()
	answer, err := v.Connect(Within(v.t))
	if err != nil {
		v.t.Fatalf("connect: %v", err)
	}
	return answer
}

// Says posts a message and returns it as the page shows it.
func (v *Visitor) Says(text string) Message {
	v.t.Helper()
	return v.Answers("", text)
}

// Answers posts a message that answers another.
func (v *Visitor) Answers(to, text string) Message {
	v.t.Helper()
	sent, err := v.Send(Within(v.t), text, to)
	if err != nil {
		v.t.Fatalf("say %q: %v", clip(text), err)
	}
	var said Message
	v.Waits("the message just sent", func() bool { return v.Shown(sent.MessageID, &said) })
	return said
}

// Edits changes a message, Deletes takes one back.
func (v *Visitor) Edits(id, text string) {
	v.t.Helper()
	if err := v.Edit(Within(v.t), id, text); err != nil {
		v.t.Fatalf("edit: %v", err)
	}
}

// Deletes takes a message back.
func (v *Visitor) Deletes(id string) {
	v.t.Helper()
	if err := v.Delete(Within(v.t), id); err != nil {
		v.t.Fatalf("delete: %v", err)
	}
}

// WasRefused fails unless a call was refused with a status.
func (v *Visitor) WasRefused(err error, status int) {
	v.t.Helper()
	_ = v.Refusal(err, status) // it is there, or the test has failed
}

// Refusal is WasRefused, and answers the refusal.
func (v *Visitor) Refusal(err error, status int) *Refused {
	v.t.Helper()
	var refused *Refused
	if !errors.As(err, &refused) || refused.Status != status {
		v.t.Fatalf("the answer is %v, want a refusal with %d", err, status)
	}
	return refused
}

// Shown copies the message with an id if the page shows it.
func (v *Visitor) Shown(id string, into *Message) bool {
	for _, m := range v.page.Messages() {
		if m.ID == id {
			*into = m
			return true
		}
	}
	return false
}

func clip(text string) string {
	if len(text) > 80 {
		return fmt.Sprintf("%s… (%d bytes)", text[:80], len(text))
	}
	return text
}
