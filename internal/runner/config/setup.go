package config

import (
	"fmt"
	"strings"
)

// SetupError says that one bridge can't work as configured, and how to set it up.
type SetupError struct {
	Bridge  string   // the platform's name as people write it: "Telegram"
	Missing string   // the setting: "bot_token" when there is none, "valid bot_token" when its form is wrong; never its value
	Guide   []string // the lines of the guide, numbered by its author; an empty string is an empty line
	DocsURL string   // the full guide; may be empty
	Project string   // whose it is, when there are several; else empty
}

// Error is one line.
func (e *SetupError) Error() string {
	text := fmt.Sprintf("[Bellhop] %s configuration error: %s is required", e.Bridge, e.Missing)
	if e.Project != "" {
		text += " in project " + e.Project
	}
	return text
}

// Box is the guide as a text for a terminal: 61 dashes wide, with a border on the left only, ending in a newline.
func (e *SetupError) Box() string {
	b := newBox("⚠️  " + e.Bridge + " Setup Required")
	if e.Project != "" {
		b.line("Project: " + e.Project)
	}
	b.paragraph("Missing: " + e.Missing)
	b.paragraph(e.Guide...)
	if e.DocsURL != "" {
		b.paragraph("📖 Full guide: " + e.DocsURL)
	}
	b.paragraph("💡 Quick fix: bellhop init " + strings.ToLower(e.Bridge))
	return b.String()
}
