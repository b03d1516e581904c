package discord_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestCallsWithoutWhatDiscordWantsAreRefused(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	path := "/channels/" + thread + "/messages"
	for name, c := range map[string]struct {
		change       func(*http.Request)
		status, code int
		part         string
	}{
		"no user agent":      {func(r *http.Request) { r.Header.Set("User-Agent", "") }, 403, 0, "<title>"},
		"another user agent": {func(r *http.Request) { r.Header.Set("User-Agent", "Go-http-client/1.1") }, 403, 0, "Cloudflare"},
		"no token":           {func(r *http.Request) { r.Header.Del("Authorization") }, 401, 0, "401: Unauthorized"},
		"bare token":         {func(r *http.Request) { r.Header.Set("Authorization", b.sim.Token()) }, 401, 0, "401: Unauthorized"},
		"wrong token":        {func(r *http.Request) { r.Header.Set("Authorization", "Bot x") }, 401, 0, "401: Unauthorized"},
		"no content type":    {func(r *http.Request) { r.Header.Del("Content-Type") }, 400, 50035, "Content-Type"},
		"wrong content type": {func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 400, 50035, "Content-Type"},
		"unknown path":       {func(r *http.Request) { r.URL.Path = "/api/v10/nothing" }, 404, 0, "404: Not Found"},
		"another method":     {func(r *http.Request) { r.Method = "DELETE" }, 405, 0, "405: Method Not Allowed"},
		"another version":    {func(r *http.Request) { r.URL.Path = "/api/v6" + path }, 400, 50041, "API version"},
		"no snowflake":       {func(r *http.Request) { r.URL.Path = "/api/v10/channels/general/messages" }, 400, 50035, "channel_id"},
		"unknown channel":    {func(r *http.Request) { r.URL.Path = "/api/v10/channels/1440000000000009999/messages" }, 404, 10003, "Unknown Channel"},
	} {
		t.Run(name, func(t *testing.T) {
			req := b.request("POST", path, "application/json", strings.NewReader(`{"content":"x"}`))
			c.change(req)
			r, err := b.do(req)
			must(t, err)
			if r.Status != c.status || r.Code != c.code || !bytes.Contains(r.Body, []byte(c.part)) {
				t.Fatalf("%d %d %s", r.Status, r.Code, r.Body)
			}
		})
	}
	if got := len(b.sim.Thread(thread).Messages()); got != 1 {
		t.Fatalf("%d messages", got)
	}
}

func TestBodiesComeInThreeKinds(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	path := "/channels/" + thread + "/messages"
	for kind, body := range map[string]string{
		"application/json":                      `{"content":"words"}`,
		"application/json; charset=utf-8":       `{"content":"words"}`,
		"application/x-www-form-urlencoded":     `content=words&tts=false`,
		"multipart/form-data; boundary=\"b--\"": "--b--\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\nwords\r\n--b----\r\n",
	} {
		r, err := b.do(b.request("POST", path, kind, strings.NewReader(body)))
		must(t, err)
		if r.Status != 200 || !bytes.Contains(r.Body, []byte(`"content":"words"`)) {
			t.Errorf("%s: %d %s", kind, r.Status, r.Body)
		}
	}
	r, err := b.do(b.request("POST", path, "application/json", strings.NewReader(`{"content":`)))
	must(t, err)
	if r.Status != 400 || r.Code != 50109 {
		t.Fatalf("half a JSON: %d %s", r.Status, r.Body)
	}
}

func TestUnknownFieldsAreWarningsAndTheLogKeepsWhatCame(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	req := b.request("POST", "/channels/"+thread+"/messages", "application/json",
		strings.NewReader(`{"content":"x","colour":"red","embeds":[{"title":"t","colour":1}]}`))
	req.Header.Set("X-Audit-Log-Reason", "closed%20by%20Bellhop")
	_, err := b.do(req)
	must(t, err)
	want := []discord.Warning{
		{Method: "createMessage", Text: "unknown field colour"},
		{Method: "createMessage", Text: "unknown field embeds[0].colour"},
	}
	if got := b.sim.Warnings(); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Fatalf("warnings: %+v", got)
	}
	r := b.sim.Requests("createmessage")[0]
	if r.Param("channel") != thread || r.Reason != "closed by Bellhop" || r.JSON()["content"] != "x" || r.Status != 200 || r.Answer == "" {
		t.Fatalf("request: %+v", r)
	}
}

func TestIdsAreSnowflakesAboveWhatAFloatHolds(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	last := thread
	for range 5000 { // more than fit into a millisecond that does not pass
		m, err := b.sim.Say(t.Context(), thread, "x")
		must(t, err)
		if len(m.ID) < 19 || m.ID <= last {
			t.Fatalf("%s came after %s", m.ID, last)
		}
		last = m.ID
	}
}

func TestStartRefusesAPublicAddress(t *testing.T) {
	sim := discord.New(discord.Options{Addr: "0.0.0.0:0"})
	defer sim.Close()
	if err := sim.Start(t.Context()); !errors.Is(err, discord.ErrNotLoopback) {
		t.Fatal(err)
	}
}
