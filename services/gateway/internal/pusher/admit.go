package pusher

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

// maxUserID bounds the id of a member, in characters.
const maxUserID = 128

// member is who wants to join a presence channel.
type member struct {
	user string
	info string // JSON; empty for nothing
}

// admit says whether a socket may subscribe, and as whom.
func (c *conn) admit(s subscription) (m member, r *refusal) {
	if err := checkName(s.Channel); err != nil {
		return m, &refusal{limitReached, codeUnauthorized, err.Error()}
	}
	if most := c.server.MaxChannels; most > 0 && c.seats() >= most {
		return m, &refusal{limitReached, codeOverCapacity, fmt.Sprintf("this connection is in %d channels, as many as it may be in", most)}
	}
	k := kindOf(s.Channel)
	if k.user {
		if u := c.signedIn(); u == nil || s.Channel != userPrefix+u.id {
			return m, &refusal{authError, 401, "only who is signed in as that user may subscribe to " + s.Channel}
		}
		return m, nil
	}
	if !k.guarded() {
		return m, nil
	}
	unsigned := c.server.unsigned(s.Auth, signature.SubscriptionString(c.id, s.Channel, orNothing(s.Data), s.Data != nil))
	switch {
	case k.session:
		r = c.visitor(s, unsigned)
	case unsigned != "":
		r = &refusal{authError, 401, unsigned}
	case k.presence:
		m, r = c.member(s.Data)
	}
	if r == nil {
		c.Mu.Lock()
		c.shown = true
		c.Mu.Unlock()
	}
	return m, r
}

func orNothing(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// unsigned says what is wrong with an authorisation, key:signature; empty for nothing. What was to be signed may be told: it is no secret,
// and shows what the other side did differently.
func (s *Server) unsigned(auth, signed string) string {
	key, digest, cut := strings.Cut(auth, ":")
	switch {
	case !cut:
		return "the auth must be key:signature"
	case key != s.Key:
		return fmt.Sprintf("the key in the auth, %.100q, is not this app's", key)
	case !signature.Equal(digest, signature.Digest(s.Secret, signed)):
		s.metrics.unverified.Inc()
		// As it was signed: with more quotes it would be another text.
		return fmt.Sprintf("the signature is wrong: expected HMAC SHA256 hex digest of %.2000s, but got %.200q", signed, digest)
	}
	return ""
}

// member reads who wants to join: what was signed says so, or else that the socket has signed in.
func (c *conn) member(data *string) (member, *refusal) {
	refused := func(why string) (member, *refusal) { return member{}, &refusal{authError, 401, why} }
	if data == nil {
		if u := c.signedIn(); u != nil {
			return c.signedMember(u)
		}
		return refused("missing parameter channel_data: a presence channel needs a user_id, or a socket that has signed in")
	}
	if len(*data) > c.server.MaxUserBytes {
		return refused(fmt.Sprintf("channel_data has %d bytes, of %d that it may have", len(*data), c.server.MaxUserBytes))
	}
	var who struct {
		ID   json.RawMessage `json:"user_id"`
		Info json.RawMessage `json:"user_info"`
	}
	if err := json.Unmarshal([]byte(*data), &who); err != nil || !strings.HasPrefix(strings.TrimSpace(*data), "{") {
		return refused("channel_data must be a JSON object with a user_id")
	}
	id, err := userID(who.ID)
	if err != nil {
		return refused(err.Error())
	}
	return member{id, string(who.Info)}, nil
}

// signedMember is who has signed in, if what he signed in with is within what channel data may be.
func (c *conn) signedMember(u *user) (member, *refusal) {
	if err := userLength(u.id); err != nil {
		return member{}, &refusal{authError, 401, err.Error()}
	}
	if n := len(encode(memberAdded{u.id, infoOf(string(u.info))})); n > c.server.MaxUserBytes {
		return member{}, &refusal{authError, 401, fmt.Sprintf("the user has %d bytes, of %d that a member may have", n, c.server.MaxUserBytes)}
	}
	return member{u.id, string(u.info)}, nil
}

// userID reads an id that is a text or a number, which are the same when they are written the same.
func userID(raw json.RawMessage) (string, error) {
	var id string
	if json.Unmarshal(raw, &id) != nil {
		if _, err := strconv.ParseFloat(string(raw), 64); err != nil {
			return "", fmt.Errorf("channel_data must have a user_id: a text, or a number")
		}
		id = string(raw)
	}
	return id, userLength(id)
}

func userLength(id string) error {
	if n := utf8.RuneCountInString(id); n == 0 || n > maxUserID {
		return fmt.Errorf("the user_id has %d characters, and must have 1 to %d", n, maxUserID)
	}
	return nil
}
