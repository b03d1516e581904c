package e2e

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bellhop-chat/bellhop/test/demo"
	"github.com/bellhop-chat/bellhop/test/team"
)

// hand is one conversation on all pages.
type hand struct {
	visitor page
	team    map[string]page
}

func openHand(t *testing.T) hand {
	t.Helper()
	s := start(t, setup{private: true})
	pages := httptest.NewServer(demo.Handler(demo.Options{Endpoint: s.url + "/pocketping"}))
	t.Cleanup(pages.Close)
	tabs := browser(t)
	do(t, tabs) // starts it: else each of the tabs would start one of its own
	h := hand{visitor: opens(t, tabs, "visitor", pages.URL+"/visitor"), team: map[string]page{
		team.Telegram: opens(t, tabs, team.Telegram, s.telegram.URL()),
		team.Discord:  opens(t, tabs, team.Discord, s.discord.PageURL()),
		team.Slack:    opens(t, tabs, team.Slack, s.slack.PageURL()),
	}}
	h.visitor.sees(`.dot.on`)
	h.visitor.writes("Do you ship to <b>Norway</b>?")
	h.all(func(p page) { p.shows("Norway") })
	return h
}

func (h hand) all(look func(page)) {
	for _, name := range everyPlatform {
		look(h.team[name])
	}
}

// heard is a message of the team on the visitor's page.
const heard = `//li[contains(@class, "operator-message")][contains(., %q)]`

// People type and click in the pages of the simulators as on the real platforms, the visitor in the page of a shop: everything that
// goes through an interface of the simulators elsewhere goes through a browser here.
func TestTeamWorksByHandInThePageOfEachPlatform(t *testing.T) {
	h := openHand(t)
	for _, name := range everyPlatform {
		h.answersAndChanges(name)
		h.quotes(name)
		h.commands(name)
		h.sendsAFile(name)
		h.deletes(name)
		h.closes(name)
	}
	list, err := chromedp.Run(h.visitor.ctx, chromedp.Text(`#list`))
	if err != nil || strings.Contains(list, "secret") || strings.Contains(list, "clsoe") || strings.Contains(list, "Conversation") {
		t.Errorf("the visitor reads (%v):\n%s", err, list)
	}
}

func (h hand) answersAndChanges(name string) {
	p, said, changed := h.team[name], "Said on "+name, "Changed on "+name
	p.says(said)
	h.visitor.sees(heard, said)
	h.all(func(p page) { p.shows(said) })
	p.touches(said, `@data-do="edit"`)
	p.does(chromedp.Focus(`#text`), chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	p.says(changed)
	h.visitor.sees(heard+`[contains(., "edited")]`, changed)
	h.all(func(p page) { p.shows(changed) })
}

// quotes: the visitor answers to one message, and is answered to one; Slack has no such answer. A reaction tells that it was read.
func (h hand) quotes(name string) {
	p, answer := h.team[name], "Answered to "+name
	h.visitor.does(chromedp.Click(fmt.Sprintf(heard+`//button[.="reply"]`, "Changed on "+name)))
	h.visitor.writes(answer)
	h.all(func(p page) { p.shows(answer, fmt.Sprintf(`[contains(., %q)]`, "Changed on "+name)) })
	emoji := map[string]string{team.Slack: "eyes"}[name]
	if emoji == "" {
		emoji = "👀"
	}
	p.touches(answer, `@data-key="`+emoji+`"`)
	h.visitor.sees(`//li[contains(., %q)]//*[@class="ticks"][contains(., "read")]`, answer)
	if name == team.Slack {
		return
	}
	p.touches(answer, `@data-do="reply"`)
	p.says("Quoted on " + name)
	h.visitor.sees(heard+`//*[@class="quote"][contains(., %q)]`, "Quoted on "+name, answer)
}

func (h hand) commands(name string) {
	p := h.team[name]
	p.says("!info")
	p.shows("Conversation")
	p.says("!clsoe")
	p.shows("There is no command")
	p.says("// secret of " + name)
	p.shows("secret of "+name, `//*[@class="reactions"]`)
}

func (h hand) sendsAFile(name string) {
	p, file := h.team[name], filepath.Join(h.visitor.t.TempDir(), "plan-"+strings.ToLower(name)+".txt")
	if err := os.WriteFile(file, []byte("a plan"), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.does(chromedp.SetUploadFiles(`#file`, []string{file}, chromedp.NodeReady), chromedp.WaitVisible(`#attached`))
	p.says("A file on " + name)
	h.visitor.sees(heard+`//a[contains(., %q)]`, "A file on "+name, filepath.Base(file))
	h.all(func(p page) { p.sees(`//article//a[contains(., %q)]`, filepath.Base(file)) })
}

// deletes: Telegram tells bots of no deletion; there it is a reaction.
func (h hand) deletes(name string) {
	p, button := h.team[name], `@data-do="delete"`
	if name == team.Telegram {
		button = `@data-key="🗑"`
	}
	gone := "Changed on " + name
	p.says("Wrong on " + name)
	h.visitor.sees(heard, "Wrong on "+name)
	h.all(func(p page) { p.shows("Wrong on " + name) })
	p.touches("Wrong on "+name, button)
	h.visitor.does(chromedp.WaitNotPresent(fmt.Sprintf(heard, "Wrong on "+name)))
	h.all(func(p page) {
		p.sees(`//article[contains(@class, "gone")][contains(., %q)]`, "Wrong on "+name)
		p.shows(gone)
	})
}

func (h hand) closes(name string) {
	p := h.team[name]
	p.does(chromedp.Click(`//button[@data-do="press"][.="Close"]`))
	h.visitor.sees(`//*[@id="problem"][contains(., "closed")]`)
	h.all(func(p page) { p.shows("Closed by") })
	h.visitor.writes("Back after " + name)
	h.all(func(p page) {
		p.shows("Back after " + name)
		p.sees(`//div[@id="head"][contains(translate(., "O", "o"), "open")]`)
	})
}
