package telegram

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap/zaptest"

	"github.com/bellhop-chat/bellhop/internal/platform/telegram"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/office"
	"github.com/bellhop-chat/bellhop/services/inbound/internal/telegram/apitest"
)

func testMetrics(t *testing.T) *office.Metrics {
	t.Helper()
	m, err := office.NewMetrics(prometheus.NewRegistry(), platform)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// desk of one answerer whose clock stands still.
func newTestAnswerer(t *testing.T, api *apitest.API, budget int) (*answerer, *time.Time) {
	t.Helper()
	cfg := telegram.Config{Token: token, APIURL: api.URL, BudgetPerMinute: budget}
	client := telegram.New(cfg)
	t.Cleanup(client.CloseIdleConnections)
	a := newAnswerer(client, cfg.Shares(), testMetrics(t), zaptest.NewLogger(t))
	now := time.UnixMilli(1795000000000)
	a.now = func() time.Time { return now }
	return a, &now
}

func to(text string) answer {
	return answer{to: intent{place: telegram.Place{Chat: group, Thread: 412}, message: 431}, Answer: office.Answer{Text: text, Mark: office.Done}}
}

func TestAnswersKeepToTheirShareOfTheBudget(t *testing.T) {
	api := apitest.New(t)
	a, now := newTestAnswerer(t, api, 20)
	for range 5 {
		a.give(t.Context(), to("done"))
	}
	if texts, reactions := api.Calls("sendMessage"), api.Calls("setMessageReaction"); len(texts) != 3 || len(reactions) != 2 {
		t.Fatalf("%d texts, %d reactions", len(texts), len(reactions))
	}
	if emoji := api.Calls("setMessageReaction")[0].Params["reaction"].([]any)[0].(map[string]any)["emoji"]; emoji != "👌" {
		t.Errorf("reaction %v", emoji)
	}
	*now = now.Add(time.Minute - time.Millisecond)
	a.give(t.Context(), to("done"))
	if len(api.Calls("sendMessage")) != 3 {
		t.Fatal("the window does not slide: a fourth text within a minute")
	}
	*now = now.Add(time.Millisecond)
	a.give(t.Context(), to("done"))
	if len(api.Calls("sendMessage")) != 4 {
		t.Fatal("the share does not come back")
	}
	other := to("done")
	other.to.place.Chat--
	a.give(t.Context(), other)
	if len(api.Calls("sendMessage")) != 5 {
		t.Fatal("the budget is per chat")
	}
}

func TestWhatWasAskedForIsToldWhenTheShareComesBack(t *testing.T) {
	api := apitest.New(t)
	a, now := newTestAnswerer(t, api, 20)
	var waits []time.Duration
	a.after = func(d time.Duration, do func()) { waits = append(waits, d); *now = now.Add(d); do() }
	for range 3 {
		a.give(t.Context(), to("done"))
	}
	*now = now.Add(20 * time.Second)
	a.give(t.Context(), to("done"))
	if len(waits) != 0 {
		t.Fatal("what only tells that it was done waits")
	}
	help := to("the commands")
	help.Asked = true
	a.give(t.Context(), help)
	if len(waits) != 1 || waits[0] != 40*time.Second || len(api.Calls("setMessageReaction")) != 2 {
		t.Fatalf("waits %v, %d reactions", waits, len(api.Calls("setMessageReaction")))
	}
	if err := a.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	texts := api.Calls("sendMessage")
	if len(texts) != 4 || texts[3].Params["text"] != "the commands" {
		t.Fatalf("%d texts", len(texts))
	}
	late := help
	late.late = true
	a.frozen[group] = now.Add(time.Minute)
	if a.give(t.Context(), late); len(waits) != 1 {
		t.Error("an answer waits for ever")
	}
}

func TestRateLimitedChatIsAnsweredWhenItMayHearAgainAndNotBefore(t *testing.T) {
	api := apitest.New(t)
	a, now := newTestAnswerer(t, api, 0)
	var waits []time.Duration
	a.after = func(d time.Duration, do func()) { waits = append(waits, d); do() }
	api.Refuse("sendMessage", `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 17","parameters":{"retry_after":17}}`)
	a.give(t.Context(), to("done"))
	api.Refuse("sendMessage", "")
	*now = now.Add(16 * time.Second)
	refused := to("")
	refused.Mark = office.Refused
	a.give(t.Context(), refused)
	if len(api.Calls("sendMessage")) != 1 || len(api.Calls("setMessageReaction")) != 0 {
		t.Fatalf("%d texts, %d reactions", len(api.Calls("sendMessage")), len(api.Calls("setMessageReaction")))
	}
	if len(waits) != 2 || waits[0] != 17*time.Second || waits[1] != time.Second {
		t.Fatalf("waits %v", waits)
	}
	*now = now.Add(time.Second)
	if err := a.drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(api.Calls("sendMessage")) != 2 || len(api.Calls("setMessageReaction")) != 1 {
		t.Fatalf("afterwards %d texts, %d reactions", len(api.Calls("sendMessage")), len(api.Calls("setMessageReaction")))
	}
	if emoji := api.Calls("setMessageReaction")[0].Params["reaction"].([]any)[0].(map[string]any)["emoji"]; emoji != reactionRefused {
		t.Errorf("a refusal looks like a success: %v", emoji)
	}
}

func TestAnswerOfUnknownOutcomeIsNotRepeated(t *testing.T) {
	api := apitest.New(t)
	a, _ := newTestAnswerer(t, api, 0)
	api.Refuse("sendMessage", `<html>Bad Gateway</html>`)
	a.give(t.Context(), to("done"))
	if len(api.Calls("sendMessage")) != 1 || len(api.Calls("setMessageReaction")) != 0 {
		t.Fatal("answered twice")
	}
}

func TestAnswerPingsNobody(t *testing.T) {
	api := apitest.New(t)
	a, _ := newTestAnswerer(t, api, 0)
	a.give(t.Context(), to("👤 Ana @olga"+strings.Repeat("x", 5000)))
	call := api.Calls("sendMessage")[0]
	if entities, ok := call.Params["entities"].([]any); !ok || entities[0].(map[string]any)["type"] != "code" {
		t.Fatalf("%+v", call.Params["entities"])
	}
}

func TestWaitingAnswersAreGivenBeforeTheEnd(t *testing.T) {
	o := newBureau(t)
	for range waitingAnswers + 5 { // more than may wait
		o.bot.answers.ask(to("done"))
	}
	stop := o.start(o.bot.Answer)
	stop()
	if texts, reactions := len(o.api.Calls("sendMessage")), len(o.api.Calls("setMessageReaction")); texts+reactions != waitingAnswers {
		t.Fatalf("%d answers", texts+reactions)
	}
	if o.counted("bellhop_inbound_answers_total", "dropped") != 5 {
		t.Error("what was dropped is not counted")
	}
}
