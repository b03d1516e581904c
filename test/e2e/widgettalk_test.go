package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/test/browser"
)

// What a visitor does with a message: he answers one, changes his own, takes it back; and another tab and a reload show the same.
func TestWidgetAnswersEditsAndDeletes(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	address := site(t, s.url, `operatorName: "Fern & Clay"`)
	tab.Go(address)
	tab.Opens()
	tab.Says("Is the **lamp** <i>warm</i>?")
	tab.Reads(".pp-message-visitor strong", "lamp")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
	s.replies(t, tab.Session(), "It is")
	tab.Reads(".pp-message-operator", "It is")

	tab.Hover(".pp-message-operator .pp-message-content")
	tab.Click(".pp-message-operator .pp-actions-btn")
	tab.Click(".pp-menu-reply")
	tab.Reads(".pp-reply-preview", "It is")
	tab.Until(`root().activeElement === $(".pp-input")`)
	tab.Types("Good\r")
	tab.Reads(".pp-message-visitor .pp-reply-quote", "It is")
	tab.Loses(".pp-reply-preview")

	tab.Until(`$$(".pp-message-visitor").length === 2 && !$(".pp-message[data-id^='temp-']")`)
	tab.Hover(".pp-message:last-of-type .pp-message-content")
	tab.Click(".pp-message:last-of-type .pp-actions-btn")
	tab.Until(`root().activeElement?.role === "menuitem"`)
	tab.Types(browser.Down + browser.Enter)
	tab.Until(`root().activeElement === $(".pp-edit-input")`)
	tab.Types(" to know")
	tab.Click(".pp-edit-save")
	tab.Loses(".pp-edit-modal")
	tab.Reads(".pp-message-visitor", "Good to know")
	tab.Reads(".pp-edited-badge", "edited")

	other := tab.Another()
	other.Go(address)
	other.Opens()
	other.Reads(".pp-message-visitor", "Good to know")
	tab.Hover(".pp-message-visitor .pp-message-content")
	tab.Click(".pp-message-visitor .pp-actions-btn")
	tab.Click(".pp-menu-delete")
	for _, page := range []*browser.Tab{tab, other} {
		page.Sees(".pp-deleted-content")
		page.Until(`!root().textContent.includes("lamp")`)
	}
	tab.Go(address)
	tab.Opens()
	tab.Sees(".pp-deleted-content")
	tab.Reads(".pp-message-visitor", "Good to know")
}

// What the team does is seen: it types, it is there, its messages are counted until they are seen, and the page's title says so.
func TestWidgetShowsWhatTheTeamDoes(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := browser.Open(t)
	tab.Go(site(t, s.url, `autoOpenOnMessage: false, onUnreadChange: (n) => heard.push(n)`))
	tab.Opens()
	tab.Says("Hello")
	tab.Sees(".pp-check-double")
	session := tab.Session()
	if err := s.bus.Signal(id.Default, id.Session(session), "typing", []byte(`{"sender":"operator","isTyping":true}`)); err != nil {
		t.Fatal(err)
	}
	tab.Sees(".pp-typing")
	s.replies(t, session, "Seen at once")
	tab.Reads(".pp-message-operator", "Seen at once")
	tab.Loses(".pp-typing")
	tab.Until(`$$(".pp-hidden[aria-live]")[0].textContent === "Mia: Seen at once"`) // what a screen reader says
	tab.Until(`heard.at(-1) === 0`)

	tab.Types(browser.Escape)
	tab.Loses(".pp-window.pp-open")
	tab.Until(`root().activeElement === $(".pp-toggle")`)
	s.replies(t, session, "One")
	s.replies(t, session, "Two")
	tab.Reads(".pp-unread-badge", "2")
	tab.Until(`document.title === "(2) A site"`)
	tab.Until(`$(".pp-toggle").getAttribute("aria-label") === "Open chat, 2 unread"`)
	tab.Opens()
	tab.Until(`document.title === "A site"`)
	tab.Until(`heard.at(-1) === 0`)
	tab.Types(browser.Escape)
	tab.Loses(".pp-window.pp-open")
	tab.Loses(".pp-unread-badge")
	backend{t, s, apiKey}.must("/api/operator/status", `{"online":true}`)
	tab.Opens()
	tab.Sees(".pp-status-dot.pp-online")
	backend{t, s, apiKey}.must("/api/operator/status", `{"online":false}`)
	tab.Loses(".pp-status-dot.pp-online")
	backend{t, s, apiKey}.must("/api/v1/sessions/"+session+"/close", `{}`)
	tab.Reads(".pp-notice", "closed")
}

// Files come by picker, by drop and by paste; a file that is refused says so and keeps nobody from writing.
func TestWidgetTakesFilesInEveryWay(t *testing.T) {
	t.Parallel()
	s := usual(t)
	tab := opened(t, browser.Open(t), s, ``)
	path := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(path, []byte("three lamps"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Chooses(path)
	tab.Reads(".pp-attachment-ready", "list.txt")
	const give = `(() => {
    const data = new DataTransfer();
    data.items.add(new File(["%[1]s"], "%[1]s.txt", { type: "text/plain" }));
    %[2]s
    return true;
  })()`
	browser.Eval[bool](tab, fmt.Sprintf(give, "dropped", `for (const kind of ["dragover", "drop"]) $(".pp-messages").dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, composed: true, cancelable: true }));`))
	tab.Reads(".pp-attachment-ready", "dropped.txt")
	browser.Eval[bool](tab, fmt.Sprintf(give, "pasted", `$(".pp-input").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, composed: true, cancelable: true }));`))
	tab.Until(`$$(".pp-attachment-ready").length === 3`)
	tab.Click(".pp-attachment-ready:nth-child(2) .pp-remove-attachment")
	tab.Until(`$$(".pp-attachment-ready").length === 2`)
	browser.Eval[bool](tab, fmt.Sprintf(give, "program", `data.items.clear(); data.items.add(new File(["MZ"], "a.exe", { type: "application/x-msdownload" })); $(".pp-input").dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, composed: true, cancelable: true }));`))
	tab.Reads(".pp-upload-error", "uploaded")
	tab.Says("two lists")
	tab.Reads(".pp-message-visitor .pp-attachment-name", "list.txt")
	tab.Reads(".pp-message-visitor .pp-attachment-name", "pasted.txt")
	tab.Loses(".pp-attachment-preview")
	tab.Sees(`.pp-message-visitor:not([data-id^="temp-"])`)
}
