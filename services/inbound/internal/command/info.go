package command

import (
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// keyMark stands before the id by which the site knows a visitor.
const keyMark = "🔑"

// proven stands before that id: what a page says of itself can imitate only what comes after.
func proven(verified bool) string {
	if verified {
		return "✅"
	}
	return "unverified"
}

// details are what info shows of a visitor, from what the visitor said to be and from what the browser said.
var details = []struct {
	mark     string
	identity bool
	key      string
}{
	{"👤", true, "name"},
	{"📧", true, "email"},
	{"📱", true, "phone"},
	{keyMark, true, "id"},
	{"📍", false, "url"},
	{"↩️", false, "referrer"},
	{"🌍", false, "country"},
	{"🏙", false, "city"},
	{"💬", false, "language"},
	{"🌐", false, "userAgent"},
}

// maxDetail is how much of one detail is shown, in runes.
const maxDetail = 200

func info(in In) Out {
	session := in.Conversation.Record.GetSession()
	lines := []string{"Conversation " + in.Conversation.Session.Short() + ", " + session.GetStatus()}
	if at := session.GetCreatedAt(); at != nil {
		lines[0] += ", since " + at.AsTime().UTC().Format("2006-01-02 15:04 UTC")
	}
	for _, d := range details {
		from := session.GetMetadata()
		if d.identity {
			from = session.GetIdentity()
		}
		if value := text(from, d.key); value != "" {
			if d.mark == keyMark {
				value = proven(session.GetIdentityVerified()) + " " + value
			}
			lines = append(lines, d.mark+" "+value)
		}
	}
	return Out{Answer: strings.Join(lines, "\n"), Asked: true}
}

// text is a field in one line.
func text(from *structpb.Struct, key string) string {
	value := strings.Join(strings.Fields(from.GetFields()[key].GetStringValue()), " ")
	if runes := []rune(value); len(runes) > maxDetail {
		value = string(runes[:maxDetail]) + "…"
	}
	return value
}
