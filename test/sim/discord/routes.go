package discord

import (
	"net/http"
	"strings"
)

// access says what a route wants to see before it does anything.
type access int

const (
	asBot     access = iota // Authorization: Bot <token>
	asHolder                // a token in the path
	asAnybody               // nothing
)

// route is one call of the REST API.
type route struct {
	name    string // what faults and the request log call it
	pattern string // of a ServeMux, under /api/v10
	access  access
	bucket  string // bucketNone, a shared one, or "other " and the name
	run     func(*call) (any, *apiError)
}

// routeTable lists what the simulator knows of the REST API.
func routeTable() []route {
	bot := func(name, pattern, bucket string, run func(*call) (any, *apiError)) route {
		return route{name: name, pattern: pattern, bucket: bucket, run: run}
	}
	other := func(name, pattern string, run func(*call) (any, *apiError)) route {
		return bot(name, pattern, bucketOther+name, run)
	}
	holder := func(name, pattern, bucket string, run func(*call) (any, *apiError)) route {
		return route{name: name, pattern: pattern, access: asHolder, bucket: bucket, run: run}
	}
	const thread, message = "/channels/{channel}", "/channels/{channel}/messages/{message}"
	const hook = "/webhooks/{webhook}/{token}"
	return []route{
		other("getChannel", "GET "+thread, (*call).getChannel),
		other("editChannel", "PATCH "+thread, (*call).editChannel),
		other("deleteChannel", "DELETE "+thread, (*call).deleteChannel),
		other("getMessages", "GET "+thread+"/messages", (*call).getMessages),
		other("getMessage", "GET "+message, (*call).getMessage),
		bot("createMessage", "POST "+thread+"/messages", bucketCreate, (*call).createMessage),
		bot("editMessage", "PATCH "+message, bucketEdit, (*call).editMessage),
		bot("deleteMessage", "DELETE "+message, bucketDelete, (*call).deleteMessage),
		other("bulkDeleteMessages", "POST "+thread+"/messages/bulk-delete", (*call).bulkDelete),
		bot("addReaction", "PUT "+message+"/reactions/{emoji}/@me", bucketReaction, (*call).addReaction),
		bot("deleteReaction", "DELETE "+message+"/reactions/{emoji}/@me", bucketReaction, (*call).deleteReaction),
		bot("typing", "POST "+thread+"/typing", bucketTyping, (*call).typing),
		bot("createThread", "POST "+thread+"/threads", bucketThread, (*call).createThread),
		bot("createThreadFromMessage", "POST "+message+"/threads", bucketThread, (*call).createThreadFromMessage),
		other("joinThread", "PUT "+thread+"/thread-members/@me", (*call).joinThread),
		other("addThreadMember", "PUT "+thread+"/thread-members/{user}", (*call).addThreadMember),
		other("archivedThreads", "GET "+thread+"/threads/archived/public", (*call).archivedThreads),
		other("activeThreads", "GET /guilds/{guild}/threads/active", (*call).activeThreads),
		other("getGuild", "GET /guilds/{guild}", (*call).getGuild),
		other("getRoles", "GET /guilds/{guild}/roles", (*call).getRoles),
		other("getMember", "GET /guilds/{guild}/members/{user}", (*call).getMember),
		other("getGuildChannels", "GET /guilds/{guild}/channels", (*call).getGuildChannels),
		other("getMe", "GET /users/@me", (*call).getMe),
		other("getUser", "GET /users/{user}", (*call).getUser),
		other("getApplication", "GET /applications/@me", (*call).getApplication),
		other("editApplication", "PATCH /applications/@me", (*call).editApplication),
		other("getGateway", "GET /gateway", (*call).getGateway),
		other("getGatewayBot", "GET /gateway/bot", (*call).getGatewayBot),
		other("getCommands", "GET /applications/{application}/guilds/{guild}/commands", (*call).getCommands),
		other("putCommands", "PUT /applications/{application}/guilds/{guild}/commands", (*call).putCommands),
		other("createWebhook", "POST "+thread+"/webhooks", (*call).createWebhook),
		other("getWebhooks", "GET "+thread+"/webhooks", (*call).getWebhooks),
		other("deleteWebhook", "DELETE /webhooks/{webhook}", (*call).deleteWebhook),
		holder("getWebhook", "GET "+hook, bucketWebhook, (*call).getWebhook),
		holder("executeWebhook", "POST "+hook, bucketWebhook, (*call).executeWebhook),
		holder("getWebhookMessage", "GET "+hook+"/messages/{message}", bucketWebhook, (*call).getWebhookMessage),
		holder("editWebhookMessage", "PATCH "+hook+"/messages/{message}", bucketWebhook, (*call).editWebhookMessage),
		holder("deleteWebhookMessage", "DELETE "+hook+"/messages/{message}", bucketWebhook, (*call).deleteWebhookMessage),
		holder("interactionCallback", "POST /interactions/{interaction}/{token}/callback", bucketNone, (*call).callback),
	}
}

// apiRoutes serves the table. A path that is known with another method answers 405, everything else 404.
func (s *Server) apiRoutes() http.Handler {
	const base = "/api/v10"
	mux := http.NewServeMux()
	paths := http.NewServeMux() // the same without methods
	seen := map[string]bool{}
	for _, rt := range routeTable() {
		method, path, _ := strings.Cut(rt.pattern, " ")
		mux.HandleFunc(method+" "+base+path, func(w http.ResponseWriter, r *http.Request) { s.serveCall(w, r, rt) })
		if !seen[path] {
			seen[path] = true
			paths.HandleFunc(base+path, func(http.ResponseWriter, *http.Request) {})
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		err := errNotFound
		if _, pattern := paths.Handler(r); pattern != "" {
			err = errMethod
		} else if !strings.HasPrefix(r.URL.Path, base+"/") {
			err = errAPIVersion
		}
		s.serveCall(w, r, route{
			name: "unknown", access: asAnybody, bucket: bucketNone,
			run: func(*call) (any, *apiError) { return nil, err },
		})
	})
	return mux
}
