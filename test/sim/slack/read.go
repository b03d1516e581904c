package slack

import (
	"github.com/bellhop-chat/bellhop/test/sim/slack/block"
	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// Read is what people read of the message: its blocks without their looks, or its text where it has none.
func (m Message) Read() string {
	if read := block.Read(m.Blocks); read != "" {
		return read
	}
	return mrkdwn.Plain(m.Text, func(mrkdwn.Kind, string) string { return "" })
}
