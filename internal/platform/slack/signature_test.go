package slack

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

const testSecret = "8f742231b10e8888abcd99yyyzzz85a5"

func signedHeader(secret string, at time.Time, body string) http.Header {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	return http.Header{
		signatureHeader: {"v0=" + hex.EncodeToString(sign(secret, timestamp, []byte(body)))}, timestampHeader: {timestamp},
	}
}

// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSlacksOwnExampleIsVerified(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	header := http.Header{
		signatureHeader: {"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"}, timestampHeader: {"1531420618"},
	}
	if err := Verify(testSecret, header, []byte(body), time.Unix(1531420618, 0)); err != nil {
		t.Fatal(err)
	}
}

func TestForgedOrOldRequestIsRefused(t *testing.T) {
	now, body := time.Unix(1795000000, 0), `{"type":"event_callback"}`
	good := func(at time.Time) http.Header { return signedHeader(testSecret, at, body) }
	changed := func(name string, values ...string) http.Header {
		h := good(now)
		h[name] = values
		return h
	}
	right := good(now).Get(signatureHeader)
	for name, test := range map[string]struct {
		header http.Header
		body   string
		want   error
	}{
		"right":                     {good(now), body, nil},
		"five minutes old":          {good(now.Add(-SignatureWindow)), body, nil},
		"five minutes ahead":        {good(now.Add(SignatureWindow)), body, nil},
		"older":                     {good(now.Add(-SignatureWindow - time.Second)), body, ErrStale},
		"further ahead":             {good(now.Add(SignatureWindow + time.Second)), body, ErrStale},
		"from the year dot":         {good(time.Unix(-1<<62, 0)), body, ErrStale},
		"from the end of time":      {good(time.Unix(1<<62, 0)), body, ErrStale},
		"another body":              {good(now), body + " ", ErrBadSignature},
		"another secret":            {signedHeader("x"+testSecret, now, body), body, ErrBadSignature},
		"another time":              {changed(timestampHeader, strconv.FormatInt(now.Unix()+1, 10)), body, ErrBadSignature},
		"no signature":              {changed(signatureHeader), body, ErrUnsigned},
		"empty signature":           {changed(signatureHeader, ""), body, ErrUnsigned},
		"no timestamp":              {changed(timestampHeader), body, ErrUnsigned},
		"two signatures":            {changed(signatureHeader, right, right), body, ErrUnsigned},
		"two timestamps":            {changed(timestampHeader, "1795000000", "1795000000"), body, ErrUnsigned},
		"another version":           {changed(signatureHeader, "v1"+right[2:]), body, ErrBadSignature},
		"no version":                {changed(signatureHeader, right[3:]), body, ErrBadSignature},
		"short":                     {changed(signatureHeader, right[:len(right)-2]), body, ErrBadSignature},
		"not hexadecimal":           {changed(signatureHeader, right[:len(right)-1]+"g"), body, ErrBadSignature},
		"timestamp with a plus":     {changed(timestampHeader, "+1795000000"), body, ErrBadSignature},
		"timestamp with a zero":     {changed(timestampHeader, "01795000000"), body, ErrBadSignature},
		"timestamp with a fraction": {changed(timestampHeader, "1795000000.0"), body, ErrBadSignature},
	} {
		if err := Verify(testSecret, test.header, []byte(test.body), now); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if err := Verify("", signedHeader("", now, body), []byte(body), now); !errors.Is(err, ErrUnsigned) {
		t.Errorf("without a secret: %v", err)
	}
}

// FuzzVerify compares with the library's verifier, which differs on purpose: it takes the first of several headers, and timestamps
// written in other ways.
func FuzzVerify(f *testing.F) {
	now := time.Now()
	good := signedHeader(testSecret, now, "body")
	f.Add(good.Get(signatureHeader), good.Get(timestampHeader), []byte("body"))
	f.Add("v0=", "0", []byte(""))
	f.Add("v0="+strings.Repeat("0", 64), strconv.FormatInt(now.Unix(), 10), []byte("x"))
	f.Fuzz(func(t *testing.T, signature, timestamp string, body []byte) {
		header := http.Header{signatureHeader: {signature}, timestampHeader: {timestamp}}
		ours := Verify(testSecret, header, body, time.Now())
		theirs := func() error {
			v, err := slack.NewSecretsVerifier(header, testSecret)
			if err != nil {
				return err
			}
			_, _ = v.Write(body)
			return v.Ensure()
		}()
		if ours == nil && theirs != nil {
			t.Fatalf("taken, where the library says %v", theirs)
		}
		if n, err := strconv.ParseInt(timestamp, 10, 64); ours != nil && theirs == nil && err == nil && strconv.FormatInt(n, 10) == timestamp {
			t.Fatalf("refused: %v", ours)
		}
	})
}
