package stage

import (
	"net/http"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

// Call is one post that a platform was asked for.
type Call struct {
	// Seq grows with every call of a platform, whatever for.
	Seq int64
	// At is when it came, and Text everything that it holds, without the marks that keep punctuation from being formatting.
	At   time.Time
	Text string
}

// Posts are the posts that a platform was asked for after a call, as far as it remembers them, oldest first.
func (s *Stage) Posts(platform string, after int64) (calls []Call) {
	switch platform {
	case Telegram:
		for _, r := range s.Telegram.Requests("sendMessage") {
			if r.Seq > after {
				calls = append(calls, Call{r.Seq, r.At, r.Params["text"]})
			}
		}
	case Discord:
		for _, r := range s.Discord.Requests("createMessage") {
			if r.Seq > after {
				calls = append(calls, Call{r.Seq, r.At, strings.ReplaceAll(r.Body, `\`, "")})
			}
		}
	case Slack:
		for _, r := range s.Slack.Requests("chat.postMessage") {
			if r.Seq > after {
				calls = append(calls, Call{r.Seq, r.At, r.Params["text"] + r.Params["blocks"]})
			}
		}
	}
	return calls
}

// Trouble is what happens to every call of every platform.
type Trouble string

// The troubles.
const (
	// Refusing: they answer 503.
	Refusing Trouble = "refusing"
	// Hanging: they answer nothing.
	Hanging Trouble = "hanging"
)

// Disturb lets all platforms be in trouble until Calm.
func (s *Stage) Disturb(t Trouble) {
	f := fault.Fault{Status: http.StatusServiceUnavailable}
	g := telegram.Fault{Status: http.StatusServiceUnavailable}
	if t == Hanging {
		f, g = fault.Fault{Hang: true}, telegram.Fault{Hang: true}
	}
	s.Telegram.Fault(g)
	s.Discord.Fault(f)
	s.Slack.Fault(f)
}

// Calm ends all trouble, and lets go what hangs.
func (s *Stage) Calm() {
	s.Telegram.ClearFaults()
	s.Discord.ClearFaults()
	s.Slack.ClearFaults()
}
