package telegram_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bellhop-chat/bellhop/test/browser"
	"github.com/bellhop-chat/bellhop/test/sim/telegram"
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

func TestPersonAttachesFilesSeesPicturesAndPressesButtonsInABrowser(t *testing.T) {
	b := twoGroups(t, telegram.Budget{Off: true})
	topic := b.topicIn(secondGroup, "Ben")
	b.ok("sendMessage", fields{"chat_id": secondGroup, "message_thread_id": topic, "text": "card", "reply_markup": keyboard("Close", "c:9fK2")}, nil)
	names := make([]string, 2)
	for i, name := range []string{"one.png", "two.png"} {
		names[i] = filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(names[i], picture(t, 40, 30), 0o600))
	}
	page := tab(t, b.sim.URL())
	steps(t, page, chromedp.Click(`//nav[@id="groups"]/a[.="Support 2"]`), chromedp.Click(`//a[contains(@class, "thread")][contains(., "Ben")]`),
		chromedp.Click(`//button[@data-do="press"][.="Close"]`), chromedp.WaitVisible(`//p[@class="toast"][contains(., "waits for the bot")]`))
	pressed := b.sim.Callbacks()
	if len(pressed) != 1 || pressed[0].Data != "c:9fK2" || pressed[0].ChatID != secondGroup {
		t.Fatalf("pressed: %+v", pressed)
	}
	b.ok("answerCallbackQuery", fields{"callback_query_id": pressed[0].ID, "text": "It is closed"}, nil)
	steps(t, page, chromedp.WaitVisible(`//p[@class="toast"][contains(., "It is closed")]`),
		chromedp.SetUploadFiles(`#file`, names, chromedp.NodeReady), chromedp.WaitVisible(`//div[@id="attached"][contains(., "one.png, two.png")]`),
		chromedp.SendKeys(`#text`, "look\r"), chromedp.WaitVisible(`(//article//img)[2]`), chromedp.WaitNotVisible(`#attached`))
	said := b.sim.State().In(secondGroup).Messages(topic)
	if len(said) != 4 || said[2].Text != "look" || said[2].Media.Kind != "photo" || said[2].MediaGroupID == "" || said[3].MediaGroupID != said[2].MediaGroupID {
		t.Fatalf("said: %+v", said[2:])
	}
}
