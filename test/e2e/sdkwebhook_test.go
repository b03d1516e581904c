package e2e

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	bellhop "github.com/bellhop-chat/bellhop/sdk"
)

// golden is what the notifier's own tests say that it sends.
const golden = "../../services/notifier/internal/webhook/testdata"

// TestGoClientReadsEveryWebhookThatIsSent holds the client to the notifier's golden files, byte for byte.
func TestGoClientReadsEveryWebhookThatIsSent(t *testing.T) {
	const secret = "a-webhook-secret-for-tests"
	var got *bellhop.Event
	handlers := new(bellhop.Handlers)
	handlers.On(bellhop.Any, func(_ context.Context, e *bellhop.Event) error {
		got = e
		return nil
	})
	webhooks, err := bellhop.NewWebhookHandler(handlers, bellhop.WebhookOptions{Secrets: []string{secret}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(golden + "/*/*.json")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d golden files: %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got = nil
		w := httptest.NewRecorder()
		webhooks.ServeHTTP(w, signedWebhook(t, file, raw, secret))
		if w.Code != http.StatusOK || got == nil {
			t.Errorf("%s: answered %d %s", file, w.Code, w.Body)
			continue
		}
		checkRead(t, file, raw, got)
	}
}

func signedWebhook(t *testing.T, id string, body []byte, secret string) *http.Request {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(body))
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(id + "." + stamp + "." + string(body)))
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", stamp)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return r
}

// checkRead compares an event with the file that it was read from: whose it is, and that what is particular to its type was found.
func checkRead(t *testing.T, file string, raw []byte, e *bellhop.Event) {
	t.Helper()
	var head struct{ Type string }
	if err := json.Unmarshal(raw, &head); err != nil || string(e.Type) != head.Type {
		t.Errorf("%s is read as %s", file, e.Type)
	}
	if bytes.Contains(raw, []byte(`"ses_1"`)) && e.SessionID != "ses_1" {
		t.Errorf("%s: the session is %q", file, e.SessionID)
	}
	message := strings.Contains(head.Type, "_message")
	if message != (e.Message != nil) || message && (e.Message.ID == "" || e.Message.SessionID != "ses_1") {
		t.Errorf("%s: the message is %+v", file, e.Message)
	}
	if message && bytes.Contains(raw, []byte("<b>hi</b>")) && (e.Message.Content != "<b>hi</b> 😀" || len(e.Message.Attachments) != 1 || e.Message.ReplyTo.ID != "telegram:70") {
		t.Errorf("%s: the message is %+v", file, e.Message)
	}
	switch e.Type {
	case bellhop.NewSession, bellhop.IdentityUpdate:
		if e.Session == nil || e.Session.VisitorID != "v1" {
			t.Errorf("%s: the session is %+v", file, e.Session)
		}
	case bellhop.CustomEventSent:
		if e.Custom == nil || e.Custom.Name != "clicked_pricing" || len(e.Custom.Data) == 0 {
			t.Errorf("%s: the custom event is %+v", file, e.Custom)
		}
	case bellhop.RatingSubmitted:
		if e.Rating == nil || e.Rating.Score != 4 || e.Rating.Comment != "fine" {
			t.Errorf("%s: the rating is %+v", file, e.Rating)
		}
	}
}
