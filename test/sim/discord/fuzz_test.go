package discord

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/clock"
	"github.com/bellhop-chat/bellhop/test/sim/discord/markup"
)

// FuzzReadBody checks that no body of any kind breaks the reader.
func FuzzReadBody(f *testing.F) {
	f.Add("application/json", []byte(`{"content":"x","embeds":[{"title":"t"}]}`))
	f.Add("application/x-www-form-urlencoded", []byte("content=%zz&tts=5"))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n"))
	f.Add("text/plain; charset", []byte("x"))
	f.Fuzz(func(t *testing.T, contentType string, data []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(data)))
		r.Header.Set("Content-Type", contentType)
		b, err := readBody(r)
		if err != nil && err.Status != 400 && err.Status != 413 {
			t.Fatalf("refused with %d", err.Status)
		}
		form := newForm(b.fields)
		for name := range b.fields {
			form.text(name, 10)
			form.integer(name)
			form.flag(name)
			form.ids(name, 10)
			form.objects(name, 10)
		}
		if e := form.err(); e != nil && !json.Valid(e.Errors) {
			t.Fatalf("errors %s", e.Errors)
		}
	})
}

// fuzzed runs a simulator without a network, with one thread and one message of an operator.
func fuzzed(f *testing.F) (*Server, http.Handler, map[string]string) {
	s := New(Options{Clock: clock.Manual(time.Unix(1795000000, 0)), Budget: Budget{Off: true}, RequestLog: 10})
	f.Cleanup(s.Close)
	made, err := s.CreateThread(f.Context(), "Ana", "hello")
	if err != nil {
		f.Fatal(err)
	}
	said, err := s.Say(f.Context(), made.ID, "words")
	if err != nil {
		f.Fatal(err)
	}
	return s, s.Handler(), map[string]string{
		"{channel}": made.ID, "{message}": said.ID, "{user}": ownerID, "{guild}": s.GuildID(), "{application}": s.ApplicationID(),
		"{emoji}": "%F0%9F%91%80", "{webhook}": s.ApplicationID(), "{interaction}": said.ID, "{token}": "t",
	}
}

// FuzzCalls checks that every call answers any JSON with a well-formed answer. Deletions of the thread and the application's
// endpoint are left out, because nothing would be left, and because it would reach whatever listens here.
func FuzzCalls(f *testing.F) {
	var routes []route
	for _, rt := range routeTable() {
		if rt.name != "deleteChannel" && rt.name != "editApplication" {
			routes = append(routes, rt)
		}
	}
	seeds := []string{
		`{"content":"hi <@1440000000000001000>","nonce":"n","enforce_nonce":true,"flags":4,"allowed_mentions":{"parse":["users"]}}`,
		`{"name":"n","message":{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"l","custom_id":"c"}]}]}}`,
		`{"name":"n","archived":true,"locked":true,"applied_tags":["1440000000000001301"],"auto_archive_duration":60}`,
		`[{"name":"close","description":"d","options":[{"type":3,"name":"a","description":"b"}]}]`,
		`{"type":4,"data":{"content":"x","flags":64}}`,
	}
	for i := range routes {
		f.Add(i, seeds[i%len(seeds)], i%2 == 0)
	}
	s, handler, values := fuzzed(f)
	f.Fuzz(func(t *testing.T, call int, body string, home bool) {
		rt := routes[uint(call)%uint(len(routes))]
		method, path, _ := strings.Cut(rt.pattern, " ")
		for name, value := range values {
			if name == "{channel}" && home {
				value = DefaultChannelID
			}
			path = strings.ReplaceAll(path, name, value)
		}
		r := httptest.NewRequest(method, "/api/v10"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("User-Agent", "DiscordBot (fuzz, 1)")
		r.Header.Set("Authorization", "Bot "+s.Token())
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		var refusal struct{ Message string }
		switch {
		case w.Code == http.StatusNoContent && w.Body.Len() == 0:
		case !json.Valid(w.Body.Bytes()):
			t.Fatalf("%s %s: %d %q", rt.name, body, w.Code, w.Body)
		case w.Code >= 500:
			t.Fatalf("%s %s: %d %s", rt.name, body, w.Code, w.Body)
		case w.Code >= 400 && (json.Unmarshal(w.Body.Bytes(), &refusal) != nil || refusal.Message == ""):
			t.Fatalf("%s %s: %d %s", rt.name, body, w.Code, w.Body)
		}
	})
}

// FuzzTextHTML checks that no text brings an element or an attribute of its own to the page.
func FuzzTextHTML(f *testing.F) {
	for _, seed := range []string{"**a** <b>", `[x](https://a.b/"onclick="x)`, "<@1440000000000001000>", "`<i>`", "# <u>"} {
		f.Add(seed)
	}
	w := newWorld(Options{Clock: clock.Real()}.withDefaults())
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 8000 {
			return // no message is longer
		}
		out := string(w.textHTML(text))
		for _, known := range []string{"b", "u", "s", "code", "pre", "small", "span", "em", "a"} {
			out = strings.NewReplacer("<"+known+">", "", "</"+known+">", "", "<"+known+" class=", "", "<"+known+" href=", "").Replace(out)
		}
		if strings.Contains(out, "<") {
			t.Fatalf("%q became %q", text, out)
		}
		_ = markup.Plain(markup.Parse(text), w.nameOf)
	})
}
