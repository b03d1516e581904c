package visitor

import (
	"context"
	"net/http"
	"time"
)

// Identify is POST /identify; identity needs an id.
func (c *Client) Identify(ctx context.Context, identity map[string]any) error {
	var answer struct{}
	return c.Call(ctx, http.MethodPost, "/identify", map[string]any{"sessionId": c.SessionID(), "identity": identity}, &answer)
}

// PreChat is POST /prechat; what is empty is not sent.
func (c *Client) PreChat(ctx context.Context, email, phone, country string) error {
	body := map[string]any{"sessionId": c.SessionID()}
	for key, value := range map[string]string{"email": email, "phone": phone, "phoneCountry": country} {
		if value != "" {
			body[key] = value
		}
	}
	var answer struct{}
	return c.Call(ctx, http.MethodPost, "/prechat", body, &answer)
}

// Rate is POST /csat. It answers whether there was a rating already.
func (c *Client) Rate(ctx context.Context, score int, comment string) (already bool, err error) {
	var answer struct {
		AlreadyRated bool `json:"alreadyRated"`
	}
	body := map[string]any{"sessionId": c.SessionID(), "score": score, "comment": comment}
	err = c.Call(ctx, http.MethodPost, "/csat", body, &answer)
	return answer.AlreadyRated, err
}

// Disconnect is POST /disconnect, the beacon of a page that is left after a while.
func (c *Client) Disconnect(ctx context.Context, stay time.Duration) error {
	var answer struct{}
	body := map[string]any{"sessionId": c.SessionID(), "duration": int(stay.Seconds()), "reason": "page_unload"}
	return c.Call(ctx, http.MethodPost, "/disconnect", body, &answer)
}

// Identifies says who the visitor is.
func (v *Visitor) Identifies(identity map[string]any) {
	v.t.Helper()
	if err := v.Identify(Within(v.t), identity); err != nil {
		v.t.Fatalf("identify: %v", err)
	}
}

// SeesRatingCard waits until a rating was asked for.
func (v *Visitor) SeesRatingCard() {
	v.t.Helper()
	v.Waits("the rating card", func() bool { return v.page.Ratings() > 0 })
}

// Rates fills the rating card in. It fails if there was a rating already.
func (v *Visitor) Rates(score int, comment string) {
	v.t.Helper()
	already, err := v.Rate(Within(v.t), score, comment)
	if err != nil || already {
		v.t.Fatalf("rate: already %v, %v", already, err)
	}
}

// SeesScreenshotRequest waits until a picture of the page was asked for.
func (v *Visitor) SeesScreenshotRequest() ScreenshotRequest {
	v.t.Helper()
	var asked []ScreenshotRequest
	v.Waits("a screenshot request", func() bool { asked = v.page.Pictures(); return len(asked) > 0 })
	return asked[len(asked)-1]
}

// Leaves sends the beacon and closes the page.
func (v *Visitor) Leaves(stay time.Duration) {
	v.t.Helper()
	if err := v.Disconnect(Within(v.t), stay); err != nil {
		v.t.Fatalf("leave: %v", err)
	}
	v.Close()
}
