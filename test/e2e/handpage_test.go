package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// page is a tab in which somebody types and clicks.
type page struct {
	t    *testing.T
	name string
	ctx  context.Context
}

// patience bounds the wait for what should be there at once.
const patience = 15 * time.Second

// opens shows a page in a further tab of the browser.
func opens(t *testing.T, browser context.Context, name, url string) page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	// A tab lives as long as the context of its first step.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1000, 800), chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	return page{t, name, ctx}
}

// does runs steps; if one is not possible, the test ends with what the page shows.
func (p page) does(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		body, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		p.t.Fatalf("%s: %v; the page shows:\n%s", p.name, err, body)
	}
}

func (p page) sees(what string, values ...any) {
	p.t.Helper()
	p.does(chromedp.WaitVisible(fmt.Sprintf(what, values...)))
}

// says types in an operator's page, and sends with Enter.
func (p page) says(text string) {
	p.t.Helper()
	p.does(chromedp.SendKeys(`#text`, text+"\r"))
}

// post is the first message on an operator's page that has the text and was not deleted.
func post(text string) string {
	return fmt.Sprintf(`(//article[not(contains(@class, "gone"))][contains(., %q)])[1]`, text)
}

// shows waits for a message of an operator's page, and for what is within it.
func (p page) shows(text string, within ...string) {
	p.t.Helper()
	p.does(chromedp.WaitVisible(post(text) + strings.Join(within, "")))
}

// touches clicks one of the buttons that a message shows under the pointer. They go when the page is drawn anew just then: as a person
// does, it tries again.
func (p page) touches(text, button string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	for {
		try, end := context.WithTimeout(ctx, 2*time.Second)
		err := chromedp.Do(try, chromedp.Click(post(text)+`//p[@class="author"]`), chromedp.Click(post(text)+`//*[@class="acts"]//button[`+button+`]`))
		end()
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			p.t.Fatalf("%s: %s of %q: %v", p.name, button, text, err)
		}
	}
}
