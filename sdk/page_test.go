package bellhop

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func contains(text string, any ...string) bool {
	return slices.ContainsFunc(any, func(s string) bool { return strings.Contains(text, s) })
}

func TestSessionsAreReadPageByPage(t *testing.T) {
	f := serve(t,
		says(http.StatusOK, `{"sessions":[{"id":"a","unanswered":true,"identity":{"id":"u1","name":"Vera","email":"v@x"},"csat":{"pending":false,"score":4}},{"id":"b"}],"nextPageToken":"t+1"}`),
		says(http.StatusServiceUnavailable, `{}`),
		says(http.StatusOK, `{"sessions":[{"id":"c"}]}`))
	var ids []string
	for s, err := range f.client(Options{}).Sessions(within(t), SessionQuery{Unanswered: true, Search: "a&b", PageSize: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		if s.ID == "a" && (s.Identity.Name() != "Vera" || s.Identity.ID() != "u1" || s.Identity.Email() != "v@x" || s.Rating.Score != 4 || !s.Unanswered) {
			t.Errorf("session is %+v", s)
		}
		ids = append(ids, s.ID)
	}
	if strings.Join(ids, "") != "abc" {
		t.Errorf("sessions: %v", ids)
	}
	calls := f.seen()
	if calls[0].query != "limit=2&q=a%26b&unanswered=true" || calls[2].query != "limit=2&pageToken=t%2B1&q=a%26b&unanswered=true" {
		t.Errorf("asked %q, then %q", calls[0].query, calls[2].query)
	}
}

func TestPagesAreFetchedAsTheyAreNeeded(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"sessions":[{"id":"a"},{"id":"b"}],"nextPageToken":"t"}`))
	for _, err := range f.client(Options{}).Sessions(within(t), SessionQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if n := len(f.seen()); n != 1 {
		t.Errorf("%d pages were fetched", n)
	}
}

func TestErrorEndsAPage(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"sessions":[{"id":"a"}],"nextPageToken":"t"}`), says(http.StatusBadRequest, `{}`))
	var got []string
	for s, err := range f.client(Options{}).Sessions(within(t), SessionQuery{}) {
		got = append(got, fmt.Sprint(s.ID, err != nil))
	}
	if fmt.Sprint(got) != "[afalse true]" {
		t.Errorf("got %v", got)
	}
}

func TestAllMessagesAreReadHoweverMany(t *testing.T) {
	f := serve(t,
		says(http.StatusOK, `{"session":{"id":"s"},"messages":[{"id":"1","replyTo":"0"},{"id":"2","replyTo":{"id":"1","content":"x"}}],"truncated":true}`),
		says(http.StatusOK, `{"messages":[{"id":"3"}],"hasMore":true}`),
		says(http.StatusOK, `{"messages":[{"id":"4"}],"hasMore":false}`))
	var got, answered []string
	for m, err := range f.client(Options{}).Messages(within(t), "s", MessageQuery{PageSize: 1}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, m.ID)
		if m.ReplyTo != nil {
			answered = append(answered, m.ReplyTo.ID)
		}
	}
	calls := f.seen()
	if fmt.Sprint(got, answered) != "[1 2 3 4] [0 1]" || calls[1].query != "after=2&limit=1" || calls[2].query != "after=3&limit=1" {
		t.Errorf("got %v, answering %v, by %+v", got, answered, calls)
	}
	f = serve(t, says(http.StatusOK, `{"messages":[],"hasMore":false}`))
	for m, err := range f.client(Options{}).Messages(within(t), "s", MessageQuery{After: "9"}) {
		t.Errorf("there is %+v, %v", m, err)
	}
	if calls := f.seen(); len(calls) != 1 || calls[0].query != "after=9&limit=100" {
		t.Errorf("asked %+v", calls)
	}
}

func TestStatisticsAreRead(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"from":"2026-01-01T00:00:00.000Z","to":"2026-01-03T00:00:00.000Z","conversations":3,
		"conversationsSparkline":[1,2],"responseRate":0.5,"medianFirstResponseSeconds":null,"csat":{"percent":1,"average":4.5,"responses":2}}`))
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s, err := f.client(Options{}).Stats(within(t), StatsQuery{From: from, To: from.AddDate(0, 0, 2)})
	if err != nil {
		t.Fatal(err)
	}
	if s.Conversations != 3 || s.MedianFirstResponseSeconds != nil || *s.Ratings.Average != 4.5 || len(s.ConversationsSparkline) != 2 {
		t.Errorf("%+v", s)
	}
	if q := f.seen()[0].query; q != "from=2026-01-01T00%3A00%3A00Z&to=2026-01-03T00%3A00%3A00Z" {
		t.Errorf("asked %q", q)
	}
}

func TestTeamAndKeyAreRead(t *testing.T) {
	f := serve(t, says(http.StatusOK, `{"online":true,"operators":[{"id":"telegram:5","name":"Ann","online":true,"at":"2026-01-01T00:00:00.000Z"}]}`),
		says(http.StatusOK, `{"organization":{"id":"bellhop"},"key":{"id":"k1","name":"n","scopes":["read"]}}`))
	c := f.client(Options{})
	team, err := c.Operators(within(t))
	if err != nil || !team.Online || team.Operators[0].Name != "Ann" {
		t.Errorf("%+v, %v", team, err)
	}
	me, err := c.Me(within(t))
	if err != nil || me.Key.ID != "k1" || me.Key.Scopes[0] != "read" {
		t.Errorf("%+v, %v", me, err)
	}
}
