package bellhop

import (
	"context"
	"net/url"
	"time"
)

// StatsQuery says which time statistics are wanted of; zero for the last 7 days.
type StatsQuery struct {
	// Project is a project's id; that of the key unless given.
	Project string
	// Period is "7d" or "30d" up to now; without it From and To count, at most 400 days apart. A zero To is now.
	Period   string
	From, To time.Time
}

// Stats are statistics of the sessions that began between From and To. What has no value is nil.
type Stats struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Period string    `json:"period"`
	// Conversations are counted; the sparkline has one number for each day, the oldest first.
	Conversations          int64   `json:"conversations"`
	ConversationsSparkline []int64 `json:"conversationsSparkline"`
	Messages               int64   `json:"messages"`
	// ResponseRate is the share of conversations that were answered, 0 to 1.
	ResponseRate float64 `json:"responseRate"`
	// MedianFirstResponseSeconds is from the visitor's first message to the first answer.
	MedianFirstResponseSeconds *float64 `json:"medianFirstResponseSeconds"`
	UnansweredNow              int64    `json:"unansweredNow"`
	Ratings                    Ratings  `json:"csat"`
	// Truncated tells that there were too many sessions to count them all.
	Truncated bool `json:"truncated"`
}

// Ratings are what visitors thought. Percent is the share of the content, 0 to 1; Average is 1 to 5.
type Ratings struct {
	Percent   *float64 `json:"percent"`
	Average   *float64 `json:"average"`
	Responses int64    `json:"responses"`
}

// Stats counts.
func (c *Client) Stats(ctx context.Context, q StatsQuery) (*Stats, error) {
	query := url.Values{}
	for key, value := range map[string]string{"projectId": q.Project, "period": q.Period, "from": instant(q.From), "to": instant(q.To)} {
		if value != "" {
			query.Set(key, value)
		}
	}
	s := new(Stats)
	if err := c.get(ctx, s, query, "api", "v1", "stats"); err != nil {
		return nil, err
	}
	return s, nil
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// Team is who may answer. Online tells whether anybody is there.
type Team struct {
	Online    bool         `json:"online"`
	Operators []TeamMember `json:"operators"`
}

// TeamMember is an operator who has said whether he is there, and when.
type TeamMember struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Online bool      `json:"online"`
	At     time.Time `json:"at"`
}

// Operators tells who of the team is there.
func (c *Client) Operators(ctx context.Context) (*Team, error) {
	t := new(Team)
	if err := c.get(ctx, t, nil, "api", "v1", "operators"); err != nil {
		return nil, err
	}
	return t, nil
}

// Me is what the client's key is: its name and scopes ("read", "write"), and its project if it is for one alone.
type Me struct {
	Organization struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"organization"`
	Key struct {
		ID      string   `json:"id"`
		Name    string   `json:"name"`
		Scopes  []string `json:"scopes"`
		Project string   `json:"project"`
	} `json:"key"`
}

// Me tells what the client's key is, and so whether address and key are right.
func (c *Client) Me(ctx context.Context) (*Me, error) {
	m := new(Me)
	if err := c.get(ctx, m, nil, "api", "v1", "me"); err != nil {
		return nil, err
	}
	return m, nil
}
