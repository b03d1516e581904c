package slack

import (
	"strings"

	"github.com/bellhop-chat/bellhop/internal/platform/slack/emoji"
)

// Names tells what ids in a text are called: "U…" people, "C…" channels, "S…" groups. A nil function, or an empty answer, means that nobody knows.
type Names struct {
	User, Channel, Group func(id string) string
}

// Decode is the text of a message as its author sees it: what Slack has escaped, names of people and channels instead of their
// ids, addresses, emoji. Marks such as *stars* stay as they were typed. https://docs.slack.dev/messaging/formatting-message-text
func Decode(text string, names Names) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	var out strings.Builder
	fence := "" // what ends the code that we are in: emoji are none there
	plain := func(s string) {
		var decoded string
		decoded, fence = outsideCode(s, fence)
		out.WriteString(decoded)
	}
	for text != "" {
		open := strings.IndexByte(text, '<')
		end := strings.IndexByte(text[max(open, 0):], '>') + max(open, 0)
		if open < 0 || end < open {
			break
		}
		if nested := strings.LastIndexByte(text[:end], '<'); nested > open {
			open = nested // a lone "<", which Slack would have escaped
		}
		plain(text[:open])
		out.WriteString(spell(text[open+1:end], names))
		text = text[end+1:]
	}
	plain(text)
	return out.String()
}

var unescaper = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// outsideCode puts emoji where text is not code. It returns in which code the text ends, if any.
func outsideCode(text, fence string) (decoded, open string) {
	var out strings.Builder
	for text != "" {
		if fence == "" {
			at := strings.IndexByte(text, '`')
			if at < 0 {
				break
			}
			fence = "`"
			if strings.HasPrefix(text[at:], "```") {
				fence = "```"
			}
			out.WriteString(unescaper.Replace(emoji.Replace(text[:at])) + fence)
			text = text[at+len(fence):]
			continue
		}
		end := strings.Index(text, fence)
		if line := strings.IndexByte(text, '\n'); fence == "`" && line >= 0 && (end < 0 || line < end) {
			end = line // code in a line ends there, closed or not
			out.WriteString(unescaper.Replace(text[:end]))
			text, fence = text[end:], ""
			continue
		}
		if end < 0 {
			out.WriteString(unescaper.Replace(text))
			return out.String(), fence
		}
		out.WriteString(unescaper.Replace(text[:end]) + fence)
		text, fence = text[end+len(fence):], ""
	}
	out.WriteString(unescaper.Replace(emoji.Replace(text)))
	return out.String(), fence
}

// spell is what stands between angle brackets, in words.
func spell(token string, names Names) string {
	target, label, _ := strings.Cut(token, "|")
	target, label = unescaper.Replace(target), unescaper.Replace(label)
	if target == "" {
		return label
	}
	switch target[0] {
	case '@':
		return "@" + called(target[1:], names.User, label)
	case '#':
		return "#" + called(target[1:], names.Channel, label)
	case '!':
		return special(target[1:], label, names)
	}
	return place(target, label)
}

// called is a name: what Slack says it is, else what is known, else the id.
func called(id string, find func(string) string, label string) string {
	label = strings.TrimLeft(label, "@#")
	if label == "" && find != nil {
		label = find(id)
	}
	if label == "" {
		return id
	}
	return label
}

// special are the commands: groups, dates, and who is called by calling everybody.
func special(command, label string, names Names) string {
	word, rest, _ := strings.Cut(command, "^")
	switch word {
	case "here", "channel", "everyone":
		return "@" + word
	case "subteam":
		id, _, _ := strings.Cut(rest, "^")
		return "@" + called(id, names.Group, label)
	}
	return label // of a date it is what to show where dates are not understood
}

// place is an address. What was typed as an address is shown as it was typed; where a label leads is said.
func place(target, label string) string {
	scheme, bare, ok := strings.Cut(target, ":")
	if ok && (scheme == "mailto" || scheme == "tel") {
		target = bare
	}
	if label == "" || sameAddress(target, label) {
		return either(label, target)
	}
	return label + " (" + target + ")"
}

// sameAddress tells whether a label is the address, as people shorten it.
func sameAddress(target, label string) bool {
	short := func(s string) string {
		s = strings.ToLower(s)
		for _, prefix := range []string{"https://", "http://"} {
			s = strings.TrimPrefix(s, prefix)
		}
		return strings.TrimSuffix(s, "/")
	}
	return short(target) == short(label)
}
