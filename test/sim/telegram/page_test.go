package telegram_test

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/bellhop-chat/bellhop/test/sim/telegram"
)

func TestPageShowsTheNewestTopicAndKeepsMarkupAsText(t *testing.T) {
	b := unlimited(t)
	status, empty := b.get("/")
	if status != 200 || !strings.Contains(string(empty), "<title>Telegram (simulated)</title>") ||
		!strings.Contains(string(empty), "Waiting for the first visitor") {
		t.Fatalf("%d %s", status, empty)
	}
	ctx := deadline(t)
	b.send(b.topic("Ben"), "older")
	topic := b.topic("<i>Ana</i>")
	args := b.message(topic, "<script>alert(1)</script> & bold")
	args["entities"] = []fields{{"type": "bold", "offset": 28, "length": 4}}
	args["reply_markup"] = keyboard("Close it", "c:1")
	var m updateMessage
	b.ok("sendMessage", args, &m)
	_, err := b.sim.Say(ctx, topic, "answer", telegram.ReplyTo(m.ID), telegram.WithPhoto(picture(t, 10, 10)))
	must(t, err)
	_, page := b.get("/")
	for _, want := range []string{
		"&lt;script&gt;alert(1)&lt;/script&gt; &amp; <b>bold</b>", "&lt;i&gt;Ana", "Close it", "answer", "/_sim/files/", "older",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(string(page), "<script>alert") {
		t.Error("a visitor's markup reached the page")
	}
	_, general := b.get("/?topic=0")
	if strings.Contains(string(general), "answer</div>") {
		t.Error("General shows a topic's messages")
	}
}

func TestPageNeedsNothingFromElsewhere(t *testing.T) {
	b := unlimited(t)
	for _, name := range []string{"style.css", "page.js"} {
		status, data := b.get("/_sim/page/" + name)
		if status != 200 || strings.Contains(string(data), "http://") || strings.Contains(string(data), "https://") {
			t.Errorf("%s: %d, or it names another site", name, status)
		}
	}
}

func TestEverySwitchOfThePageGoesOnAndOff(t *testing.T) {
	b := unlimited(t)
	_, page := b.get("/")
	names := regexp.MustCompile(`data-trouble="(\w+)"`).FindAllStringSubmatch(string(page), -1)
	if len(names) < 10 {
		t.Fatalf("%d switches", len(names))
	}
	for _, name := range names {
		before := shows(b, name[1])
		for _, on := range []string{"true", "false"} {
			b.robot("trouble", `{"name":"`+name[1]+`","on":`+on+`}`, nil)
			if got := shows(b, name[1]); got != (on == "true") {
				t.Errorf("%s (first %v) set to %s shows %v", name[1], before, on, got)
			}
		}
	}
}

func shows(b *bot, trouble string) bool {
	_, page := b.get("/")
	return strings.Contains(string(page), `data-trouble="`+trouble+`" checked`)
}

func TestOpenPageHearsOfChanges(t *testing.T) {
	b := unlimited(t)
	ctx, cancel := context.WithCancel(deadline(t))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.sim.URL()+"/_sim/events", nil)
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
		b.send(0, "x")
	}
	t.Fatalf("the stream ended after %d events: %v", events, lines.Err())
}
