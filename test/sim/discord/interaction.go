package discord

import (
	"encoding/json"
	"slices"
	"time"
)

// How long an interaction can be acknowledged, and answered further after that.
const (
	answerWithin = 3 * time.Second
	tokenLasts   = 15 * time.Minute
)

// Interaction types.
const (
	InteractionPing      = 1
	InteractionCommand   = 2
	InteractionComponent = 3
)

// Callback types.
const (
	callbackPong           = 1
	callbackMessage        = 4
	callbackDeferred       = 5
	callbackDeferredUpdate = 6
	callbackUpdate         = 7
	callbackModal          = 9
)

// Verdict says how the bot answered an interaction.
type Verdict string

// The verdicts.
const (
	VerdictWaiting  Verdict = "waiting"  // the operator's client still spins
	VerdictAnswered Verdict = "answered" // in time
	VerdictFailed   Verdict = "failed"   // "This interaction failed": not answered in 3 s, refused, or nobody was there
)

// Interaction is one press of a button or one command.
type Interaction struct {
	ID        string         `json:"id"`
	Type      int            `json:"type"`
	User      User           `json:"user"`
	ChannelID string         `json:"channelId"`
	MessageID string         `json:"messageId,omitempty"` // of a press
	CustomID  string         `json:"customId,omitempty"`  // of a press
	Command   string         `json:"command,omitempty"`
	Options   map[string]any `json:"options,omitempty"` // of a command
	At        time.Time      `json:"at"`
	Via       string         `json:"via"` // gateway or endpoint; "" if nobody was there to be told

	Verdict    Verdict   `json:"verdict"`
	Answer     int       `json:"answer,omitempty"` // callback type: 4 message, 5 and 6 deferred, 7 update, 9 modal
	AnsweredAt time.Time `json:"answeredAt,omitzero"`
	ResponseID string    `json:"responseId,omitempty"` // the message that answers
	Text       string    `json:"text,omitempty"`       // of that message as it was first
	Ephemeral  bool      `json:"ephemeral,omitempty"`
	FollowUps  int       `json:"followUps,omitempty"`
	Refused    []int     `json:"refused,omitempty"` // codes of refused answers: 40060 a second one, 10062 too late
}

// interaction is an Interaction with what only the bot knows.
type interaction struct {
	Interaction
	Token string
}

func (w *world) interaction(id string) *interaction {
	if id == "" {
		return nil
	}
	i, found := slices.BinarySearchFunc(w.Interactions, id, func(i *interaction, id string) int { return compareIDs(i.ID, id) })
	if !found {
		return nil
	}
	return w.Interactions[i]
}

// interactionView copies an interaction and judges it. The caller holds mu.
func (s *Server) interactionView(i *interaction) Interaction {
	view := i.Interaction
	switch {
	case view.Verdict == VerdictFailed || view.Answer != 0:
	case s.clock.Now().Sub(i.At) >= answerWithin:
		view.Verdict = VerdictFailed
	}
	return view
}

type wireInteraction struct {
	ID              string       `json:"id"`
	ApplicationID   string       `json:"application_id"`
	Type            int          `json:"type"`
	Data            any          `json:"data,omitempty"`
	GuildID         string       `json:"guild_id,omitempty"`
	Guild           any          `json:"guild,omitempty"`
	ChannelID       string       `json:"channel_id,omitempty"`
	Channel         *wireChannel `json:"channel,omitempty"`
	Member          *wireMember  `json:"member,omitempty"`
	User            *wireUser    `json:"user,omitempty"`
	Token           string       `json:"token"`
	Version         int          `json:"version"`
	Message         *wireMessage `json:"message,omitempty"`
	AppPermissions  string       `json:"app_permissions"`
	Locale          string       `json:"locale,omitempty"`
	GuildLocale     string       `json:"guild_locale,omitempty"`
	Entitlements    []any        `json:"entitlements"`
	Owners          any          `json:"authorizing_integration_owners"`
	Context         int          `json:"context"`
	AttachmentLimit int64        `json:"attachment_size_limit"`
}

type wireCommandData struct {
	ID      string              `json:"id"`
	Name    string              `json:"name"`
	Type    int                 `json:"type"`
	GuildID string              `json:"guild_id"`
	Options []wireCommandOption `json:"options,omitempty"`
}

type wireCommandOption struct {
	Name  string          `json:"name"`
	Type  int             `json:"type"`
	Value json.RawMessage `json:"value"`
}

type wireComponentData struct {
	CustomID      string `json:"custom_id"`
	ComponentType int    `json:"component_type"`
	ID            int    `json:"id"`
}

// wireInteraction is what the bot is told.
func (s *Server) wireInteraction(i *interaction, data any) wireInteraction {
	w := s.world
	ch := w.Channels[i.ChannelID]
	member := w.wireFullMember(i.User.ID)
	member.Permissions = utoa(w.permissions(i.User.ID, ch))
	out := wireInteraction{
		ID: i.ID, ApplicationID: w.App.ID, Type: i.Type, Data: data, GuildID: w.Guild.ID, ChannelID: i.ChannelID,
		Guild:   map[string]any{"id": w.Guild.ID, "locale": "en-US", "features": []string{}},
		Channel: s.wireChannel(ch), Member: member, Token: i.Token, Version: 1,
		AppPermissions: utoa(w.permissions(w.App.ID, ch)), Locale: "en-US", GuildLocale: "en-US", Entitlements: []any{},
		Owners: map[string]string{"0": w.Guild.ID}, AttachmentLimit: s.opts.FileLimit,
	}
	if m := w.Messages[i.MessageID]; m != nil {
		out.Message = s.wireMessage(m)
	}
	return out
}

// begin notes an interaction and brings it to the bot: to its endpoint if there is one, else through the gateway. The
// caller holds mu.
func (s *Server) begin(i *interaction, data any) {
	w := s.world
	i.ID, i.Token, i.At, i.Verdict = w.newID(s.clock.Now()), s.secret(120), s.clock.Now(), VerdictWaiting
	w.Interactions = append(w.Interactions, i)
	payload := raw(s.wireInteraction(i, data))
	switch {
	case w.App.Endpoint != "":
		i.Via = "endpoint"
		s.wg.Go(func() { s.deliverInteraction(i, payload) })
	case s.gateway.connected():
		i.Via = "gateway"
		s.emit(event{Name: "INTERACTION_CREATE", Data: payload})
	default:
		i.Verdict = VerdictFailed
		return
	}
	s.wg.Go(func() { // the operator's client gives up then
		if s.clock.Sleep(s.ctx, answerWithin) == nil {
			s.watch.Touch()
		}
	})
}
