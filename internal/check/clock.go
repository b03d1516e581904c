package check

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const (
	// maxSkew is by how much the clock may differ: signatures of Slack and Discord are good for five minutes, and the Date of an
	// answer has seconds only.
	maxSkew = 30 * time.Second
	// fatalSkew is where signed requests are refused.
	fatalSkew = 5 * time.Minute
)

// Clock compares this machine's clock with that of a server that is known to be right, by the Date of its answer.
func Clock(ctx context.Context, client *http.Client, url string) []Finding {
	r := NewReport("clock")
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, http.NoBody)
	if err != nil {
		return nil
	}
	before := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		r.Warn("skew", "the clock could not be compared: no answer", "")
		return r.Findings()
	}
	_ = resp.Body.Close()
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		r.Warn("skew", "the clock could not be compared: the answer has no date", "")
		return r.Findings()
	}
	ours := before.Add(time.Since(before) / 2)
	skew := theirs.Sub(ours)
	const fix = "set the clock by NTP"
	switch detail := fmt.Sprintf("differs by %v", skew.Truncate(time.Second)); {
	case skew.Abs() >= fatalSkew:
		r.Fail("skew", detail+": signed requests are refused", fix)
	case skew.Abs() > maxSkew:
		r.Warn("skew", detail, fix)
	default:
		r.OK("skew", detail)
	}
	return r.Findings()
}
