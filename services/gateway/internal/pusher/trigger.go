package pusher

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// maxChannels is to how many channels one event may go. It is Pusher's.
const maxChannels = 100

// triggered is an event as backends send it.
type triggered struct {
	Name     *string         `json:"name"`
	Data     json.RawMessage `json:"data"`
	Channel  *string         `json:"channel"`
	Channels []string        `json:"channels"`
	Socket   *string         `json:"socket_id"`
	Info     *string         `json:"info"`
}

// trigger publishes an event to channels: all of them, or none when something is wrong.
func (s *Server) trigger(c call) (any, *intake.Refusal) {
	var t triggered
	if f := c.parse(&t); f != nil {
		return nil, f
	}
	if t.Channel != nil {
		t.Channels = append(t.Channels, *t.Channel)
	}
	if f := s.check(c.r.Context(), t, maxChannels); f != nil {
		return nil, f
	}
	t.Channels = distinct(t.Channels)
	// What cannot be answered is not published: whoever is refused tries again.
	answer, f := s.triggerInfo(c.r.Context(), t)
	if f == nil {
		f = s.publish(c.r.Context(), t)
	}
	return answer, f
}

func (s *Server) triggerInfo(ctx context.Context, t triggered) (any, *intake.Refusal) {
	if t.Info == nil {
		return empty{}, nil
	}
	about, f := s.attributes(ctx, t.Channels, attributesOf(*t.Info))
	return struct {
		Channels map[string]attributes `json:"channels"`
	}{about}, f
}

// check says what is wrong with an event.
func (s *Server) check(ctx context.Context, t triggered, most int) *intake.Refusal {
	if t.Name == nil {
		return invalid("missing parameter name: a text")
	}
	if n := utf8.RuneCountInString(*t.Name); n == 0 || n > maxEventName {
		return invalid(fmt.Sprintf("the name has %d characters, and must have 1 to %d", n, maxEventName))
	}
	if strings.HasPrefix(*t.Name, reservedInternal) {
		return invalid("no event of a backend's is called " + reservedInternal + "…: clients would take it for the server's own")
	}
	var data string
	if len(t.Data) == 0 || json.Unmarshal(t.Data, &data) != nil || string(t.Data) == "null" {
		return invalid("missing parameter data: a text, which may be JSON")
	}
	if len(data) > s.MaxPayload {
		return tooLarge(fmt.Sprintf("the data have %d bytes, of %d that they may have", len(data), s.MaxPayload))
	}
	if n := len(t.Channels); n == 0 || n > most {
		return invalid(fmt.Sprintf("there are %d channels, and must be 1 to %d", n, most))
	}
	for _, name := range t.Channels {
		if err := checkName(name); err != nil {
			return invalid(err.Error())
		}
		if f := s.checkSession(ctx, name, t); f != nil {
			return f
		}
	}
	if t.Socket != nil && !isSocketID(*t.Socket) {
		return invalid(fmt.Sprintf("the socket_id %.50q is none", *t.Socket))
	}
	return nil
}

// checkSession says why an event to a chat session could not be stored; nil for other channels.
func (s *Server) checkSession(ctx context.Context, name string, t triggered) *intake.Refusal {
	if !kindOf(name).session {
		return nil
	}
	if _, f := custom(*t.Name, t.Data); f != nil {
		return f
	}
	_, f := s.Intake.Find(ctx, strings.TrimPrefix(name, sessionPrefix))
	return f
}

// publish hands an event to the bus.
func (s *Server) publish(ctx context.Context, t triggered) *intake.Refusal {
	e := Event{Name: *t.Name, Data: t.Data}
	if t.Socket != nil {
		e.Socket = *t.Socket
	}
	payload := encode(e)
	for _, name := range t.Channels {
		if f := s.publishTo(ctx, name, t, payload); f != nil {
			return f
		}
		s.metrics.triggered.Inc()
	}
	return nil
}

func (s *Server) publishTo(ctx context.Context, name string, t triggered, payload []byte) *intake.Refusal {
	channel := bus.Channel{App: s.AppID, Name: name}
	var err error
	switch k := kindOf(name); {
	case k.session:
		return s.emit(ctx, name, t)
	case k.cached:
		err = s.Cache.Put(ctx, channel, payload)
	default:
		err = s.Bus.ToChannel(channel, payload)
	}
	switch {
	case errors.Is(err, bus.ErrTooLarge):
		return tooLarge("the event is too large for the bus, escaped as it is")
	case err != nil:
		return unavailable()
	}
	return nil
}

// distinct leaves out what is there already.
func distinct(names []string) []string {
	var once []string
	for _, name := range names {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once
}
