package telegram

import (
	"net/url"
	"path"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/id"
	botapi "github.com/bellhop-chat/bellhop/internal/platform/telegram"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// What visitors say of themselves is shown shortened, in code points: the card must leave room for a message.
const (
	maxName  = 64
	maxField = 200
	maxURL   = 300
)

// card is what is known of a visitor, one line each.
func card(t *botapi.Text, record *sessionsv1.SessionRecord) {
	metadata, identity := record.GetSession().GetMetadata(), record.GetSession().GetIdentity()
	t.Plain("🆕 New conversation\n👤 ").Bold(visitorName(record))
	line := func(icon string, most int, values ...string) {
		known := values[:0]
		for _, v := range values {
			if v = foreign(v, most); v != "" {
				known = append(known, v)
			}
		}
		if len(known) > 0 {
			t.Plain("\n" + icon + " ").Verbatim(strings.Join(known, " · "))
		}
	}
	line("📧", maxField, field(identity, "email"))
	line("📱", maxField, either(field(identity, "phone"), field(metadata, "userPhone")))
	line("📍", maxURL, field(metadata, "pageTitle"), field(metadata, "url"))
	line("↩️", maxURL, field(metadata, "referrer"))
	line("🌐", maxField, field(metadata, "browser"), field(metadata, "os"), field(metadata, "deviceType"))
	line("🌍", maxField, field(metadata, "city"), field(metadata, "country"), field(metadata, "language"), field(metadata, "timezone"))
	t.Plain("\n🔖 ").Code(short(record))
	t.Plain("\n💬 Reply here to answer")
}

// title is a topic's name: who, and on which page.
func title(record *sessionsv1.SessionRecord) string {
	const most = 60
	who := either(foreign(identityName(record), most), short(record))
	name := "💬 " + who
	if page := foreign(lastPart(field(record.GetSession().GetMetadata(), "url")), most); page != "" {
		name += " · " + page
	}
	return botapi.TopicName(name)
}

// lastPart is the last part of an address's path, empty for a home page.
func lastPart(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	part := path.Base(u.Path)
	if part == "." || part == "/" {
		return ""
	}
	return part
}

func visitorName(record *sessionsv1.SessionRecord) string {
	return either(foreign(identityName(record), maxName), "Visitor "+short(record))
}

// identityName is the name, else what stands before the @ of the e-mail address.
func identityName(record *sessionsv1.SessionRecord) string {
	identity := record.GetSession().GetIdentity()
	before, _, _ := strings.Cut(field(identity, "email"), "@")
	return either(field(identity, "name"), before)
}

// short is what operators see of a session's id, which as a whole opens the conversation to whoever knows it.
func short(record *sessionsv1.SessionRecord) string {
	return id.Session(record.GetSession().GetId()).Short()
}

// field is a text field; anything else counts as absent.
func field(s *structpb.Struct, key string) string {
	return strings.TrimSpace(s.GetFields()[key].GetStringValue())
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// foreign is one line of somebody else's words, of at most so many code points.
func foreign(s string, most int) string {
	s = botapi.CleanName(s)
	if runes := []rune(s); len(runes) > most {
		s = strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	return s
}
