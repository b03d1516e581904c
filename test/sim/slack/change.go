package slack

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/slack/mrkdwn"
)

// post places a message of anybody and announces it. The caller holds mu.
func (s *Server) post(ch *channel, m *Message) {
	before := s.parentBefore(ch, m)
	ch.place(m)
	s.emitMessage(ch, m)
	s.parentAfter(ch, m, before)
	if m.Unfurl {
		s.unfurl(ch, m)
	}
	s.touch()
}

// parentBefore is how a reply's root looks before it. Nil: nobody hears of the root's change.
func (s *Server) parentBefore(ch *channel, m *Message) *wireMessage {
	root := ch.Messages[m.ThreadTS]
	if root == nil || s.opts.QuietParents {
		return nil
	}
	return s.wireMessage(ch, root)
}

// parentAfter announces that a root has one reply more or less: Slack says message_changed although its text is the same.
func (s *Server) parentAfter(ch *channel, m *Message, before *wireMessage) {
	root := ch.Messages[m.ThreadTS]
	if before == nil || root.Deleted && !root.Tombstone {
		return
	}
	s.emitChanged(ch, root, before)
}

// change edits a message, keeps what it said before, and announces it. The caller holds mu.
func (s *Server) change(ch *channel, m *Message, by string, edit func()) {
	before := s.wireMessage(ch, m)
	m.History = append(m.History, Version{Text: m.Text, Shown: m.Shown, Blocks: m.Blocks, At: s.clock.Now()})
	edit()
	m.Edited = &Edit{User: by, TS: ch.nextTS(s.clock.Now())}
	s.emitChanged(ch, m, before)
	s.touch()
}

// remove deletes a message. A root with replies becomes a tombstone, and the tombstone goes with the last reply.
// The caller holds mu.
func (s *Server) remove(ch *channel, m *Message) {
	before := s.wireMessage(ch, m)
	parent := s.parentBefore(ch, m)
	m.Deleted = true
	if t := ch.Threads[m.ThreadTS]; t != nil {
		t.counted = nil
	}
	if m.ThreadTS == "" && ch.digest(m.TS).count > 0 {
		m.Tombstone = true
		s.emitChanged(ch, m, before)
		s.touch()
		return
	}
	s.emitDeleted(ch, m, before)
	if root := ch.Messages[m.ThreadTS]; root != nil && root.Tombstone && ch.digest(root.TS).count == 0 {
		stone := s.wireMessage(ch, root)
		root.Tombstone = false
		s.emitDeleted(ch, root, stone)
	} else if root != nil {
		s.parentAfter(ch, m, parent)
	}
	s.touch()
}

// linksOf are the web addresses of a text.
func linksOf(text string) []string {
	var out []string
	for _, t := range mrkdwn.Tokens(text) {
		if t.Kind == mrkdwn.Link && strings.HasPrefix(t.Value, "http") {
			out = append(out, t.Value)
		}
		if t.Kind == mrkdwn.Text {
			out = append(out, bare.FindAllString(t.Raw, -1)...)
		}
	}
	return out
}

func isMedia(link string) bool {
	u, err := url.Parse(link)
	if err != nil {
		return false
	}
	dot := strings.LastIndex(u.Path, ".")
	return dot >= 0 && slices.Contains([]string{".png", ".jpg", ".jpeg", ".gif", ".mp4"}, u.Path[dot:])
}

// unfurl adds made-up previews: the simulator visits nothing. The bot hears of it as a message_changed.
func (s *Server) unfurl(ch *channel, m *Message) {
	links := linksOf(m.Text)
	if len(links) == 0 {
		return
	}
	before := s.wireMessage(ch, m)
	var previews []fields
	for i, link := range links {
		host := link
		if u, err := url.Parse(mrkdwn.Unescape(link)); err == nil {
			host = u.Host
		}
		previews = append(previews, fields{
			"id": i + 1, "from_url": link, "original_url": link, "service_name": host, "title": host, "title_link": link,
			"fallback": host, "text": "A preview of the page",
		})
	}
	raw, err := json.Marshal(previews)
	if err != nil {
		return // maps of strings and numbers always encode
	}
	m.Unfurled = raw
	s.emitChanged(ch, m, before)
}
