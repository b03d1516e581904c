package discord

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	api "github.com/bellhop-chat/bellhop/internal/platform/discord"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
	"github.com/bellhop-chat/bellhop/services/notifier/internal/deliver"
)

const (
	token   = "MTEwMDAwMDAwMDAwMDAwMDAwMQ.GtestX.simulated-token-simulated-token"
	channel = "1300000000000000001"
	guild   = "1200000000000000001"
	thread  = "1440000000000000001"
	message = "1440000000000000002"
	hook    = "1500000000000000001"

	openTag, closedTag, teamTag = "1301000000000000001", "1301000000000000002", "1301000000000000003"
)

// discord answers as it is told and keeps what it was asked.
type discord struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []string
	bodies []string
	// answers are by "METHOD /path" below the API's base; what is not there is {}.
	answers map[string]answer
	// once are given before.
	once map[string][]answer
}

type answer struct {
	status int
	body   string
}

func ok(body string) answer { return answer{200, body} }

func refusal(status, code int) answer {
	body, _ := json.Marshal(map[string]any{"code": code, "message": "no"}) // it can't fail
	return answer{status, string(body)}
}

const forum = `{"id":"` + channel + `","type":15,"guild_id":"` + guild + `","available_tags":[{"id":"` + openTag + `","name":"Open"},{"id":"` + closedTag + `","name":"closed"},{"id":"` + teamTag + `","name":"billing"}]}`

func newDiscord(t *testing.T) *discord {
	d := &discord{once: map[string][]answer{}, answers: map[string]answer{
		"GET /channels/" + channel:                              ok(forum),
		"POST /channels/" + channel + "/threads":                ok(`{"id":"` + thread + `","message":{"id":"` + thread + `"}}`),
		"POST /channels/" + thread + "/messages":                ok(`{"id":"` + message + `"}`),
		"POST /channels/" + channel + "/messages":               ok(`{"id":"` + thread + `"}`),
		"GET /channels/" + thread:                               state(false, false, openTag, teamTag),
		"POST /webhooks/" + hook + "/" + hookToken:              ok(`{"id":"` + message + `","channel_id":"` + thread + `"}`),
		"GET /guilds/" + guild:                                  ok(`{"id":"` + guild + `"}`),
		"GET /guilds/" + guild + "/roles":                       ok(`[{"id":"` + guild + `","permissions":"8"}]`),
		"GET /users/@me":                                        ok(`{"id":"1100000000000000001"}`),
		"GET /guilds/" + guild + "/members/1100000000000000001": ok(`{"roles":[]}`),
	}}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Close)
	return d
}

// state is a thread of the channel.
func state(archived, locked bool, tags ...string) answer {
	body, _ := json.Marshal(map[string]any{
		"id": thread, "type": 11, "parent_id": channel, "guild_id": guild, "applied_tags": tags,
		"thread_metadata": map[string]bool{"archived": archived, "locked": locked},
	})
	return ok(string(body))
}

func (d *discord) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	call := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v10")
	d.mu.Lock()
	d.calls, d.bodies = append(d.calls, call), append(d.bodies, string(body))
	a, known := d.answers[call]
	if first := d.once[call]; len(first) > 0 {
		a, known, d.once[call] = first[0], true, first[1:]
	}
	d.mu.Unlock()
	switch {
	case a.status < 0: // the answer is lost
		panic(http.ErrAbortHandler)
	case !known:
		a = ok(`{}`)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body) // the client's trouble
}

// set makes an answer the one that is given from now on.
func (d *discord) set(call string, a answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answers[call] = a
}

// replace sets an answer until it is restored.
func (d *discord) replace(call string, a answer) (restore func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	before, known := d.answers[call]
	d.answers[call] = a
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.answers[call] = before; !known {
			delete(d.answers, call)
		}
	}
}

// first are given before that.
func (d *discord) first(call string, answers ...answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.once[call] = answers
}

// sent are the calls since the last time, and the last body.
func (d *discord) sent() (calls []string, body string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	calls = d.calls
	body = d.bodies[len(d.bodies)-1]
	d.calls, d.bodies = nil, nil
	return calls, body
}

func (d *discord) config() api.Config {
	return api.Config{
		Token: token, Channel: channel, APIURL: d.URL + "/api/v10", WebhookURL: d.URL + "/api/webhooks/" + hook + "/" + hookToken,
		EnableGateway: true, AutoArchive: time.Hour, MaxFileBytes: 1000, Username: "Bell",
	}
}

func (d *discord) options() Options {
	return Options{Config: d.config(), Freeze: func(string, time.Duration) {}, Log: zap.NewNop()}
}

func newBot(t *testing.T) (*discord, *Bot) {
	d := newDiscord(t)
	b := NewBot(d.options())
	t.Cleanup(b.Disconnect)
	return d, b
}

var (
	place = deliver.Place{Chat: channel, Thread: thread}
	post  = deliver.Post{Record: nobody(), Messages: list1(said("hi", 0))}
	at    = &bellhopv1.PlatformMessage{Chat: channel, Thread: thread, Ids: []string{message}}
)

// expect compares calls, and that a body holds what is wanted.
func (d *discord) expect(t *testing.T, calls string, holds ...string) {
	t.Helper()
	got, body := d.sent()
	if strings.Join(got, ", ") != calls {
		t.Errorf("called %s, want %s", strings.Join(got, ", "), calls)
	}
	for _, part := range append(holds, `"allowed_mentions":{"parse":[],"replied_user":false}`) {
		without := part == "" || strings.HasPrefix(part, `"allowed`) && !strings.Contains(body, "embeds") && !strings.Contains(body, `"content"`)
		if !without && !strings.Contains(body, part) {
			t.Errorf("%s sent %s, want %s", calls, body, part)
		}
	}
}

func TestAConversationIsAPostOfTheForum(t *testing.T) {
	d, b := newBot(t)
	got, carded, err := b.Open(t.Context(), b.Chat(nil), ana())
	if err != nil || !carded || got != place {
		t.Fatalf("%v %v %v", got, carded, err)
	}
	d.expect(t, "GET /channels/"+channel+", POST /channels/"+channel+"/threads",
		`"name":"💬 Ana *Silva* · pricing_table"`, `"auto_archive_duration":60`, `"applied_tags":["`+openTag+`"]`, `"custom_id":"bellhop:close"`, `"custom_id":"bellhop:read"`)
	if b.Account(got) != thread || b.Account(deliver.Place{Chat: channel}) != channel || b.Name() != "discord" || b.Current("x") != "x" || b.TypingLasts() != 10*time.Second {
		t.Error("the account is another")
	}
}

func TestAConversationIsAThreadOfATextChannel(t *testing.T) {
	d, b := newBot(t)
	d.set("GET /channels/"+channel, ok(`{"id":"`+channel+`","type":0,"guild_id":"`+guild+`"}`))
	start := "POST /channels/" + channel + "/messages/" + thread + "/threads"
	d.first(start, answer{-1, ""}, refusal(400, 160004))
	_, _, err := b.Open(t.Context(), channel, ana())
	if kind := kindOf(err); kind != deliver.Unknown {
		t.Fatalf("%v", err)
	}
	_, first := d.sent()
	got, carded, err := b.Open(t.Context(), channel, ana())
	if err != nil || !carded || got != place {
		t.Fatalf("the thread that was made already: %v %v %v", got, carded, err)
	}
	d.expect(t, "POST /channels/"+channel+"/messages, "+start, `"name":`)
	again := ana()
	again.Platforms = map[string]*sessionsv1.PlatformState{Name: {Thread: thread}}
	nonces := map[string]bool{}
	for _, record := range []*sessionsv1.SessionRecord{ana(), ana(), again} {
		d.first(start, refusal(500, 0))
		if _, _, err := b.Open(t.Context(), channel, record); err == nil {
			t.Fatal("no error")
		}
		d.mu.Lock()
		nonces[nonceIn(t, d.bodies[0])] = true
		d.calls, d.bodies = nil, nil
		d.mu.Unlock()
	}
	if len(nonces) != 2 || first == "" {
		t.Fatalf("nonces %v: the same card is another message, or another card is the same", nonces)
	}
}

func nonceIn(t *testing.T, body string) string {
	t.Helper()
	var sent struct {
		Nonce   string `json:"nonce"`
		Enforce bool   `json:"enforce_nonce"`
	}
	if err := json.Unmarshal([]byte(body), &sent); err != nil || sent.Nonce == "" || !sent.Enforce || len(sent.Nonce) > 25 {
		t.Fatalf("%s has no nonce: %v", body, err)
	}
	return sent.Nonce
}

// kindOf is the engine's kind of an error; -1 for none.
func kindOf(err error) deliver.Kind {
	if failed, ok := errors.AsType[*deliver.Failure](err); ok {
		return failed.Kind
	}
	return -1
}

func TestAPostThatWasMadeWithoutAnAnswerIsFoundAndNotMadeTwice(t *testing.T) {
	d, b := newBot(t)
	d.first("POST /channels/"+channel+"/threads", answer{-1, ""})
	if _, _, err := b.Open(t.Context(), channel, ana()); kindOf(err) != deliver.Unknown {
		t.Fatal(err)
	}
	made := api.IDAt(time.Now())
	foreign := func(change string) string {
		return `{"id":"` + made + `","parent_id":"` + channel + `","owner_id":"1100000000000000001","name":"💬 Ana *Silva* · pricing_table"` + change + `}`
	}
	d.set("GET /guilds/"+guild+"/threads/active", ok(`{"threads":[`+strings.Join([]string{
		foreign(`,"parent_id":"1300000000000000009"`), foreign(`,"owner_id":"1"`), foreign(`,"name":"x"`), foreign(`,"id":"` + thread + `"`), foreign(``),
	}, ",")+`]}`))
	d.set("GET /channels/"+made+"/messages/"+made, ok(`{"id":"`+made+`","embeds":[{"description":"🔖 `+"`ghXY9z`"+`"}]}`))
	d.sent()
	got, carded, err := b.Open(t.Context(), channel, ana())
	if err != nil || !carded || got.Thread != made {
		t.Fatalf("%v %v %v", got, carded, err)
	}
	d.expect(t, "GET /guilds/"+guild+"/threads/active, GET /channels/"+made+"/messages/"+made, "")
	if _, _, err := b.Open(t.Context(), channel, ana()); err != nil {
		t.Fatal(err)
	}
	d.expect(t, "POST /channels/"+channel+"/threads", "")
}

func TestAPostOfAnotherConversationIsNotTaken(t *testing.T) {
	d, b := newBot(t)
	d.first("POST /channels/"+channel+"/threads", answer{-1, ""})
	_, _, _ = b.Open(t.Context(), channel, ana())
	made := api.IDAt(time.Now())
	d.set("GET /guilds/"+guild+"/threads/active", ok(`{"threads":[{"id":"`+made+`","parent_id":"`+channel+`","owner_id":"1100000000000000001","name":"💬 Ana *Silva* · pricing_table"}]}`))
	d.set("GET /channels/"+made+"/messages/"+made, ok(`{"id":"`+made+`","embeds":[{"description":"🔖 `+"`other1`"+`"}]}`))
	if got, _, err := b.Open(t.Context(), channel, ana()); err != nil || got != place {
		t.Fatalf("%v %v", got, err)
	}
}

func TestOpeningMakesDoWithWhatTheServerHas(t *testing.T) {
	d, b := newBot(t)
	threads := "POST /channels/" + channel + "/threads"
	d.first(threads, refusal(400, 160006))
	d.set("GET /guilds/"+guild+"/threads/active", ok(`{"threads":[{"id":"1440000000000000007","parent_id":"`+channel+`","last_message_id":"1440000000000000099"},
		{"id":"1440000000000000008","parent_id":"`+channel+`","last_message_id":"1440000000000000050"},{"id":"1440000000000000001","parent_id":"1300000000000000009"}]}`))
	if got, _, err := b.Open(t.Context(), channel, ana()); err != nil || got != place {
		t.Fatalf("%v %v", got, err)
	}
	if calls, _ := d.sent(); !slices.Contains(calls, "PATCH /channels/1440000000000000008") {
		t.Errorf("called %v: the thread that was idle for longest was not archived", calls)
	}
	d.first(threads, refusal(400, 160006))
	d.set("GET /guilds/"+guild+"/threads/active", ok(`{"threads":[]}`))
	_, _, err := b.Open(t.Context(), channel, ana())
	if failed, ok := errors.AsType[*deliver.Failure](err); !ok || failed.Kind != deliver.RateLimited || failed.After != roomAfter {
		t.Errorf("without room: %v", err)
	}
	d.first(threads, refusal(400, 40067))
	d.set("GET /channels/"+channel, ok(`{"id":"`+channel+`","type":15,"flags":16,"available_tags":[{"id":"1","name":"mod","moderated":true},{"id":"`+closedTag+`","name":"closed"},{"id":"`+teamTag+`","name":"billing"}]}`))
	d.sent()
	if _, _, err := b.Open(t.Context(), channel, ana()); err != nil {
		t.Fatal(err)
	}
	d.expect(t, threads+", GET /channels/"+channel+", "+threads, `"applied_tags":["`+teamTag+`"]`)
}

func TestCallsAreWhatDiscordAsksFor(t *testing.T) {
	d, b := newBot(t)
	reply := post
	reply.ReplyTo = &bellhopv1.PlatformMessage{Ids: []string{"1440000000000000003", "1440000000000000004"}}
	ids, err := b.Send(t.Context(), place, reply, 0)
	if err != nil || len(ids) != 1 || ids[0] != message {
		t.Fatalf("%v %v", ids, err)
	}
	d.expect(t, "POST /channels/"+thread+"/messages", `"description":"hi"`, `"message_reference":{"message_id":"1440000000000000004","fail_if_not_exists":false}`)
	if _, err := b.Send(t.Context(), place, deliver.Post{Record: ana(), Notices: []*sessionsv1.Notice{{Kind: "left"}}}, 0); err != nil {
		t.Fatal(err)
	}
	d.expect(t, "POST /channels/"+thread+"/messages", `"flags":4096`)
	for _, c := range []struct {
		call  string
		holds string
		do    func() error
	}{
		{"PATCH /channels/" + thread + "/messages/" + message, `"description":"hi"`, func() error { return b.Edit(t.Context(), at, post, 5) }},
		{"DELETE /channels/" + thread + "/messages/" + message, ``, func() error { return b.Delete(t.Context(), at) }},
		{"POST /channels/" + thread + "/typing", ``, func() error { return b.Typing(t.Context(), place) }},
		{"POST /channels/" + thread + "/messages", `"description":"✅ Closed by **Olga**"`, func() error { return b.SayClosed(t.Context(), place, "Olga") }},
		{"POST /channels/" + thread + "/messages", `"description":"✅ Closed"`, func() error { return b.SayClosed(t.Context(), place, "") }},
	} {
		if err := c.do(); err != nil {
			t.Errorf("%s: %v", c.call, err)
		}
		d.expect(t, c.call, c.holds)
	}
	if calls := b.Plan(posts()["too-long"], []string{"1"}); len(calls) != 2 || calls[0].Do != deliver.Edit || calls[1].Do != deliver.Send {
		t.Errorf("planned %v", calls)
	}
}

func TestAClosedThreadIsLockedAndTaggedAndOpenedAgain(t *testing.T) {
	d, b := newBot(t)
	get, patch := "GET /channels/"+thread, "PATCH /channels/"+thread
	home := "GET /channels/" + channel + ", "
	for _, c := range []struct {
		name  string
		now   answer
		do    func(context.Context, deliver.Place, *sessionsv1.SessionRecord) error
		calls string
		holds string
	}{
		{"close", state(false, false, openTag, teamTag), b.Close, home + get + ", " + patch, `{"archived":true,"locked":true,"applied_tags":["` + teamTag + `","` + closedTag + `"]}`},
		{"close an idle one", state(true, false, openTag), b.Close, get + ", " + patch + ", " + patch, `"applied_tags":["` + closedTag + `"]`},
		{"close a closed one", state(true, true, closedTag), b.Close, get, ""},
		{"reopen", state(true, true, closedTag), b.Reopen, get + ", " + patch, `{"archived":false,"locked":false,"applied_tags":["` + openTag + `"]}`},
	} {
		d.set("GET /channels/"+thread, c.now)
		if err := c.do(t.Context(), place, ana()); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		d.expect(t, c.calls, c.holds)
	}
	b.home.forget()
	d.set("GET /channels/"+channel, ok(`{"id":"`+channel+`","type":0}`))
	d.set("GET /channels/"+thread, state(false, false))
	if err := b.Reopen(t.Context(), place, ana()); err != nil {
		t.Error(err)
	}
	d.expect(t, home+get, "")
}

func TestTagsOfTheTeamStayAndNoneIsTooMany(t *testing.T) {
	home := api.Channel{Tags: []api.Tag{{ID: "o", Name: "OPEN"}, {ID: "c", Name: " Closed "}}}
	full := api.Channel{AppliedTags: []string{"1", "2", "3", "4", "5"}}
	if got := turned(home, full, tagOpen, tagClosed); !slices.Equal(*got, full.AppliedTags) {
		t.Errorf("%v", *got)
	}
	if got := turned(api.Channel{}, full, tagOpen, tagClosed); got != nil {
		t.Errorf("%v", *got)
	}
	only := api.Channel{Flags: 16, Tags: []api.Tag{{ID: "c", Name: "closed"}}}
	if got := turned(only, api.Channel{AppliedTags: []string{"c"}}, tagOpen, tagClosed); got != nil {
		t.Errorf("a post without a tag where one is required: %v", *got)
	}
	if got := firstTags(api.Channel{Tags: []api.Tag{{ID: "x", Name: "x"}}}); got != nil {
		t.Errorf("%v", got)
	}
}

func TestAMessageInAnIdleThreadIsChangedAndInAClosedOneToo(t *testing.T) {
	d, b := newBot(t)
	edit, patch := "PATCH /channels/"+thread+"/messages/"+message, "PATCH /channels/"+thread
	d.first(edit, refusal(400, 50083))
	d.set(patch, state(false, false))
	if err := b.Edit(t.Context(), at, post, 0); err != nil {
		t.Fatal(err)
	}
	d.expect(t, edit+", "+patch+", "+edit, "")
	d.first(edit, refusal(400, 50083))
	d.set(patch, state(false, true))
	if err := b.Edit(t.Context(), at, post, 0); err != nil {
		t.Fatal(err)
	}
	d.expect(t, edit+", "+patch+", "+edit+", "+patch, `{"archived":true}`)
}
