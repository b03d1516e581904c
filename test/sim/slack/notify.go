package slack

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// typed is an @-name as people type it; it counts only with link_names or parse=full.
var typed = regexp.MustCompile(`(^|[^\p{L}\p{N}_@<])@([\p{L}\p{N}._-]+)`)

// called are the names of the members whom a message calls. The text counts beside the blocks, although people see it in the
// notification only: a careful app puts nothing into it that calls.
func (s *Server) called(m *Message, c content) []string {
	ch := s.world.Channels[m.ChannelID]
	if ch == nil {
		return nil
	}
	texts := []string{c.text}
	for _, t := range c.set.Texts {
		if !t.Plain {
			texts = append(texts, t.Value)
		}
	}
	texts = append(texts, attached(c.attachments)...)
	hit := map[string]bool{}
	for _, text := range texts {
		for _, t := range mrkdwn.Tokens(text) {
			s.callToken(ch, t, hit)
			if t.Kind == mrkdwn.Text && c.linkNames {
				s.callTyped(ch, t.Raw, hit)
			}
		}
	}
	delete(hit, m.From.ID)
	var out []string
	for _, id := range s.world.UserOrder {
		if hit[id] && !s.world.Users[id].IsBot {
			out = append(out, s.world.Users[id].Name)
		}
	}
	return out
}

func (s *Server) callToken(ch *channel, t mrkdwn.Token, hit map[string]bool) {
	switch t.Kind {
	case mrkdwn.Member:
		if s.world.Users[t.Value] != nil {
			hit[t.Value] = true
		}
	case mrkdwn.Broadcast, mrkdwn.Group: // the simulator has no groups: pessimistically everybody is in each
		for _, id := range ch.Members {
			hit[id] = true
		}
	}
}

func (s *Server) callTyped(ch *channel, text string, hit map[string]bool) {
	for _, match := range typed.FindAllStringSubmatch(text, -1) {
		name := strings.TrimRight(match[2], ".")
		if slices.Contains([]string{"channel", "here", "everyone", "group"}, name) {
			s.callToken(ch, mrkdwn.Token{Kind: mrkdwn.Broadcast, Value: name}, hit)
		} else if u := s.world.named(name); u != nil {
			hit[u.ID] = true
		}
	}
}

// attached are the texts of attachments, which people see and which call as well.
func attached(raw json.RawMessage) []string {
	var list []map[string]any
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var out []string
	for _, a := range list {
		for _, name := range []string{"pretext", "text", "title", "fallback"} {
			if text, ok := a[name].(string); ok {
				out = append(out, text)
			}
		}
	}
	return out
}

// nameOf is what people read for an id.
func (s *Server) nameOf(kind mrkdwn.Kind, id string) string {
	switch kind {
	case mrkdwn.Member:
		if u := s.world.Users[id]; u != nil {
			return u.RealName
		}
	case mrkdwn.Channel:
		if ch := s.world.Channels[id]; ch != nil {
			return ch.Name
		}
	}
	return ""
}

// plain is what people read of a text.
func (s *Server) plain(text string) string { return mrkdwn.Plain(text, s.nameOf) }
