package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/team"
)

// hand is one conversation on all pages.
type hand struct {
	t       *testing.T
	visitor *browser.Tab
	team    map[string]page
}

func openHand(t *testing.T) hand {
	t.Helper()
	s := start(t, setup{private: true})
	visitor := browser.Open(t)
	visitor.Go(shop(t, s))
	h := hand{t: t, visitor: visitor, team: map[string]page{
		team.Telegram: opens(t, visitor.Context(), team.Telegram, s.telegram.URL()),
		team.Discord:  opens(t, visitor.Context(), team.Discord, s.discord.PageURL()),
		team.Slack:    opens(t, visitor.Context(), team.Slack, s.slack.PageURL()),
	}}
	h.visitor.Opens()
	h.visitor.Says("Do you ship to <b>Norway</b>?")
	h.all(func(p page) { p.shows("Norway") })
	return h
}

func (h hand) all(look func(page)) {
	for _, name := range everyPlatform {
		look(h.team[name])
	}
}

// hears waits for a message of the team on the visitor's page.
func (h hand) hears(text string) { h.t.Helper(); h.visitor.Reads(".pp-message-operator", text) }

// message is a script that finds the message with a text, and what is within it.
func message(text, within string) string {
	return fmt.Sprintf(`$$(".pp-message").find((m) => m.innerText.includes(%q))?.querySelector(%q)`, text, within)
}

// People type and click in the pages of the simulators as on the real platforms, the visitor in the page of a shop: everything that
// goes through an interface of the simulators elsewhere goes through a browser here.
func TestTeamWorksByHandInThePageOfEachPlatform(t *testing.T) {
	t.Parallel()
	h := openHand(t)
	for _, name := range everyPlatform {
		h.answersAndChanges(name)
		h.quotes(name)
		h.commands(name)
		h.sendsAFile(name)
		h.deletes(name)
		h.closes(name)
	}
	list := browser.Eval[string](h.visitor, `$(".pp-messages").innerText`)
	if strings.Contains(list, "secret") || strings.Contains(list, "clsoe") || strings.Contains(list, "Conversation") {
		t.Errorf("the visitor reads:\n%s", list)
	}
}

func (h hand) answersAndChanges(name string) {
	p, said, changed := h.team[name], "Said on "+name, "Changed on "+name
	p.says(said)
	h.hears(said)
	h.all(func(p page) { p.shows(said) })
	p.touches(said, `@data-do="edit"`)
	p.does(chromedp.Focus(`#text`), chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	p.says(changed)
	h.visitor.Until(message(changed, ".pp-edited-badge"))
	h.all(func(p page) { p.shows(changed) })
}

// quotes: the visitor answers to one message, and is answered to one; Slack has no such answer. A reaction tells that it was read.
func (h hand) quotes(name string) {
	p, answer := h.team[name], "Answered to "+name
	browser.Eval[bool](h.visitor, "("+message("Changed on "+name, ".pp-actions-btn")+").click() ?? true")
	h.visitor.Click(".pp-menu-reply")
	h.visitor.Says(answer)
	h.all(func(p page) { p.shows(answer, fmt.Sprintf(`[contains(., %q)]`, "Changed on "+name)) })
	emoji := map[string]string{team.Slack: "eyes"}[name]
	if emoji == "" {
		emoji = "👀"
	}
	p.touches(answer, `@data-key="`+emoji+`"`)
	h.visitor.Until(message(answer, ".pp-check-read"))
	if name == team.Slack {
		return
	}
	p.touches(answer, `@data-do="reply"`)
	p.says("Quoted on " + name)
	h.visitor.Until(message("Quoted on "+name, ".pp-reply-quote") + fmt.Sprintf("?.innerText.includes(%q)", answer))
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
	p, file := h.team[name], filepath.Join(h.t.TempDir(), "plan-"+strings.ToLower(name)+".txt")
	if err := os.WriteFile(file, []byte("a plan"), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.does(chromedp.SetUploadFiles(`#file`, []string{file}, chromedp.NodeReady), chromedp.WaitVisible(`#attached`))
	p.says("A file on " + name)
	h.visitor.Until(message("A file on "+name, "a") + fmt.Sprintf("?.innerText.includes(%q)", filepath.Base(file)))
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
	h.hears("Wrong on " + name)
	h.all(func(p page) { p.shows("Wrong on " + name) })
	p.touches("Wrong on "+name, button)
	h.visitor.Until("!" + message("Wrong on "+name, "*"))
	h.all(func(p page) {
		p.sees(`//article[contains(@class, "gone")][contains(., %q)]`, "Wrong on "+name)
		p.shows(gone)
	})
}

func (h hand) closes(name string) {
	p := h.team[name]
	p.does(chromedp.Click(`//button[@data-do="press"][.="Close"]`))
	h.visitor.Reads(".pp-notice", "closed")
	h.all(func(p page) { p.shows("Closed by") })
	h.visitor.Says("Back after " + name)
	h.all(func(p page) {
		p.shows("Back after " + name)
		p.sees(`//div[@id="head"][contains(translate(., "O", "o"), "open")]`)
	})
}
