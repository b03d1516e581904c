package discord_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

// tab opens the page in a Chromium of its own.
func tab(t *testing.T, url string) context.Context {
	t.Helper()
	page := browser.Alone(t).Context()
	steps(t, page, chromedp.Navigate(url))
	return page
}

func steps(t *testing.T, tab context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(tab, actions...); err != nil {
		t.Fatal(err)
	}
}

func TestPersonAnswersRunsCommandsAndPressesButtonsInABrowser(t *testing.T) {
	b := unlimited(t)
	c, _ := b.identify(intents)
	path := "/applications/" + b.sim.ApplicationID() + "/guilds/" + b.sim.GuildID() + "/commands"
	b.ok("PUT", path, []fields{{"name": "note", "description": "d", "options": []fields{{"type": 3, "name": "text", "description": "t"}}}}, nil)
	other := b.post("Ben", "waits")
	thread := b.post("Ana", "hello")
	b.sends(thread, fields{"content": "card", "components": buttons("Close", "c:9fK2")})
	names := make([]string, 2)
	for i, name := range []string{"one.png", "two.png"} {
		names[i] = filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(names[i], picture(t, 40, 30), 0o600))
	}
	page := tab(t, b.sim.PageURL())
	steps(t, page, chromedp.Click(`//button[@data-do="press"][.="Close"]`),
		chromedp.WaitVisible(`//p[@class="toast"][contains(., "waits for the bot")]`))
	var p pressed
	c.event("INTERACTION_CREATE", &p)
	b.ok("POST", p.callback(), fields{"type": 4, "data": fields{"content": "It is closed", "flags": 64}}, nil)
	steps(t, page, chromedp.WaitVisible(`//article[contains(., "It is closed")][contains(., "Only Olga can see this")]`),
		chromedp.SetUploadFiles(`#file`, names, chromedp.NodeReady), chromedp.WaitVisible(`//div[@id="attached"][contains(., "one.png, two.png")]`),
		chromedp.SendKeys(`#text`, "look\r"), chromedp.WaitVisible(`(//article//img)[2]`), chromedp.WaitNotVisible(`#attached`),
		chromedp.SendKeys(`#text`, "/note rude\r"))
	c.event("INTERACTION_CREATE", &p)
	if p.Data.Name != "note" || string(p.Data.Options[0].Value) != `"rude"` || p.ChannelID != thread {
		t.Fatalf("command: %+v", p)
	}
	steps(t, page, chromedp.Click(`//a[contains(@class, "thread")][contains(., "Ben")]`), chromedp.WaitVisible(`//article[contains(., "waits")]`),
		chromedp.Click(`//button[@data-do="close"]`), chromedp.WaitVisible(`//div[@id="head"]//mark[.="closed"]`))
	if got := b.sim.Thread(other).State; got != discord.ThreadClosed {
		t.Fatalf("state %s", got)
	}
}

func TestPageStaysWhereSomebodyWrites(t *testing.T) {
	b := unlimited(t)
	ana := b.post("Ana", "hello")
	page := tab(t, b.sim.PageURL())
	steps(t, page, chromedp.WaitVisible(`//article[contains(., "hello")]`), chromedp.SendKeys(`#text`, "half an "))
	ben := b.post("Ben", "me too")
	steps(t, page, chromedp.WaitVisible(`//a[contains(@class, "thread")][contains(., "Ben")]`), chromedp.SendKeys(`#text`, "answer\r"),
		chromedp.WaitVisible(`//article[contains(., "half an answer")]`), chromedp.WaitVisible(`//article[contains(., "hello")]`))
	if said := b.sim.State().Messages(ben); len(said) != 1 {
		t.Fatalf("Ben was told %+v", said)
	}
	if said := b.sim.State().Messages(ana); len(said) != 2 || said[1].Text != "half an answer" {
		t.Fatalf("Ana was told %+v", said)
	}
}
