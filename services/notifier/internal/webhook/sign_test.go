package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// TestSignatureIsTheOneOfTheStandard has the vector of the standard's own libraries.
func TestSignatureIsTheOneOfTheStandard(t *testing.T) {
	h := http.Header{}
	name(h, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0))
	key, err := standardKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	sign(h, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", key, []byte(`{"test": 2432232314}`))
	if got := h.Get("webhook-signature"); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got)
	}
}

func TestAReceiverCanVerifyWithAnySecret(t *testing.T) {
	for _, secret := range []string{testSecret, "plain text", "with ümlaut 😀", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		body := []byte(`{"type":"test"}`)
		h := http.Header{}
		name(h, "telegram:431", time.Now())
		sealed, err := envelope(secret)(h, "test", struct{}{}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		verifier, err := standardwebhooks.NewWebhookRaw([]byte(secret)) // not base64: its bytes are the key
		if strings.HasPrefix(secret, secretPrefix) {
			verifier, err = standardwebhooks.NewWebhook(secret)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := verifier.Verify(sealed, h); err != nil {
			t.Errorf("%q: %v", secret, err)
		}
		if err := verifier.Verify(body, h); err == nil {
			t.Errorf("%q: another body passes", secret)
		}
		mac := hmac.New(sha256.New, []byte(secret)) // as it is, prefix and all
		mac.Write(sealed)
		if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); h.Get("X-PocketPing-Signature") != want {
			t.Errorf("%q: %s, want %s", secret, h.Get("X-PocketPing-Signature"), want)
		}
	}
}

func TestWithoutASecretNothingIsSigned(t *testing.T) {
	h := http.Header{}
	if _, err := envelope("")(h, "test", nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	if h.Get(headerSignature) != "" || h.Get(headerPocket) != "" || h.Get(headerEvent) != "test" {
		t.Errorf("%v", h)
	}
}

func TestAnIDThatNoHeaderCarriesIsReplacedByTheSameEachTime(t *testing.T) {
	for _, plain := range []string{"01a1fc59-a35f-73ad-b25c-afae56b0de78", "telegram:431", "slack:Ev1.2", "!~"} {
		if got := safeID(plain); got != plain {
			t.Errorf("%q became %q", plain, got)
		}
	}
	seen := map[string]bool{}
	for _, odd := range []string{"a b", "a\r\nX-Evil: 1", "ü", "\x00", "a\tb"} {
		got := safeID(odd)
		if got != safeID(odd) || seen[got] || len(got) != 36 || strings.ContainsAny(got, " \r\n") {
			t.Errorf("%q became %q", odd, got)
		}
		seen[got] = true
	}
}

func FuzzSafeID(f *testing.F) {
	f.Add("telegram:431")
	f.Add("a\r\nb")
	f.Fuzz(func(t *testing.T, eventID string) {
		for _, c := range []byte(safeID(eventID)) {
			if c <= ' ' || c > '~' {
				t.Fatalf("%q became %q", eventID, safeID(eventID))
			}
		}
	})
}
