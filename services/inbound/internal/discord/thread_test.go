package discord

import (
	"slices"
	"strings"
	"testing"
)

// leaves makes the notifier have left Ana's thread in a state.
func (o *bureau) leaves(status string) { o.sessions.Settle("default", channel, thread, status) }

func TestAThreadThatAPersonLocksIsClosedAndUnlockedIsReopened(t *testing.T) {
	o := newBureau(t)
	o.listen()
	o.api.Answers("GET /channels/"+thread, state(true))
	o.api.Dispatch("THREAD_UPDATE", state(true))
	o.until("the closing", func() bool { return len(o.ids()) == 1 })
	if got := o.ids()[0]; !strings.HasPrefix(got, "session.closed discord:thread:"+thread+":locked:") {
		t.Fatalf("%s", got)
	}
	o.sessions.End("default", channel, thread)
	o.leaves("closed")
	o.api.Answers("GET /channels/"+thread, state(false))
	o.api.Dispatch("THREAD_UPDATE", state(false))
	o.until("the reopening", func() bool { return len(o.ids()) == 2 })
	if got := o.ids()[1]; !strings.HasPrefix(got, "session.reopened discord:thread:"+thread+":unlocked:") {
		t.Fatalf("%s", got)
	}
}

func TestWhatTheNotifierDoesToAThreadIsNobodysGesture(t *testing.T) {
	idle := strings.Replace(state(false), `"archived":false`, `"archived":true`, 1)
	for name, test := range map[string]struct {
		closed          bool
		left, told, now string
	}{
		"it has closed it":                       {true, "closed", state(true), state(true)},
		"it has closed it, unreported":           {true, "active", state(true), state(true)},
		"it will reopen it":                      {false, "closed", state(true), state(true)},
		"it has reopened it meanwhile":           {false, "active", state(true), state(false)},
		"its last words have opened an idle one": {true, "active", state(false), state(true)},
		"it has closed it meanwhile":             {true, "closed", state(false), state(true)},
		"it was idle":                            {false, "active", idle, idle},
		"it is as it was":                        {false, "active", state(false), state(false)},
		"it is gone":                             {false, "active", state(true), ""},
		"another channel's":                      {false, "active", strings.NewReplacer(channel, "1300000000000000009", thread, "1440000000000000777").Replace(state(true)), state(true)},
		"nobody's":                               {false, "active", strings.ReplaceAll(state(true), thread, "1440000000000000777"), state(true)},
	} {
		t.Run(name, func(t *testing.T) {
			o := newBureau(t)
			if test.closed {
				o.sessions.End("default", channel, thread)
			}
			o.leaves(test.left)
			o.api.Answers("GET /channels/"+thread, test.now)
			if test.now == "" {
				o.api.Refuses("GET /channels/"+thread, 404, `{"code":10003,"message":"Unknown Channel"}`)
			}
			o.listen()
			o.api.Dispatch("THREAD_UPDATE", test.told)
			o.handled("1440000000000000020")
			if got := o.ids(); slices.ContainsFunc(got, func(id string) bool { return strings.HasPrefix(id, "session.") }) {
				t.Errorf("the bus holds %q", got)
			}
		})
	}
}
