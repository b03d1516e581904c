package pusher

import (
	"strings"
	"testing"
)

func TestWhoHasSignedInIsAMemberWithinTheSameLimitsAsWhoSaysSo(t *testing.T) {
	t.Parallel()
	g := newApp(t, all).gateway()
	for data, want := range map[string]string{
		`{"id":"` + strings.Repeat("x", maxUserID+1) + `"}`:                   "characters",
		`{"id":"x","user_info":{"a":"` + strings.Repeat("x", 1024) + `"}}`:    "bytes",
		`{"id":"` + strings.Repeat("y", maxUserID) + `","user_info":{"a":1}}`: "",
	} {
		c := g.client()
		c.signsIn(data)
		c.hears("pusher:signin_success")
		c.asks("presence-room")
		if want != "" {
			if f := c.hears("pusher:subscription_error"); !strings.Contains(string(f.Data), want) {
				t.Errorf("%.40s: %s", data, f.Data)
			}
			continue
		}
		if f := c.hears("pusher_internal:subscription_succeeded"); !strings.Contains(f.text(), `"ids":["yy`) || !strings.Contains(f.text(), `:{"a":1}}`) {
			t.Errorf("%.40s: %s", data, f.text())
		}
	}
}
