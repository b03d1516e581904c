package gateway_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/bellhop-chat/bellhop/internal/apikey"
	"github.com/bellhop-chat/bellhop/internal/bus"
	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

// keys open the API for each project's backend.
var keys = map[id.Project]string{id.Default: "key of default", "shop": "key of shop"}

// twoProjects configures a default project and a shop.
func twoProjects(c *gateway.Config) {
	for _, p := range []id.Project{id.Default, "shop"} {
		c.Projects = append(c.Projects, gateway.Config{
			Project: p, APIKey: keys[p], WelcomeMessage: "Welcome to " + string(p), RateLimits: c.RateLimits,
			AllowedOrigins: []string{"https://" + string(p) + ".example"}, Bridges: []string{"bridge-of-" + string(p)},
		})
	}
}

func TestEachProjectIsServedByItsOwnSettings(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects)
	for p, url := range map[id.Project][]string{id.Default: {"/pocketping", "/api/widget/default"}, "shop": {"/api/widget/shop"}} {
		for _, mount := range url {
			site := *s
			site.URL = s.Base + mount
			got := site.Call("POST", "/connect", map[string]any{"visitorId": "v"})
			if got.Status != 200 || got.Text("welcomeMessage") != "Welcome to "+string(p) {
				t.Errorf("%s: %d %s", mount, got.Status, got.Raw)
			}
			for origin, want := range map[string]int{"https://" + string(p) + ".example": 200, "https://other.example": 403} {
				if got := site.Call("GET", "/presence", nil, "Origin", origin); got.Status != want {
					t.Errorf("%s from %s: %d", mount, origin, got.Status)
				}
			}
		}
	}
	for path, want := range map[string]string{"/health": "bridge-of-default", "/api/widget/shop/health": "bridge-of-shop"} {
		if got := s.Call("GET", path, nil); got.Status != 200 || !strings.Contains(got.Raw, `["`+want+`"]`) {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
	}
	s.WantError(s.Of("support").Call("POST", "/connect", map[string]any{"visitorId": "v"}), 404, "unknown_project")
	s.WantError(s.Call("POST", "/api/widget/", nil), 404, "not_found")
}

func TestAProofOfOneProjectProvesNothingInAnother(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects, func(c *gateway.Config) {
		for i := range c.Projects {
			c.Projects[i].Identity.Secrets = []string{"the secret of the project " + string(c.Projects[i].Project) + ", 32 bytes or more"}
		}
	})
	mac := hmac.New(sha256.New, []byte("the secret of the project shop, 32 bytes or more"))
	mac.Write([]byte("ada"))
	for p, want := range map[id.Project]int{"shop": http.StatusOK, id.Default: http.StatusForbidden} {
		site := s.Of(p)
		got := site.Call("POST", "/identify", map[string]any{"sessionId": site.Visit("v"), "identity": map[string]any{"id": "ada", "userHash": hex.EncodeToString(mac.Sum(nil))}})
		if got.Status != want {
			t.Errorf("%s: %d %s", p, got.Status, got.Raw)
		}
	}
}

func TestASessionOfAnotherProjectIsUnknown(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects)
	shop := s.Of("shop")
	mine := shop.Visit("v")
	said := shop.Say(mine, "of the shop")
	for route, body := range map[string]map[string]any{
		"POST /message": {"content": "x", "sender": "visitor"}, "POST /typing": {"isTyping": true, "sender": "visitor"}, "POST /read": {"messageIds": []string{said}, "status": "read"},
		"POST /identify": {"identity": map[string]any{"id": "1"}}, "POST /disconnect": {}, "POST /visibility": {"state": "hidden"},
		"POST /csat": {"score": 5}, "POST /prechat": {"email": "a@b.example"}, "POST /upload": {"filename": "a.png", "mimeType": "image/png", "size": 1},
		"PATCH /message/" + said: {"content": "x"}, "POST /edit": {"messageId": said, "content": "x"}, "POST /delete": {"messageId": said},
		"GET /messages?sessionId=" + mine: nil, "DELETE /message/" + said + "?sessionId=" + mine: nil, "GET /stream?sessionId=" + mine: nil,
	} {
		method, path, _ := strings.Cut(route, " ")
		var sent any
		if body != nil {
			body["sessionId"] = mine
			sent = body
		}
		got := s.Call(method, path, sent)
		if got.Status != 404 || got.Text("code") != "unknown_session" || strings.Contains(got.Raw, "of the shop") {
			t.Errorf("%s: %d %s", route, got.Status, got.Raw)
		}
	}
	again := s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": mine})
	if again.Text("sessionId") == mine || strings.Contains(again.Raw, "of the shop") {
		t.Errorf("resumed in another project: %s", again.Raw)
	}
	if n := len(s.Events(mine)); n != 0 {
		t.Errorf("%d events of it in the default project", n)
	}
}

func TestAKeyOpensItsProjectAndNoOther(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects)
	shop := s.Of("shop")
	mine, theirs := shop.Visit("v"), s.Visit("v")
	sockets := map[id.Project]*gatewaytest.Socket{"shop": shop.Dial(mine), id.Default: s.Dial(theirs)}
	reply := func(p id.Project, session, content string) gatewaytest.Answer {
		return s.Call("POST", "/api/v1/sessions/"+session+"/reply", map[string]string{"content": content}, "Authorization", "Bearer "+keys[p])
	}
	s.WantError(reply(id.Default, mine, "x"), 404, "unknown_session")
	s.WantError(reply("shop", theirs, "x"), 404, "unknown_session")
	s.WantError(s.Call("POST", "/api/v1/events", map[string]string{"name": "x"}, "Authorization", "Bearer neither"), 401, "unauthorized")
	for p, session := range map[id.Project]string{"shop": mine, id.Default: theirs} {
		if got := s.Call("POST", "/api/v1/events", map[string]string{"name": "for " + string(p)}, "Authorization", "Bearer "+keys[p]); got.Status != 200 {
			t.Errorf("%s: %d %s", p, got.Status, got.Raw)
		}
		if got := reply(p, session, "to "+string(p)); got.Status != 200 {
			t.Errorf("%s: %d %s", p, got.Status, got.Raw)
		}
	}
	for p, socket := range sockets {
		if kinds := socket.Until("message", "to "+string(p)); kinds["event"] != 1 || kinds["message"] != 0 {
			t.Errorf("%s heard %v", p, kinds)
		}
	}
}

func TestACommandIsCarriedOutInTheProjectOfItsSubject(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects)
	s.Beside(twoProjects) // the two share the commands
	mine := id.Session(s.Of("shop").Visit("v"))
	for range 10 {
		for p, want := range map[id.Project]string{"shop": `"messageId"`, id.Default: `"unknown_session"`, "support": `"unknown_project"`} {
			answer, err := s.Bus.Request(t.Context(), p, mine, bus.SendMessage, []byte(`{"content":"hello"}`))
			if err != nil || !strings.Contains(string(answer), want) {
				t.Fatalf("%s: %s, %v", p, answer, err)
			}
		}
	}
}

func TestAFileIsServedInItsProjectOnly(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects)
	shop := s.Of("shop")
	mine := shop.Visit("v")
	attachment, address := shop.Promise(mine, "a.png", "image/png", len(gatewaytest.PNG))
	if !strings.HasPrefix(address, s.Base+"/api/widget/shop/files/") {
		t.Fatalf("the shop's files are put at %s", address)
	}
	elsewhere := strings.Replace(address, "/api/widget/shop", "", 1)
	if got := s.Put(elsewhere, gatewaytest.PNG); got.Status != 403 && got.Status != 404 {
		t.Errorf("put in another project: %d %s", got.Status, got.Raw)
	}
	if got := s.Put(address, gatewaytest.PNG, "Origin", "https://default.example"); got.Status != 403 {
		t.Errorf("put from another project's site: %d %s", got.Status, got.Raw)
	}
	if got := s.Put(address, gatewaytest.PNG, "Origin", "https://shop.example"); got.Status != 200 {
		t.Fatalf("put: %d %s", got.Status, got.Raw)
	}
	theirs := s.Visit("w")
	s.WantError(s.Complete(theirs, attachment), 400, "unknown_attachment")
	done := shop.Call("POST", "/upload/complete", map[string]any{"sessionId": mine, "attachmentId": attachment})
	link, err := url.Parse(done.Text("url"))
	if done.Status != 200 || err != nil || !strings.HasPrefix(link.Path, "/api/widget/shop/files/") {
		t.Fatalf("completed: %d %s", done.Status, done.Raw)
	}
	fetch := func(address string) int { return s.Fetch(http.MethodGet, address).Status }
	if got := fetch(link.String()); got != 200 {
		t.Errorf("the shop's own link: %d", got)
	}
	link.Path = strings.TrimPrefix(link.Path, "/api/widget/shop")
	if got := fetch(link.String()); got != 404 {
		t.Errorf("its link in another project: %d", got)
	}
}

func TestTwoProjectsWithOneKeyAreRefused(t *testing.T) {
	cfg := gateway.Config{Projects: []gateway.Config{{Project: "a", APIKey: "canary"}, {Project: "b", APIKey: "canary"}}}
	if err := gateway.Run(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "projects.b.apiKey") || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}

func TestSocketsOfAProjectAreAskedBackWhenTheGatewayEnds(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects)
	shop := s.Of("shop")
	socket := shop.Dial(shop.Visit("v"))
	ended := make(chan error, 1)
	go func() { ended <- s.Stop() }()
	if code := socket.Closed(); code != websocket.CloseServiceRestart {
		t.Errorf("closed with %d", code)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAKeyThatWasMadeOpensTheProjectThatItIsForOrTheOneThatIsNamed(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, twoProjects)
	shop := s.Of("shop")
	mine := shop.Visit("v")
	shop.Say(mine, "hi")
	made := func(p id.Project) string {
		_, token, err := apikey.Create(t.Context(), s.Bus.Notebook(), "test", p, []apikey.Scope{apikey.Read, apikey.Write}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + token
	}
	of, all := made("shop"), made("")
	for path, want := range map[string]map[string]int{
		"/api/v1/sessions/" + mine:                     {of: 200, all: 404, "Bearer " + keys["shop"]: 200, "Bearer " + keys[id.Default]: 404},
		"/api/v1/sessions/" + mine + "?projectId=shop": {of: 200, all: 200},
		"/api/v1/sessions?projectId=default":           {of: 404, all: 200, "Bearer " + keys["shop"]: 404},
		"/api/v1/sessions?projectId=nobody":            {of: 404, all: 404},
		"/api/v1/projects/shop":                        {of: 200, "Bearer " + keys[id.Default]: 404},
	} {
		for auth, status := range want {
			if got := s.Call("GET", path, nil, "Authorization", auth); got.Status != status {
				t.Errorf("%s with the key …%s: %d %s", path, auth[len(auth)-4:], got.Status, got.Raw)
			}
		}
	}
	s.WantError(s.Call("POST", "/api/v1/events?projectId=typo", `{"name":"n"}`, "Authorization", all), 404, "unknown_project")
	for auth, want := range map[string]int{of: 1, all: 2, "Bearer " + keys["shop"]: 1} {
		list, _ := s.Call("GET", "/api/v1/projects", nil, "Authorization", auth).Body["projects"].([]any)
		if len(list) != want {
			t.Errorf("projects of …%s: %v", auth[len(auth)-4:], list)
		}
	}
}
