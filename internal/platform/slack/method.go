package slack

import (
	"slices"
	"strings"
)

// method is one of the Web API's.
type method struct {
	name string
	// scope is what the bot must have been given for it; empty where any token will do.
	scope string
	// threaded: it writes into a thread, so what it does not find is the thread.
	threaded bool
}

var (
	authTest       = method{name: "auth.test"}
	postMessage    = method{name: "chat.postMessage", scope: "chat:write", threaded: true}
	updateMessage  = method{name: "chat.update", scope: "chat:write"}
	deleteMessage  = method{name: "chat.delete", scope: "chat:write"}
	postEphemeral  = method{name: "chat.postEphemeral", scope: "chat:write", threaded: true}
	getPermalink   = method{name: "chat.getPermalink"}
	addReaction    = method{name: "reactions.add", scope: "reactions:write"}
	removeReaction = method{name: "reactions.remove", scope: "reactions:write"}
	setStatus      = method{name: "assistant.threads.setStatus", scope: "chat:write", threaded: true}
	getUploadURL   = method{name: "files.getUploadURLExternal", scope: "files:write"}
	completeUpload = method{name: "files.completeUploadExternal", scope: "files:write", threaded: true}
	fileInfo       = method{name: "files.info", scope: "files:read"}
	deleteFile     = method{name: "files.delete", scope: "files:write"}
	userInfo       = method{name: "users.info", scope: "users:read"}
	channelInfo    = method{name: "conversations.info", scope: "channels:read"}
	joinChannel    = method{name: "conversations.join", scope: ScopeJoin}
	threadReplies  = method{name: "conversations.replies", scope: "channels:history", threaded: true}
	channelHistory = method{name: "conversations.history", scope: "channels:history"}
	// openConnection is called with the app token.
	openConnection = method{name: "apps.connections.open"}

	// What is no method, and called like one in errors.
	uploadBytes  = method{name: "upload"}
	downloadFile = method{name: "download", scope: "files:read"}
	sendWebhook  = method{name: "incoming webhook"}
	respond      = method{name: "response_url"}
	openSocket   = method{name: "socket"}
)

// methods are all that a bot token is used for.
var methods = []method{
	authTest, postMessage, updateMessage, deleteMessage, postEphemeral, getPermalink, addReaction, removeReaction, setStatus,
	getUploadURL, completeUpload, fileInfo, deleteFile, userInfo, channelInfo, joinChannel, threadReplies, channelHistory, downloadFile,
}

// subscriptions are the events that inbound understands, each with the scope that it comes by.
var subscriptions = map[string]string{
	"message.channels": "channels:history", "message.groups": "groups:history", EventReactionAdded: "reactions:read",
}

// Scopes are all that the app asks for: for its calls in public and private channels, for events, to appear under a name of its
// own, and for its slash command. docs/slack-manifest.yaml grants them.
func Scopes() []string {
	scopes := append(MissingScopes(nil, false), MissingScopes(nil, true)...)
	for _, scope := range subscriptions {
		scopes = append(scopes, scope)
	}
	scopes = append(scopes, ScopeCustomize, "commands")
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// ScopeJoin lets the bot join a public channel by itself; a member needs it no more.
const ScopeJoin = "channels:join"

// MissingScopes are those that the client needs in a channel and that are not among the granted ones.
func MissingScopes(granted []string, private bool) []string {
	var missing []string
	for _, m := range methods {
		need := scopeIn(m.scope, private)
		if need != "" && !slices.Contains(granted, need) && !slices.Contains(missing, need) {
			missing = append(missing, need)
		}
	}
	return missing
}

// scopeIn is a scope as it is called for the channel's kind; nobody joins a private one by himself.
func scopeIn(scope string, private bool) string {
	kind, right, ok := strings.Cut(scope, ":")
	switch {
	case !private || !ok || kind != "channels":
		return scope
	case right == "join":
		return ""
	}
	return "groups:" + right
}
