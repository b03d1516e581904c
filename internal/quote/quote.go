// Package quote makes what a reply shows of the message that it answers. It is here because replies enter at the gateway and at
// inbound, and both must quote alike. It refuses to decide whether a quote is still right: it shows a message as it was handed in.
package quote

import (
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// length is how much of a quoted text is shown, in characters.
const length = 140

// Of quotes a message; nil quotes nothing. The text of a deleted message is never quoted.
func Of(m *bellhopv1.Message) *bellhopv1.Quote {
	if m == nil {
		return nil
	}
	q := &bellhopv1.Quote{Id: m.GetId(), Sender: m.GetSender(), Deleted: m.GetDeletedAt() != nil}
	if !q.Deleted {
		q.Content = clip(m.GetContent())
	}
	if files := m.GetAttachments(); len(files) > 0 {
		q.HasAttachment, q.AttachmentType = true, files[0].GetMimeType()
	}
	return q
}

func clip(text string) string {
	if runes := []rune(text); len(runes) > length {
		return string(runes[:length-1]) + "…"
	}
	return text
}
