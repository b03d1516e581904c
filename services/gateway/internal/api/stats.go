package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bellhop-chat/bellhop/internal/wire"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// Statistics as PocketPing has them. What has no value is null.
type statistics struct {
	From                       wire.Time    `json:"from"`
	To                         wire.Time    `json:"to"`
	Period                     string       `json:"period,omitempty"`
	Conversations              int64        `json:"conversations"`
	ConversationsSparkline     []int64      `json:"conversationsSparkline"`
	Messages                   int64        `json:"messages"`
	ResponseRate               float64      `json:"responseRate"`
	MedianFirstResponseSeconds *float64     `json:"medianFirstResponseSeconds"`
	UnansweredNow              int64        `json:"unansweredNow"`
	Csat                       satisfaction `json:"csat"`
	Truncated                  bool         `json:"truncated"`
}

type satisfaction struct {
	Percent   *float64 `json:"percent"`
	Average   *float64 `json:"average"`
	Responses int64    `json:"responses"`
}

const (
	day = 24 * time.Hour
	// maxWindow bounds what can be asked for.
	maxWindow = 400 * day
	// defaultPeriod is the window of a question without one.
	defaultPeriod = "7d"
)

var periods = map[string]time.Duration{"7d": 7 * day, "30d": 30 * day}

// window reads the time that statistics are wanted of: a period up to now, or from and to.
func window(query url.Values, now time.Time) (from, to time.Time, period string, refusal *intake.Refusal) {
	period = query.Get("period")
	given := query.Get("from") != "" || query.Get("to") != ""
	if period == "" && !given {
		period = defaultPeriod
	}
	if period != "" {
		length, known := periods[period]
		if !known || given {
			return from, to, "", intake.Invalid("invalid_period", "period must be 7d or 30d, and without from and to")
		}
		return now.Add(-length), now, period, nil
	}
	to = now
	var err error
	if text := query.Get("to"); text != "" {
		if to, err = time.Parse(time.RFC3339, text); err != nil {
			return from, to, "", intake.Invalid("invalid_to", "to must be a time such as 2026-01-02T03:04:05Z")
		}
	}
	if from, err = time.Parse(time.RFC3339, query.Get("from")); err != nil {
		return from, to, "", intake.Invalid("invalid_from", "from must be a time such as 2026-01-02T03:04:05Z")
	}
	switch {
	case !to.After(from):
		return from, to, "", intake.Invalid("invalid_to", "to must be after from")
	case to.Sub(from) > maxWindow:
		return from, to, "", intake.Invalid("window_too_long", "from and to must be at most 400 days apart")
	}
	return from, to, "", nil
}

func (a *Routes) count(ctx context.Context, from, to time.Time) (*sessionsv1.StatsResponse, error) {
	return a.in().Sessions.Stats(ctx, &sessionsv1.StatsRequest{
		Project: string(a.in().Project), From: timestamppb.New(from), To: timestamppb.New(to),
	})
}

func (a *Routes) stats(ctx context.Context, r *http.Request) (any, *intake.Refusal) {
	from, to, period, refusal := window(r.URL.Query(), time.Now().UTC().Truncate(time.Millisecond))
	if refusal != nil {
		return nil, refusal
	}
	counted, err := a.count(ctx, from, to)
	if err != nil {
		return nil, a.away(err)
	}
	out := statistics{
		From: wire.Time(from), To: wire.Time(to), Period: period, ConversationsSparkline: counted.GetConversations(), Messages: counted.GetMessages(),
		MedianFirstResponseSeconds: counted.MedianFirstResponse, UnansweredNow: counted.GetUnanswered(), Truncated: counted.GetTruncated(),
		Csat: satisfaction{Responses: counted.GetRatings()},
	}
	for _, n := range counted.GetConversations() {
		out.Conversations += n
	}
	if out.Conversations > 0 {
		out.ResponseRate = float64(counted.GetAnswered()) / float64(out.Conversations)
	}
	if n := float64(counted.GetRatings()); n > 0 {
		percent, average := float64(counted.GetSatisfied())/n, float64(counted.GetScore())/n
		out.Csat.Percent, out.Csat.Average = &percent, &average
	}
	return out, nil
}
