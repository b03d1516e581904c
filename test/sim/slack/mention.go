package slack

import (
	"regexp"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// bare is a web address in a text that nobody marked as one.
var bare = regexp.MustCompile(`https?://[^\s<>|]+`)

// mentions says whether a text calls a member.
func mentions(text, user string) bool {
	for _, t := range mrkdwn.Tokens(text) {
		if t.Kind == mrkdwn.Member && t.Value == user {
			return true
		}
	}
	return false
}
