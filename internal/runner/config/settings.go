package config

import (
	"maps"
	"slices"
	"strings"
)

// scope says whose business a variable is when a file names several projects.
type scope int

const (
	// ofInstallation: one value for all projects, from the environment.
	ofInstallation scope = iota + 1
	// shared: a project may say something else than the environment.
	shared
	// own: of one project only. The environment's value would be everybody's, so it counts for nobody.
	own
	// ownSecret is own, and secret.
	ownSecret
)

// settings are the variables of all services. A service knows its own by their tags; it must tell another service's setting from a
// slip all the same. A test in cmd/bellhop compares this list with every tag there is.
var settings = listed(map[scope]string{
	ofInstallation: `
		ADMIN_ADDR DATA_DIR DELIVER_TO DURABILITY GRPC_TLS_CA GRPC_TLS_CERT GRPC_TLS_KEY HTTP_ADDR LOG_FORMAT LOG_LEVEL NATS_ADDR NATS_CA NATS_CREDENTIALS NATS_MONITOR_URL NATS_URL OTEL_EXPORTER_OTLP_ENDPOINT
		OTEL_EXPORTER_OTLP_PROTOCOL OTEL_EXPORTER_OTLP_TRACES_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_PROTOCOL OTEL_SDK_DISABLED OTEL_SERVICE_NAME
		OTEL_TRACES_EXPORTER PORT PROFILE PUBLIC_URL RATE_LIMITS REDIS_URL RETENTION
		SESSIONS_ADDR TRUSTED_PROXIES WEBHOOK_ALLOW_PRIVATE`,
	shared: `
		API_RATE BOT_HEURISTICS_ENABLED BRIDGE_RATE CONVERSATION_RETENTION DISCORD_API_URL DISCORD_AUTO_ARCHIVE DISCORD_ENABLE_GATEWAY DISCORD_GLOBAL_PER_SECOND DISCORD_MAX_FILE_BYTES
		DISCORD_MESSAGES_PER_5S FILES_HOURLY_BYTES FILES_MAX_BYTES FILES_OPERATOR_MAX_BYTES FILES_TYPES FILTER_BLOCKED_MESSAGE
		FILTER_BLOCKED_STATUS IP_FILTER_ALLOWLIST IP_FILTER_BLOCKLIST IP_FILTER_ENABLED IP_FILTER_LOG_BLOCKED IP_FILTER_MODE
		LATEST_WIDGET_VERSION LEFT_AFTER MIN_WIDGET_VERSION NOTIFY_ON PRECHAT_FIELDS PRECHAT_REQUIRED PRECHAT_TIMING PUSHER_ACTIVITY_TIMEOUT
		PUSHER_AUTHORIZED_CONNECTIONS PUSHER_CACHE_FOR PUSHER_CLIENT_EVENTS PUSHER_CLIENT_EVENT_RATE PUSHER_MAX_CHANNELS PUSHER_MAX_CONNECTIONS
		PUSHER_MAX_MEMBERS PUSHER_MAX_PAYLOAD PUSHER_MAX_USER_BYTES PUSHER_PATH_PREFIX PUSHER_SUBSCRIPTION_COUNTS PUSHER_WATCHLISTS
		PUSHER_WEBHOOK_BATCH PUSHER_WEBHOOK_CHANNELS PUSHER_WEBHOOK_EVENTS SCREENSHOTS SILENT_RETENTION
		SLACK_API_URL SLACK_BURST SLACK_RATE_PER_SECOND TELEGRAM_API_URL TELEGRAM_BUDGET_PER_MINUTE TELEGRAM_MAX_DOWNLOAD_BYTES
		TELEGRAM_MAX_PHOTO_BYTES TELEGRAM_MAX_UPLOAD_BYTES TELEGRAM_RATE_PER_SECOND UA_FILTER_ALLOWLIST UA_FILTER_BLOCKLIST
		UA_FILTER_ENABLED UA_FILTER_LOG_BLOCKED UA_FILTER_MODE UA_FILTER_USE_DEFAULT_BOTS WIDGET_UPGRADE_URL WIDGET_VERSION_MESSAGE`,
	own: `
		ALLOWED_ORIGINS BRIDGES BRIDGE_TEST_BOT_IDS CHAT_BACKGROUND DISCORD_AVATAR_URL DISCORD_CHANNEL_ID DISCORD_PUBLIC_KEY
		DISCORD_USERNAME FOOTER_COLOR HEADER_COLOR OPERATOR_AVATAR OPERATOR_NAME OPERATOR_REACHABLE PRIMARY_COLOR PUSHER_APP_ID PUSHER_KEY SLACK_CHANNEL_ID
		SLACK_ICON_EMOJI SLACK_USERNAME TELEGRAM_CHAT_ID TOGGLE_COLOR TRACKED_ELEMENTS WELCOME_MESSAGE`,
	ownSecret: `
		API_KEY BACKEND_WEBHOOK_URL DISCORD_BOT_TOKEN DISCORD_WEBHOOK_URL EVENTS_WEBHOOK_SECRET EVENTS_WEBHOOK_URL IDENTITY_SECRET PUSHER_SECRET PUSHER_WEBHOOKS PUSHER_WEBHOOK_URL SLACK_APP_TOKEN
		SLACK_BOT_TOKEN SLACK_SIGNING_SECRET SLACK_WEBHOOK_URL TELEGRAM_BOT_TOKEN TELEGRAM_WEBHOOK_SECRET`,
})

func listed(names map[scope]string) map[string]scope {
	all := map[string]scope{}
	for of, list := range names {
		for variable := range strings.FieldsSeq(list) {
			all[variable] = of
		}
	}
	return all
}

// fileForm is how the variable of a secret's file ends.
const fileForm = "_FILE"

// Scope tells how a variable stands in a file of several projects: "installation" for one that is no project's, "shared" for one that
// a project may change, "own" and "secret" for one that only a project has; empty for a name that is not known.
func Scope(variable string) string {
	return map[scope]string{ofInstallation: "installation", shared: "shared", own: "own", ownSecret: "secret"}[settings[variable]]
}

// Variables are the names of all settings, in order.
func Variables() []string { return slices.Sorted(maps.Keys(settings)) }

// scopeOf is the scope of a variable or of its file form.
func scopeOf(variable string) scope {
	if known := settings[variable]; known != 0 {
		return known
	}
	if secret, isFile := strings.CutSuffix(variable, fileForm); isFile && settings[secret] == ownSecret {
		return own
	}
	return 0
}

// ofProject are the variables that a project may have, file forms included, in order.
func ofProject() []string {
	var names []string
	for variable, s := range settings {
		if s == ofInstallation {
			continue
		}
		names = append(names, variable)
		if s == ownSecret {
			names = append(names, variable+fileForm)
		}
	}
	slices.Sort(names)
	return names
}

// fold makes all spellings of a setting one: telegram.botToken, TELEGRAM_BOT_TOKEN, telegram.bot_token.
func fold(key string) string {
	return strings.ToUpper(strings.NewReplacer("_", "", "-", "", ".", "").Replace(key))
}

// variableOf is the variable that a key of the file means.
func variableOf(key string) (string, bool) {
	folded := fold(key)
	for variable := range settings {
		if fold(variable) == folded {
			return variable, true
		}
		if secret := variable + fileForm; settings[variable] == ownSecret && fold(secret) == folded {
			return secret, true
		}
	}
	return "", false
}

// Spell writes a variable as the documentation does in the file: TELEGRAM_BOT_TOKEN is telegram.botToken.
func Spell(variable string) string {
	words := strings.Split(strings.ToLower(variable), "_")
	group := ""
	if len(words) > 1 && slices.Contains([]string{"telegram", "discord", "slack", "pusher"}, words[0]) {
		group, words = words[0]+".", words[1:]
	}
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return group + strings.Join(words, "")
}

// nearest is the known key that a slip most likely means.
func nearest(key string) string {
	best, least := "", 0
	for _, variable := range ofProject() {
		if d := distance(fold(key), fold(variable)); best == "" || d < least {
			best, least = variable, d
		}
	}
	return Spell(best)
}

// maxCompared bounds what is compared: nobody means a setting by a longer key.
const maxCompared = 80

// distance is how many letters must be changed, added or left out (Levenshtein).
func distance(a, b string) int {
	a = a[:min(len(a), maxCompared)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
