package slack

import (
	"context"
	"encoding/json"
	"math/rand"
	"net/url"
	"time"
)

// Lifetimes of what an interaction brings (https://docs.slack.dev/interactivity/handling-user-interaction).
const (
	triggerLifetime  = 3 * time.Second
	responseLifetime = 30 * time.Minute
	responsePosts    = 5
)

// Interaction is one press of a button, shortcut, submitted view or slash command.
type Interaction struct {
	ID       string    `json:"id"`   // trigger_id
	Kind     string    `json:"kind"` // block_actions, message_action, view_submission, slash_command
	User     User      `json:"user"`
	TS       string    `json:"ts,omitempty"` // of the message
	ActionID string    `json:"actionId,omitempty"`
	Value    string    `json:"value,omitempty"`
	Command  string    `json:"command,omitempty"`
	At       time.Time `json:"at"`
	Done     bool      `json:"done"`             // answered or failed
	Failed   string    `json:"failed,omitempty"` // what the person sees instead of an effect
	Answer   string    `json:"answer,omitempty"` // the app's answer
	// ResponseURL is what the app was given.
	ResponseURL string `json:"responseUrl,omitempty"`
}

// trigger is a trigger_id in force.
type trigger struct {
	Ends time.Time
	Used bool
	User string
}

// responseURL is a response_url in force.
type responseURL struct {
	Channel, TS, User string
	Ends              time.Time
	Posts             int
}

// triggerID has the form of Slack's.
func triggerID(rng *rand.Rand) string {
	return random(rng, "123456789", 13) + "." + random(rng, "123456789", 12) + "." + random(rng, "0123456789abcdef", 32)
}

// begin makes the trigger and the response_url of an interaction. The caller holds mu.
func (s *Server) begin(kind string, by User, ch *channel, m *Message) *Interaction {
	now := s.clock.Now()
	i := &Interaction{ID: triggerID(s.rng), Kind: kind, User: by, At: now}
	s.world.Triggers[i.ID] = &trigger{Ends: now.Add(triggerLifetime), User: by.ID}
	if ch != nil {
		secret := random(s.rng, alphabet, 24)
		r := &responseURL{Channel: ch.ID, User: by.ID, Ends: now.Add(responseLifetime)}
		if m != nil {
			i.TS, r.TS = m.TS, m.TS
		}
		s.world.ResponseURLs[secret] = r
		i.ResponseURL = s.base + "/respond/" + secret
	}
	s.world.Interactions = append(s.world.Interactions, i)
	return i
}

// ask brings an interaction to the app, once: there are no retries, and a person who gets no answer in time sees an error.
// then runs under the lock with the answer. The caller holds mu.
func (s *Server) ask(i *Interaction, to, address, socketKind, contentType string, body, payload []byte, then func(answer []byte)) error {
	if address == "" && (s.world.Hooks.Events != "" || !s.world.SocketSeen) {
		return ErrNoHook // only Socket Mode needs no request URL
	}
	era := s.engine.era
	copies := 1
	for _, f := range s.faults.MatchDelivery(i.Kind, onTheWay) {
		copies += f.Duplicate
		if f.Lose {
			i.fail("timeout")
			return nil
		}
		if f.Delay > 0 {
			delay := f.Delay
			s.spawn(func() {
				if s.clock.Sleep(era, delay) == nil {
					s.carry(era, i, to, address, socketKind, contentType, body, payload, then)
				}
			})
			copies--
		}
	}
	for range copies {
		s.spawn(func() { s.carry(era, i, to, address, socketKind, contentType, body, payload, then) })
	}
	return nil
}

func (s *Server) carry(era context.Context, i *Interaction, to, address, socketKind, contentType string, body, payload []byte, then func([]byte)) {
	p := &parcel{to: to, url: address, kind: i.Kind, id: i.ID, contentType: contentType, body: body, attempt: 1}
	disturbances := s.faults.MatchDelivery(i.Kind, atTheDoor)
	var out outcome
	if address == "" {
		out = s.push(era, p, socketKind, payload, dropped(disturbances))
	} else {
		for _, f := range disturbances {
			if f.Forge != "" {
				forged := *p
				forged.forgery = Forgery(f.Forge)
				s.send(era, &forged, false)
			}
		}
		out = s.send(era, p, dropped(disturbances))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if era.Err() != nil {
		return
	}
	if out.ok {
		i.Done, i.Answer = true, clip(string(out.answer))
		then(out.answer)
	} else {
		i.fail(out.reason)
	}
	s.touch()
}

// fail is what the person sees when the app does not answer.
func (i *Interaction) fail(reason string) {
	i.Done, i.Failed = true, "This app didn't respond. Try again or contact the app's manager."
	if i.Kind == "slash_command" {
		i.Failed = i.Command + " failed with the error \"" + slashError(reason) + "\""
	}
}

func slashError(reason string) string {
	if reason == "http_timeout" || reason == "timeout" {
		return "operation_timeout"
	}
	return "dispatch_failed"
}

// payloadForm is the body of an interactivity request.
func payloadForm(payload []byte) []byte {
	return []byte(url.Values{"payload": {string(payload)}}.Encode())
}

// interact sends a JSON payload to the interactivity URL or over a socket. The caller holds mu.
func (s *Server) interact(i *Interaction, payload fields, then func([]byte)) error {
	raw, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	if then == nil {
		then = func([]byte) {}
	}
	return s.ask(i, "interactivity", s.world.Hooks.Interactivity, "interactive", formType, payloadForm(raw), raw, then)
}

const formType = "application/x-www-form-urlencoded"

// common are the fields of every interactivity payload.
func (s *Server) common(i *Interaction, ch *channel) fields {
	out := fields{
		"type": i.Kind, "user": fields{"id": i.User.ID, "username": i.User.Name, "name": i.User.Name, "team_id": TeamID},
		"api_app_id": AppID, "token": verificationToken, "team": fields{"id": TeamID, "domain": handle(s.world.TeamName)},
		"enterprise": nil, "is_enterprise_install": false, "trigger_id": i.ID,
	}
	if ch != nil {
		out["channel"] = fields{"id": ch.ID, "name": ch.Name}
	}
	if i.ResponseURL != "" {
		out["response_url"] = i.ResponseURL
	}
	return out
}
