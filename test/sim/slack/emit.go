package slack

import (
	"encoding/json"
	"maps"
	"slices"
)

// eventScopes are the event types that the simulator emits and the scope that each needs; of two, the one of the channel.
var eventScopes = map[string][]string{
	"message.channels":      {"channels:history"},
	"message.groups":        {"groups:history"},
	"app_mention":           {"app_mentions:read"},
	"reaction_added":        {"reactions:read"},
	"reaction_removed":      {"reactions:read"},
	"member_joined_channel": {"channels:read", "groups:read"},
	"member_left_channel":   {"channels:read", "groups:read"},
	"channel_archive":       {"channels:read", "groups:read"},
	"channel_unarchive":     {"channels:read", "groups:read"},
	"channel_rename":        {"channels:read", "groups:read"},
	"file_shared":           {"files:read"},
	"app_uninstalled":       nil,
	"tokens_revoked":        nil,
}

// AllEvents are the names of the events that the simulator emits, as one subscribes to them.
func AllEvents() []string { return slices.Sorted(maps.Keys(eventScopes)) }

// messageEvent is a message on its way to the app.
type messageEvent struct {
	*wireMessage
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
	EventTS     string `json:"event_ts"`
}

// changeEvent is message_changed and message_deleted.
type changeEvent struct {
	Type        string       `json:"type"`
	Subtype     string       `json:"subtype"`
	Message     *wireMessage `json:"message,omitempty"`
	Previous    *wireMessage `json:"previous_message,omitempty"`
	Channel     string       `json:"channel"`
	ChannelType string       `json:"channel_type"`
	Hidden      bool         `json:"hidden"`
	DeletedTS   string       `json:"deleted_ts,omitempty"`
	TS          string       `json:"ts"`
	EventTS     string       `json:"event_ts"`
}

func (ch *channel) kind() string {
	if ch.Private {
		return "group"
	}
	return "channel"
}

func (ch *channel) messageName() string {
	if ch.Private {
		return "message.groups"
	}
	return "message.channels"
}

func (s *Server) emitMessage(ch *channel, m *Message) {
	if m.Ephemeral != "" {
		return
	}
	event := messageEvent{wireMessage: s.wireMessage(ch, m), Channel: ch.ID, ChannelType: ch.kind(), EventTS: m.TS}
	s.emit(ch, ch.messageName(), "message", m.Root(), event)
	if m.BotID == "" && mentions(m.Text, BotUserID) {
		s.emit(ch, "app_mention", "app_mention", m.Root(), mentionEvent(event))
	}
}

func mentionEvent(e messageEvent) messageEvent {
	copied := *e.wireMessage
	copied.Type = "app_mention"
	e.wireMessage, e.ChannelType = &copied, ""
	return e
}

func (s *Server) emitChanged(ch *channel, m *Message, before *wireMessage) {
	ts := ch.nextTS(s.clock.Now())
	s.emit(ch, ch.messageName(), "message_changed", m.Root(), changeEvent{
		Type: "message", Subtype: "message_changed", Message: s.wireMessage(ch, m), Previous: before,
		Channel: ch.ID, ChannelType: ch.kind(), Hidden: true, TS: ts, EventTS: ts,
	})
}

func (s *Server) emitDeleted(ch *channel, m *Message, before *wireMessage) {
	ts := ch.nextTS(s.clock.Now())
	s.emit(ch, ch.messageName(), "message_deleted", m.Root(), changeEvent{
		Type: "message", Subtype: "message_deleted", Previous: before, DeletedTS: m.TS,
		Channel: ch.ID, ChannelType: ch.kind(), Hidden: true, TS: ts, EventTS: ts,
	})
}

// envelope is what an event travels in.
type envelope struct {
	Token             string          `json:"token"`
	TeamID            string          `json:"team_id"`
	ContextTeamID     string          `json:"context_team_id"`
	ContextEnterprise *string         `json:"context_enterprise_id"`
	APIAppID          string          `json:"api_app_id"`
	Event             any             `json:"event"`
	Type              string          `json:"type"`
	EventID           string          `json:"event_id"`
	EventTime         int64           `json:"event_time"`
	Authorizations    []authorization `json:"authorizations"`
	IsExtShared       bool            `json:"is_ext_shared_channel"`
	EventContext      string          `json:"event_context"`
}

type authorization struct {
	EnterpriseID        *string `json:"enterprise_id"`
	TeamID              string  `json:"team_id"`
	UserID              string  `json:"user_id"`
	IsBot               bool    `json:"is_bot"`
	IsEnterpriseInstall bool    `json:"is_enterprise_install"`
}

// verificationToken is the deprecated secret in every event; nobody should look at it.
const verificationToken = "simulated-verification-token"

// emit hands an event to the engine if the app is subscribed, may see it, and is in the channel; ch is nil for events of the
// workspace. kind is what logs and faults call it, lane what it keeps its order with. The caller holds mu.
func (s *Server) emit(ch *channel, name, kind, lane string, event any) {
	if !s.hears(ch, name) {
		return
	}
	now := s.clock.Now()
	id := newID(s.rng, "Ev")
	body, err := json.Marshal(envelope{
		Token: verificationToken, TeamID: TeamID, ContextTeamID: TeamID, APIAppID: AppID, Event: event, Type: "event_callback",
		EventID: id, EventTime: now.Unix(), Authorizations: []authorization{{TeamID: TeamID, UserID: BotUserID, IsBot: true}},
		EventContext: "4-" + id,
	})
	if err != nil {
		return // plain structs always encode
	}
	s.dispatch(&outgoing{ID: id, Kind: kind, Lane: lane, Body: body})
}

func (s *Server) hears(ch *channel, name string) bool {
	w := s.world
	if !w.Events[name] || w.EventsOff || w.Gone != "" && name != "tokens_revoked" && name != "app_uninstalled" {
		return false
	}
	if ch == nil {
		return true
	}
	scopes := eventScopes[name]
	if len(scopes) == 2 {
		scopes = scopes[:1]
		if ch.Private {
			scopes = eventScopes[name][1:]
		}
	}
	leaving := name == "member_left_channel" // said to the one who leaves as well
	return (ch.BotMember || leaving) && (len(scopes) == 0 || w.Scopes[scopes[0]])
}
