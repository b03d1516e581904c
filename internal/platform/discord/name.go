package discord

import "github.com/bellhop-chat/bellhop/internal/label"

// ThreadName makes s a thread's name: one line of at most MaxThreadName code points, without the characters by which a name
// could turn around or hide what stands beside it. It is empty when nothing else is left. Discord formats nothing in names.
func ThreadName(s string) string { return label.Line(s, MaxThreadName) }
