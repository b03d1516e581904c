package brief

import (
	"fmt"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/internal/label"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// Notice is a notice in words. Icon and Words are ours, the rest may be anybody's.
type Notice struct {
	Icon string
	// Name is shown bold; may be empty.
	Name string
	// Words follow the name; may be empty.
	Words string
	// Code is shown in fixed width, Text as it is, below; may be empty.
	Code, Text string
}

// faces of ratings from 1 to 5.
var faces = [...]string{"", "😡", "😕", "😐", "🙂", "😍"}

// Tell puts a notice into words. A kind that is not known here is shown by its name.
func Tell(record *sessionsv1.SessionRecord, n *sessionsv1.Notice) Notice {
	const mostName = 100
	name := label.Line(n.GetName(), mostName)
	switch n.GetKind() {
	case "event":
		return Notice{Icon: "⚡", Name: name, Code: n.GetDetail()}
	case "identity":
		words := "is now known"
		if n.GetId() != "" {
			words += " · " + mark(n.GetVerified())
		}
		return Notice{Icon: "🔑", Name: either(name, Visitor(record)), Words: words, Text: n.GetDetail()}
	case "left":
		return Notice{Icon: "👋", Name: Visitor(record), Words: "left (was here for " + Duration(time.Duration(n.GetDuration())*time.Second) + ")"}
	case "csat":
		return rating(n)
	case "screenshot":
		return Notice{Icon: "📸", Words: "The visitor's page"}
	default:
		return Notice{Icon: "ℹ️", Name: label.Line(n.GetKind(), mostName), Words: name, Text: n.GetDetail()}
	}
}

func rating(n *sessionsv1.Notice) Notice {
	score := min(max(n.GetScore(), 0), 5)
	told := Notice{Icon: "⭐", Words: fmt.Sprintf("%s %d/5", faces[score], score)}
	if comment := strings.TrimSpace(n.GetDetail()); comment != "" {
		told.Text = "“" + comment + "”"
	}
	return told
}

// Duration is a time for people: "42s", "5 min", "2h 5min", "2h".
func Duration(d time.Duration) string {
	d = max(d, 0)
	hours, minutes := d/time.Hour, d%time.Hour/time.Minute
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case minutes == 0:
		return fmt.Sprintf("%dh", hours)
	default:
		return fmt.Sprintf("%dh %dmin", hours, minutes)
	}
}
