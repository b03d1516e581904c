package widget

import (
	"net/http"

	"github.com/bellhop-chat/bellhop/internal/runner/httpserver"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/appearance"
)

// versionHeader is what widgets send with every call but their beacons, uploads and streams.
const versionHeader = "X-PocketPing-Version"

// versioned refuses widgets that are too old: a status on a 200 would not stop one that is just connecting. Softer news are told on
// connect only, because a widget reports every answer that has a status.
func versioned(look appearance.Config, connect string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := look.Check(r.Header.Get(versionHeader))
		switch {
		case v.Status == appearance.OK:
		case v.Status == appearance.Unsupported:
			tellVersion(w, look, v)
			httpserver.JSON(w, http.StatusUpgradeRequired, struct {
				Error      string `json:"error"`
				Code       string `json:"code"`
				Message    string `json:"message"`
				MinVersion string `json:"minVersion,omitempty"`
				UpgradeURL string `json:"upgradeUrl,omitempty"`
			}{"this version of the widget is too old", "widget_too_old", v.Message, look.MinVersion, look.UpgradeURL})
			return
		case r.URL.Path == connect:
			tellVersion(w, look, v)
		}
		next.ServeHTTP(w, r)
	})
}

func tellVersion(w http.ResponseWriter, look appearance.Config, v appearance.Version) {
	for name, value := range map[string]string{
		versionHeader + "-Status": v.Status, versionHeader + "-Message": v.Message,
		"X-PocketPing-Min-Version": look.MinVersion, "X-PocketPing-Latest-Version": look.LatestVersion,
	} {
		if value != "" {
			w.Header().Set(name, value)
		}
	}
}
