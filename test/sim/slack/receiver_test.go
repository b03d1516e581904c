package slack_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// delivered is one request that the app got.
type delivered struct {
	Header http.Header
	Body   []byte
	Event  event
	Form   url.Values
}

// event is the envelope and what tests look at in it.
type event struct {
	Type      string          `json:"type"`
	Challenge string          `json:"challenge"`
	EventID   string          `json:"event_id"`
	Raw       json.RawMessage `json:"event"`
	Event     inner           `json:"-"`
}

type inner struct {
	Type     string `json:"type"`
	Subtype  string `json:"subtype"`
	User     string `json:"user"`
	BotID    string `json:"bot_id"`
	Text     string `json:"text"`
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
	EventTS  string `json:"event_ts"`
	Reaction string `json:"reaction"`
	Deleted  string `json:"deleted_ts"`
	ClientID string `json:"client_msg_id"`
	Message  *inner `json:"message"`
	Previous *inner `json:"previous_message"`
	Root     *inner `json:"root"`
	Files    []struct {
		ID      string `json:"id"`
		Private string `json:"url_private_download"`
	} `json:"files"`
	ReplyCount int             `json:"reply_count"`
	Metadata   json.RawMessage `json:"metadata"`
	Channel    any             `json:"channel"`
}

// receiver is an app behind a URL. It refuses bad signatures and answers what answer says (200 if nil).
type receiver struct {
	*httptest.Server
	sim    *slack.Server
	mu     sync.Mutex
	got    []delivered
	answer func(d delivered, n int) (status int, header http.Header, body string)
	naive  bool // does not look at signatures
}

func receive(b *bot) *receiver {
	r := &receiver{sim: b.sim}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	b.t.Cleanup(r.Close)
	return r
}

// answers says how the app answers from now on; n counts its requests.
func (r *receiver) answers(answer func(d delivered, n int) (status int, header http.Header, body string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = answer
}

// trust makes the app look at no signature.
func (r *receiver) trust() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.naive = true
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	naive := r.naive
	r.mu.Unlock()
	if !naive && !genuine(r.sim, req.Header, body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	d := delivered{Header: req.Header, Body: body}
	if req.Header.Get("Content-Type") == "application/json" {
		_ = json.Unmarshal(body, &d.Event)
		_ = json.Unmarshal(d.Event.Raw, &d.Event.Event)
	} else {
		d.Form, _ = url.ParseQuery(string(body))
	}
	if d.Event.Type == "url_verification" {
		_, _ = io.WriteString(w, d.Event.Challenge)
		return
	}
	r.mu.Lock()
	r.got = append(r.got, d)
	n, answer := len(r.got), r.answer
	r.mu.Unlock()
	if answer == nil {
		return
	}
	status, header, text := answer(d, n)
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// genuine does what the documents say, with the simulator's time.
func genuine(sim *slack.Server, h http.Header, body []byte) bool {
	seconds, err := strconv.ParseInt(h.Get("X-Slack-Request-Timestamp"), 10, 64)
	at := time.Unix(seconds, 0)
	if age := sim.Now().Sub(at); err != nil || age > 5*time.Minute || age < -5*time.Minute {
		return false
	}
	want, _ := slack.Sign(sim.SigningSecret(), at, body)
	return h.Get("X-Slack-Signature") == want
}

func (r *receiver) all() []delivered {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]delivered(nil), r.got...)
}

// kinds names what came, one word an event.
func (r *receiver) kinds() string {
	out := ""
	for _, d := range r.all() {
		e := d.Event.Event
		word := e.Type
		if e.Subtype != "" {
			word = e.Subtype
		}
		out += word + " "
	}
	return out
}

// hook registers the receiver for everything.
func (b *bot) hook(r *receiver) {
	b.t.Helper()
	must(b.t, b.sim.SetEventsURL(deadline(b.t), r.URL+"/events"))
	must(b.t, b.sim.SetInteractivityURL(r.URL+"/interactivity"))
	must(b.t, b.sim.SetCommandsURL(r.URL+"/commands"))
}

func quiet(v slack.State) bool { return v.PendingEvents() == 0 }

func attempts(n int) func(slack.State) bool {
	return func(v slack.State) bool { return len(v.Deliveries()) >= n }
}

// hooked is an unlimited simulator with a receiver.
func hooked(t *testing.T) (*bot, *receiver) {
	b := unlimited(t)
	r := receive(b)
	b.hook(r)
	return b, r
}
