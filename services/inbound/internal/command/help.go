package command

import (
	"fmt"
	"strings"
)

// slack is the platform without commands in threads, and without replies to one message.
const slack = "slack"

// help lists the commands in the form that works on the platform: Slack takes what begins with a slash for itself.
func help(in In) Out {
	mark := "/"
	if in.Conversation.Platform == slack {
		mark = "!"
	}
	var text strings.Builder
	for _, c := range All() {
		fmt.Fprintf(&text, "%s%s: %s\n", mark, c.Name, c.Help)
	}
	fmt.Fprintf(&text, "//text or %snote text: a note for the team; the visitor never sees it", mark)
	return Out{Answer: text.String(), Asked: true}
}
