package brief

import (
	"net/url"
	"path"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/internal/label"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// What visitors say of themselves is shown shortened, in code points: the card must leave room for a message.
const (
	MaxName  = 64
	maxField = 200
	maxURL   = 300
	maxTitle = 60
)

// Headline stands above a visitor's card, and Hint below it.
const (
	Headline = "🆕 New conversation"
	Hint     = "💬 Reply here to answer"
)

// Line is a line of a card: an icon of ours, and foreign words.
type Line struct{ Icon, Text string }

// Card is what is known of a visitor, besides name and short id. Nothing of it is empty.
func Card(record *sessionsv1.SessionRecord) []Line {
	session := record.GetSession()
	metadata, identity := session.GetMetadata(), session.GetIdentity()
	var lines []Line
	add := func(icon string, most int, values ...string) {
		known := values[:0]
		for _, v := range values {
			if v = label.Line(v, most); v != "" {
				known = append(known, v)
			}
		}
		if len(known) > 0 {
			lines = append(lines, Line{icon, strings.Join(known, " · ")})
		}
	}
	add("📧", maxField, field(identity, "email"))
	add("📱", maxField, either(field(identity, "phone"), session.GetUserPhone()))
	add("🔑 "+mark(session.GetIdentityVerified()), maxField, field(identity, "id"))
	add("📍", maxURL, field(metadata, "pageTitle"), field(metadata, "url"))
	add("↩️", maxURL, field(metadata, "referrer"))
	add("🌐", maxField, field(metadata, "browser"), field(metadata, "os"), field(metadata, "deviceType"))
	add("🌍", maxField, field(metadata, "city"), field(metadata, "country"), field(metadata, "language"), field(metadata, "timezone"))
	return lines
}

// mark tells whether an identity is proven. It stands before the id: what a page says can imitate only what comes after.
func mark(verified bool) string {
	if verified {
		return "✅"
	}
	return "unverified"
}

// Title is a thread's name: who, and on which page. It has at most 140 code points.
func Title(record *sessionsv1.SessionRecord) string {
	name := "💬 " + either(label.Line(identityName(record), maxTitle), Short(record))
	if page := label.Line(lastPart(field(record.GetSession().GetMetadata(), "url")), maxTitle); page != "" {
		name += " · " + page
	}
	return name
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

// Visitor is what a visitor is called.
func Visitor(record *sessionsv1.SessionRecord) string {
	return either(label.Line(identityName(record), MaxName), "Visitor "+Short(record))
}

// identityName is the name, else what stands before the @ of the e-mail address.
func identityName(record *sessionsv1.SessionRecord) string {
	identity := record.GetSession().GetIdentity()
	before, _, _ := strings.Cut(field(identity, "email"), "@")
	return either(field(identity, "name"), before)
}

// Short is what operators see of a session's id, which as a whole opens the conversation to whoever knows it.
func Short(record *sessionsv1.SessionRecord) string {
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
