package hook

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
)

func TestChannelOfASessionIsTheSessions(t *testing.T) {
	s := id.NewSession()
	for channel, want := range map[string]id.Session{
		SessionPrefix + string(s): s, SessionPrefix + "order-7": "order-7", "private-" + string(s): id.Everyone, string(s): id.Everyone,
		SessionPrefix: id.Everyone, SessionPrefix + "all": id.Everyone, "my-" + SessionPrefix + string(s): id.Everyone, "": id.Everyone,
	} {
		if got := Session(channel); got != want {
			t.Errorf("%q is %q's, want %q", channel, got, want)
		}
	}
}
