package brief

import (
	"fmt"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/label"
	"github.com/bellhop-chat/bellhop/internal/quote"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Edited marks a message that is not as it was written first.
const Edited = "✏️"

// platforms are their names as people write them.
var platforms = map[string]string{"telegram": "Telegram", "discord": "Discord", "slack": "Slack", "api": "API", "widget": "Widget"}

// Author is a sender's icon and name; whoever does not write as the visitor is shown with where they wrote: "Olga · Telegram".
func Author(record *sessionsv1.SessionRecord, m *sessionsv1.MessageRecord) (icon, name string) {
	switch m.GetMessage().GetSender() {
	case "visitor":
		return "👤", Visitor(record)
	case "operator":
		icon, name = "📨", either(label.Line(m.GetMessage().GetOperatorName(), MaxName), "Operator")
	case "ai":
		icon, name = "🤖", "AI"
	default:
		icon, name = "ℹ️", "System"
	}
	if at := m.GetPlatform(); at != "" {
		name += " · " + either(platforms[at], label.Line(at, MaxName))
	}
	return icon, name
}

// Later is a time mark between joined texts: "+4s", "+12min", "+3h".
func Later(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("+%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("+%dmin", d/time.Minute)
	default:
		return fmt.Sprintf("+%dh", d/time.Hour)
	}
}

// Size is a number of bytes for people.
func Size(bytes int64) string {
	const unit = 1000
	switch {
	case bytes < unit:
		return fmt.Sprintf("%d B", bytes)
	case bytes < unit*unit:
		return fmt.Sprintf("%d KB", bytes/unit)
	default:
		return fmt.Sprintf("%.1f MB", float64(bytes)/unit/unit)
	}
}

// Filename is a file's name: foreign words of 1 to 100 code points.
func Filename(a *bellhopv1.Attachment) string {
	const most = 100
	return either(label.Line(a.GetFilename(), most), "file")
}

// File is a file's name and size.
func File(a *bellhopv1.Attachment) string {
	return fmt.Sprintf("%s (%s)", Filename(a), Size(a.GetSize()))
}

// Quote is what a reply shows of the message it answers where a platform has no replies: who ("Visitor", "Support" or "AI"), and one
// line of at most 140 code points.
func Quote(m *sessionsv1.MessageRecord) (who, what string) {
	who = map[string]string{"visitor": "Visitor", "ai": "AI"}[m.GetMessage().GetSender()]
	q := quote.Of(m.GetMessage())
	images := 0
	for _, a := range m.GetMessage().GetAttachments() {
		if strings.HasPrefix(a.GetMimeType(), "image/") {
			images++
		}
	}
	what = label.Clean(q.GetContent())
	if q.GetDeleted() {
		what = "Message deleted"
	}
	if files := count(images, len(m.GetMessage().GetAttachments())-images); files != "" {
		what = strings.TrimSpace(files + " " + what)
	}
	return either(who, "Support"), what
}

// count is "[🖼️ 2 images, 📎 1 file]".
func count(images, files int) string {
	var parts []string
	for _, kind := range []struct {
		icon, one string
		n         int
	}{{"🖼️", "image", images}, {"📎", "file", files}} {
		switch {
		case kind.n == 1:
			parts = append(parts, fmt.Sprintf("%s 1 %s", kind.icon, kind.one))
		case kind.n > 1:
			parts = append(parts, fmt.Sprintf("%s %d %ss", kind.icon, kind.n, kind.one))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// Closed is the words before the name of whoever closed a conversation, and the name; it may be empty.
func Closed(by string) (words, name string) {
	if name = label.Line(by, MaxName); name == "" {
		return "✅ Closed", ""
	}
	return "✅ Closed by ", name
}
