package slack

import (
	"slices"
	"strings"
)

// tier is how often a method may be called.
type tier int

const (
	tierSpecial tier = iota
	tier1
	tier2
	tier3
	tier4
	tierPost // chat.postMessage
)

// method is one method of the Web API.
type method struct {
	name     string
	tier     tier
	scopes   []string // any of them is enough; channels:… and groups:… are told apart by the channel
	app      bool     // needs the app-level token
	formOnly bool     // arguments in a JSON body are not seen
	required []string
	fields   []string // known arguments
	run      func(*call) (fields, *apiError)
}

// check warns of arguments that the method does not know. The real API ignores them.
func (m method) check(p *params) {
	for name := range p.values {
		if !slices.Contains(m.fields, name) && !slices.Contains(m.required, name) {
			p.warn("unknown field " + name)
		}
	}
}

func list(text string) []string { return strings.Fields(text) }

var postFields = list("text blocks attachments thread_ts reply_broadcast mrkdwn parse link_names unfurl_links unfurl_media metadata " +
	"markdown_text username icon_url icon_emoji as_user")

func methodTable() map[string]method {
	table := map[string]method{}
	for _, m := range slices.Concat(chatMethods(), channelMethods(), fileMethods(), otherMethods()) {
		table[m.name] = m
	}
	return table
}

func chatMethods() []method {
	write := list("chat:write")
	return []method{
		{name: "chat.postMessage", tier: tierPost, scopes: write, required: list("channel"), fields: postFields, run: (*call).postMessage},
		{name: "chat.update", tier: tier3, scopes: write, required: list("channel ts"), run: (*call).updateMessage,
			fields: list("text blocks attachments markdown_text file_ids metadata reply_broadcast parse link_names as_user " +
				"unfurl_links unfurl_media")},
		{name: "chat.delete", tier: tier3, scopes: write, required: list("channel ts"), fields: list("as_user"), run: (*call).deleteMessage},
		{name: "chat.postEphemeral", tier: tier4, scopes: write, required: list("channel user"), fields: postFields, run: (*call).postEphemeral},
		{name: "chat.getPermalink", tier: tierSpecial, formOnly: true, required: list("channel message_ts"), run: (*call).getPermalink},
		{name: "reactions.add", tier: tier3, scopes: list("reactions:write"), required: list("channel name timestamp"), run: (*call).addReaction},
		{name: "reactions.remove", tier: tier2, scopes: list("reactions:write"), required: list("name"),
			fields: list("channel timestamp file file_comment"), run: (*call).removeReaction},
		{name: "assistant.threads.setStatus", tier: tierSpecial, scopes: list("chat:write assistant:write"), required: list("channel_id thread_ts"),
			fields: list("status loading_messages username icon_url icon_emoji"), run: (*call).setStatus},
	}
}

func channelMethods() []method {
	read, history := list("channels:read groups:read"), list("channels:history groups:history")
	page := list("cursor limit oldest latest inclusive include_all_metadata")
	return []method{
		{name: "conversations.info", tier: tier3, scopes: read, formOnly: true, required: list("channel"),
			fields: list("include_locale include_num_members"), run: (*call).channelInfo},
		{name: "conversations.join", tier: tier3, scopes: list("channels:join"), required: list("channel"), run: (*call).joinChannel},
		{name: "conversations.members", tier: tier4, scopes: read, formOnly: true, required: list("channel"), fields: page, run: (*call).channelMembers},
		{name: "conversations.history", tier: tier3, scopes: history, formOnly: true, required: list("channel"), fields: page, run: (*call).history},
		{name: "conversations.replies", tier: tier3, scopes: history, formOnly: true, required: list("channel ts"), fields: page, run: (*call).repliesOf},
		{name: "users.info", tier: tier4, scopes: list("users:read"), formOnly: true, required: list("user"), fields: list("include_locale"), run: (*call).userInfo},
	}
}

func fileMethods() []method {
	write := list("files:write")
	return []method{
		{name: "files.getUploadURLExternal", tier: tier4, scopes: write, formOnly: true, required: list("filename length"),
			fields: list("alt_txt snippet_type"), run: (*call).getUploadURL},
		{name: "files.completeUploadExternal", tier: tier4, scopes: write, required: list("files"),
			fields: list("channel_id thread_ts initial_comment blocks channels"), run: (*call).completeUpload},
		{name: "files.info", tier: tier4, scopes: list("files:read"), formOnly: true, required: list("file"), fields: list("count page cursor limit"), run: (*call).fileInfo},
		{name: "files.delete", tier: tier3, scopes: write, required: list("file"), run: (*call).deleteFile},
	}
}

func otherMethods() []method {
	return []method{
		{name: "auth.test", tier: tierSpecial, run: (*call).authTest},
		{name: "api.test", tier: tier4, fields: list("error foo"), run: (*call).apiTest},
		{name: "apps.connections.open", tier: tier3, app: true, scopes: list("connections:write"), run: (*call).openConnection},
		{name: "views.open", tier: tier4, required: list("view"), fields: list("trigger_id interactivity_pointer"), run: (*call).openView},
	}
}
