package api_test

import (
	"testing"

	"github.com/bellhop-chat/bellhop/internal/apikey"
	"github.com/bellhop-chat/bellhop/internal/bus/bustest"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

const ourProject = "/api/v1/projects/default"

// changed changes settings of the project.
func changed(s *gatewaytest.Site, body string) gatewaytest.Answer {
	s.Helper()
	return s.Call("PATCH", ourProject, body, "Authorization", bearer)
}

func TestFilterThatIsPutOnKeepsProgramsOutAtEveryGateway(t *testing.T) {
	s := gatewaytest.Start(t, func(cfg *gateway.Config) { cfg.Filters.UAUseDefaultBots = true })
	gateways := []*gatewaytest.Site{s, s.Beside(func(cfg *gateway.Config) { cfg.Filters.UAUseDefaultBots = true })}
	bot := func(g *gatewaytest.Site) int {
		return g.Call("GET", "/presence", nil, "User-Agent", "Googlebot/2.1").Status
	}
	for on, want := range map[string]int{"true": 403, "false": 200} {
		got := changed(s, `{"uaFilterEnabled":`+on+`}`)
		project, _ := got.Body["project"].(map[string]any)
		if got.Status != 200 || project["uaFilterEnabled"] != (on == "true") || project["ipFilterEnabled"] != false || project["id"] != "default" {
			t.Errorf("answered %s", got.Raw)
		}
		bustest.Until(t, "both gateways do so", func() bool { return bot(gateways[0]) == want && bot(gateways[1]) == want })
		if browser := s.Call("GET", "/presence", nil, "User-Agent", "Mozilla/5.0 Firefox/133.0").Status; browser != 200 {
			t.Errorf("a browser is answered %d", browser)
		}
	}
}

func TestSettingsThatCannotBeHadAreRefusedAndChangeNothing(t *testing.T) {
	s := gatewaytest.Start(t, func(cfg *gateway.Config) { cfg.Filters.IPMode = "allowlist" })
	before := get(s, ourProject).Raw
	for body, code := range map[string]string{
		`{"csatEnabled":true}`: "unknown_setting", `{"telegramNotifyPresence":false,"uaFilterEnabled":true}`: "unknown_setting", `{"":true}`: "unknown_setting",
		`{"uaFilterEnabled":"yes"}`: "invalid_setting", `{"uaFilterEnabled":null}`: "invalid_setting", `[]`: "not_an_object", `{`: "malformed_json",
	} {
		s.WantError(changed(s, body), 400, code)
	}
	s.WantError(changed(s, `{"ipFilterEnabled":true}`), 409, "nobody_allowed")
	s.WantError(s.Call("PATCH", "/api/v1/projects/other", `{"uaFilterEnabled":true}`, "Authorization", bearer), 404, "unknown_project")
	_, reads := newKey(s, "", apikey.Read)
	s.WantError(s.Call("PATCH", ourProject, `{"uaFilterEnabled":true}`, "Authorization", reads), 403, "wrong_scope")
	if after := get(s, ourProject).Raw; after != before {
		t.Errorf("it was %s and is %s", before, after)
	}
}
