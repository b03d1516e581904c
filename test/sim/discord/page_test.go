package discord_test

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

func TestPageShowsTheNewestThreadAndKeepsMarkupAsText(t *testing.T) {
	b := unlimited(t)
	status, empty := b.get(b.sim.PageURL())
	if status != 200 || !strings.Contains(string(empty), "<title>Discord (simulated)</title>") ||
		!strings.Contains(string(empty), "Waiting for the first visitor") {
		t.Fatalf("%d %s", status, empty)
	}
	ctx := deadline(t)
	b.post("Ben", "older")
	thread := b.post("<i>Ana</i>", "<script>alert(1)</script> & **bold** [x](https://e.example/\"onclick=a)")
	m := b.sends(thread, fields{
		"content": "card", "components": buttons("Close it", "c:1"), "embeds": []fields{{"title": "<u>Embed</u>", "fields": []fields{{"name": "k", "value": "v"}}}},
	})
	_, err := b.sim.Say(ctx, thread, "answer", discord.ReplyTo(m.ID), discord.WithFile("p.png", "image/png", picture(t, 2, 2)))
	must(t, err)
	_, page := b.get(b.sim.PageURL())
	for _, want := range []string{
		"&lt;script&gt;alert(1)&lt;/script&gt; &amp; <b>bold</b>", "&lt;i&gt;Ana", "&lt;u&gt;Embed", "Close it", "answer", "/_sim/files/", "older",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(string(page), "<script>alert") || strings.Contains(string(page), `"onclick=`) {
		t.Error("a visitor's markup reached the page")
	}
	_, older := b.get(b.sim.PageURL() + "?thread=" + b.sim.Threads()[0].ID)
	if strings.Contains(string(older), "answer</div>") {
		t.Error("another thread shows this thread's messages")
	}
}

func TestPageShowsATextChannelAndWhatOnlyOneSees(t *testing.T) {
	b := textual(t)
	c, _ := b.identify(intents)
	root := b.sends(b.sim.ChannelID(), fields{"content": "root", "components": buttons("Close", "c:1")})
	b.ok("POST", "/channels/"+b.sim.ChannelID()+"/messages/"+root.ID+"/threads", fields{"name": "Ana"}, nil)
	_, err := b.sim.Press(deadline(t), root.ID, "Close")
	must(t, err)
	var p pressed
	c.event("INTERACTION_CREATE", &p)
	at := b.sim.PageURL() + "?thread=" + b.sim.ChannelID()
	if _, page := b.get(at); !strings.Contains(string(page), "button waits for the bot") || !strings.Contains(string(page), "/?thread="+root.ID) {
		t.Fatalf("the channel: %s", page)
	}
	b.ok("POST", p.callback(), fields{"type": 4, "data": fields{"content": "hush", "flags": 64}}, nil)
	if _, page := b.get(at); !strings.Contains(string(page), "Only Olga can see this") {
		t.Fatal("the private answer is not marked")
	}
}

func TestPostOfAnEmbedIsNamedByItsWords(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	m := b.sends(thread, fields{"embeds": []fields{{"title": "👤 Ana", "description": "do you **ship**?"}}})
	if _, page := b.get(b.sim.PageURL()); !strings.Contains(string(page), "<small>👤 Ana do you ship?</small>") {
		t.Error("the list of threads does not say what was said last")
	}
	_, err := b.sim.Say(deadline(t), thread, "yes", discord.ReplyTo(m.ID))
	must(t, err)
	if _, page := b.get(b.sim.PageURL()); !strings.Contains(string(page), "👤 Ana do you ship?</blockquote>") {
		t.Error("the reply does not say to what")
	}
}

func TestPageNeedsNothingFromElsewhere(t *testing.T) {
	b := unlimited(t)
	for _, name := range []string{"style.css", "page.js"} {
		status, data := b.get(b.sim.PageURL() + "_sim/page/" + name)
		if status != 200 || strings.Contains(string(data), "http://") || strings.Contains(string(data), "https://") {
			t.Errorf("%s: %d, or it names another site", name, status)
		}
	}
}

func TestEverySwitchOfThePageGoesOnAndOff(t *testing.T) {
	b := unlimited(t)
	_, page := b.get(b.sim.PageURL())
	names := regexp.MustCompile(`data-trouble="(\w+)"`).FindAllStringSubmatch(string(page), -1)
	once := regexp.MustCompile(`data-event="(\w+)"`).FindAllStringSubmatch(string(page), -1)
	if len(names) < 12 || len(once) != 3 {
		t.Fatalf("%d switches, %d buttons", len(names), len(once))
	}
	for _, name := range names {
		for _, on := range []string{"true", "false"} {
			b.robot("trouble", `{"name":"`+name[1]+`","on":`+on+`}`, nil)
			_, page := b.get(b.sim.PageURL())
			if got := strings.Contains(string(page), `data-trouble="`+name[1]+`" checked`); got != (on == "true") {
				t.Errorf("%s set to %s shows %v", name[1], on, got)
			}
		}
	}
	c, _ := b.identify(intents)
	b.robot("trouble", `{"name":"reconnect","on":true}`, nil)
	b.robot("trouble", `{"name":"invalidate","on":true}`, nil)
	if one, two := c.next(), c.next(); one.Op != 7 || two.Op != 9 {
		t.Fatalf("heard %+v, %+v", one, two)
	}
	b.robot("trouble", `{"name":"drop","on":true}`, nil)
	if code := c.closedWith(); code != 0 {
		t.Fatalf("closed with %d", code)
	}
}

func TestOpenPageHearsOfChanges(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "x")
	ctx, cancel := context.WithCancel(deadline(t))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.sim.PageURL()+"_sim/events", nil)
	must(t, err)
	resp, err := b.http.Do(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	events := 0
	for lines.Scan() {
		if lines.Text() != "data: changed" {
			continue
		}
		if events++; events == 2 {
			return
		}
		b.send(thread, "x")
	}
	t.Fatalf("the stream ended after %d events: %v", events, lines.Err())
}
