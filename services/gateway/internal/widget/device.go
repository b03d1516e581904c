package widget

import (
	"net/http"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// userAgent is what the page says it runs in, else what the request says.
func userAgent(r *http.Request, metadata *structpb.Struct) string {
	if ua := metadata.GetFields()["userAgent"].GetStringValue(); ua != "" {
		return ua
	}
	return r.UserAgent()
}

// device tells deviceType, browser and os from a User-Agent, as far as operators care.
func device(ua string) map[string]*structpb.Value {
	found := map[string]string{"deviceType": deviceType(ua), "browser": first(ua, browsers), "os": first(ua, systems)}
	fields := make(map[string]*structpb.Value, len(found))
	for key, value := range found {
		if value != "" {
			fields[key] = structpb.NewStringValue(value)
		}
	}
	return fields
}

// mark is a piece of a User-Agent and what it stands for.
type mark struct{ piece, name string }

// browsers and systems are in the order in which they must be looked for: most of them also name their ancestors.
var (
	browsers = []mark{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []mark{
		{"Windows", "Windows"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
)

func first(ua string, marks []mark) string {
	for _, m := range marks {
		if strings.Contains(ua, m.piece) {
			return m.name
		}
	}
	return ""
}

func deviceType(ua string) string {
	switch {
	case ua == "":
		return ""
	case strings.Contains(ua, "iPad") || strings.Contains(ua, "Tablet") || strings.Contains(ua, "Android") && !strings.Contains(ua, "Mobile"):
		return "tablet"
	case strings.Contains(ua, "Mobi"):
		return "mobile"
	default:
		return "desktop"
	}
}
