package pusher

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/hook"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/webhook"
)

// Endpoint is one who is told, and of what. The names in JSON are those of soketi's and its followers' lists.
type Endpoint struct {
	URL string `json:"url"`
	// Events are the names of those that are told; empty for all.
	Events []string `json:"event_types"`
	// Filter is of which channels they are told.
	Filter Filter `json:"filter"`
	// Headers go along with each request.
	Headers map[string]string `json:"headers"`
}

// Filter is fulfilled by a name that begins with one of the texts, and ends with one; none are any.
type Filter struct {
	StartsWith texts `json:"channel_name_starts_with"`
	EndsWith   texts `json:"channel_name_ends_with"`
}

// texts are a list, or one alone.
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*t = nil
		if one != "" {
			*t = texts{one}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// wants tells whether an event is to be told.
func (e *Endpoint) wants(event hook.Event) bool {
	return (len(e.Events) == 0 || slices.Contains(e.Events, event.Name)) &&
		e.Filter.StartsWith.any(func(text string) bool { return strings.HasPrefix(event.Channel, text) }) &&
		e.Filter.EndsWith.any(func(text string) bool { return strings.HasSuffix(event.Channel, text) })
}

func (t texts) any(fits func(string) bool) bool { return len(t) == 0 || slices.ContainsFunc(t, fits) }

const (
	listExpected = `a JSON list such as [{"url": "https://…", "event_types": ["client_event"], "filter": {"channel_name_starts_with": "private-"}, "headers": {"Authorization": "…"}}]`
	// mostEndpoints bounds the list: each is told by itself.
	mostEndpoints = 100
)

var someEvents = "some of " + strings.Join(hook.Names(), ", ")

// readEndpoints reads the list. Its errors repeat nothing of it but the names of keys.
func readEndpoints(list string) (all []Endpoint, err error) {
	decoder := json.NewDecoder(strings.NewReader(list))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&all)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			err = nil
		} else {
			err = errors.New("something behind the list")
		}
	}
	kind, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	_, malformed := errors.AsType[*json.SyntaxError](err)
	switch {
	case mistyped:
		return nil, wrong(0, "a "+strings.Fields(kind.Value)[0]+" at "+cmp.Or(kind.Field, "the top"), listExpected)
	case malformed, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, wrong(0, "no JSON", listExpected)
	case err != nil:
		return nil, wrong(0, strings.TrimPrefix(err.Error(), "json: "), listExpected)
	case len(all) == 0 || len(all) > mostEndpoints:
		return nil, wrong(0, strconv.Itoa(len(all))+" entries", "1 to "+strconv.Itoa(mostEndpoints))
	}
	return all, nil
}

// validate names what is wrong with an entry of the list, counted from 1.
func (e *Endpoint) validate(entry int) error {
	var problems []error
	if name, ok := unknown(e.Events); !ok {
		problems = append(problems, wrong(entry, "the event "+strconv.Quote(name), someEvents))
	}
	for name, value := range e.Headers {
		switch {
		case !headerName(name):
			problems = append(problems, wrong(entry, "the header "+strconv.Quote(name), "names of letters, digits, - and _"))
		case slices.Contains(ours, http.CanonicalHeaderKey(name)):
			problems = append(problems, wrong(entry, "the header "+strconv.Quote(name), "headers that are not the webhook's own"))
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			problems = append(problems, wrong(entry, "a control character in the header "+strconv.Quote(name), "a value of one line"))
		}
	}
	return errors.Join(problems...)
}

func (e *Endpoint) validateURL(variable string) error {
	return webhook.ValidateURL(variable, cmp.Or(e.URL, "nothing"))
}

// ours are the headers that say what the body is, or how it comes: a receiver compares them.
var ours = []string{"Content-Type", "X-Pusher-Key", "X-Pusher-Signature", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Host", "Connection",
	"Trailer", "Te", "Upgrade", "Expect"}

func headerName(name string) bool {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return name != "" && strings.Trim(name, plain) == ""
}

// unknown is the first name that is no event's; ok when there is none.
func unknown(names []string) (name string, ok bool) {
	for _, name := range names {
		if !slices.Contains(hook.Names(), name) {
			return name, false
		}
	}
	return "", true
}
