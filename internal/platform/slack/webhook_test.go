package slack

import (
	"io"
	"net/http"
	"testing"
)

func TestWebhookTakesWhatAMessageShows(t *testing.T) {
	var got request
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		got = recorded(r)
		_, _ = io.WriteString(w, "ok")
	})
	if err := c.PostWebhook(t.Context(), new(Text).Bold("Ana").Content(), Look{Username: "Bellhop", IconEmoji: ":bell:"}); err != nil {
		t.Fatal(err)
	}
	want := `{"text":"Ana","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"Ana","style":{"bold":true}}]}]}],"username":"Bellhop","icon_emoji":":bell:","unfurl_links":false,"unfurl_media":false}`
	if got.body != want || got.path != "/services/CCtesttokenCC" || got.token != "" || got.kind != "application/json; charset=utf-8" {
		t.Fatalf("%+v", got)
	}
}

func TestAnswersToPressesSayWhatTheyReplace(t *testing.T) {
	for name, test := range map[string]struct {
		response Response
		want     string
	}{
		"beside it": {Response{Content: Content{Text: "x"}}, `{"text":"x","response_type":"ephemeral","replace_original":false,"unfurl_links":false,"unfurl_media":false}`},
		"instead":   {Response{Content: Content{Text: "x"}, Replace: true}, `{"text":"x","response_type":"ephemeral","replace_original":true,"unfurl_links":false,"unfurl_media":false}`},
		"gone":      {Response{Delete: true}, `{"delete_original":true,"unfurl_links":false,"unfurl_media":false}`},
	} {
		var got request
		c := against(t, func(w http.ResponseWriter, r *http.Request) {
			got = recorded(r)
			_, _ = io.WriteString(w, `{"ok":true}`)
		})
		if err := c.Respond(t.Context(), c.webhook, test.response); err != nil || got.body != test.want {
			t.Errorf("%s: %v, %s", name, err, got.body)
		}
	}
}

func TestWebhooksErrorsAreUnderstood(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   Kind
	}{
		"ok":              {200, "ok", KindNone},
		"ok and a line":   {200, "ok\n", KindNone},
		"JSON":            {200, `{"ok":true}`, KindNone},
		"JSON no":         {200, `{"ok":false,"error":"used_url"}`, KindBadRequest},
		"removed":         {404, "no_service", KindGone},
		"archived":        {410, "channel_is_archived", KindNoRights},
		"bad payload":     {400, "invalid_payload", KindTextRefused},
		"no text":         {400, "no_text", KindTextRefused},
		"not allowed":     {403, "action_prohibited", KindNoRights},
		"too many":        {429, "slow down", KindRateLimited},
		"too many, coded": {429, "rate_limited", KindRateLimited},
		"trouble":         {500, "<html>", KindUnknown},
		"nothing":         {200, "", KindUnknown},
		"elsewhere":       {302, "", KindUnknown},
		"yes in trouble":  {500, `{"ok":true}`, KindUnknown},
	} {
		err := answering(t, test.status, test.body).PostWebhook(t.Context(), Content{Text: "x"}, Look{})
		if KindOf(err) != test.want {
			t.Errorf("%s: %v is %v, want %v", name, err, KindOf(err), test.want)
		}
		if err != nil {
			noSecret(t, name, err)
		}
	}
	c := answering(t, 200, "")
	if err := c.Respond(t.Context(), c.webhook, Response{Content: Content{Text: "x"}}); err != nil {
		t.Errorf("an empty yes: %v", err)
	}
}

func TestAnswerGoesNowhereButToSlack(t *testing.T) {
	for _, address := range []string{"https://evil.example/x", "http://127.0.0.1:1/x", "http://hooks.slack.com/x", ""} {
		if err := New(Config{APIURL: DefaultAPIURL}).Respond(t.Context(), address, Response{}); KindOf(err) != KindBadRequest {
			t.Errorf("%q: %v", address, err)
		}
	}
}
