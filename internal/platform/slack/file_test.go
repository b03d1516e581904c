package slack

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// shelf holds what came, by path.
type shelf struct {
	mu  sync.Mutex
	got map[string]request
}

func (s *shelf) put(r *http.Request) {
	came := recorded(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.got == nil {
		s.got = map[string]request{}
	}
	s.got[r.URL.Path] = came
}

func (s *shelf) take(path string) (request, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	got, found := s.got[path]
	return got, found
}

// uploadServer takes files as Slack does, and remembers what came.
func uploadServer(t *testing.T, got *shelf, taken int) *Client {
	return against(t, func(w http.ResponseWriter, r *http.Request) {
		got.put(r)
		switch r.URL.Path {
		case "/api/files.getUploadURLExternal":
			_, _ = io.WriteString(w, `{"ok":true,"upload_url":"http://`+r.Host+`/upload/DDtesttoken","file_id":"F01"}`)
		case "/upload/DDtesttoken":
			w.WriteHeader(taken)
			_, _ = io.WriteString(w, "OK - 5")
		default:
			_, _ = io.WriteString(w, `{"ok":true,"files":[{"id":"F01"}]}`)
		}
	})
}

func TestFileIsUploadedInThreeStepsAndTheTokenStaysOutOfTheSecond(t *testing.T) {
	got := &shelf{}
	c := uploadServer(t, got, 200)
	id, err := c.Upload(t.Context(), Upload{
		Place: Place{testChannel, "1.2"}, Name: "shot.png", Title: "A <shot>", AltText: strings.Repeat("x", 2000), Size: 5, Bytes: strings.NewReader("bytes and more"), Comment: "Ana sent a file",
	})
	if err != nil || id != "F01" {
		t.Fatalf("%q, %v", id, err)
	}
	first, _ := got.take("/api/files.getUploadURLExternal")
	second, _ := got.take("/upload/DDtesttoken")
	third, _ := got.take("/api/files.completeUploadExternal")
	if first.form.Get("filename") != "shot.png" || first.form.Get("length") != "5" || len(first.form.Get("alt_txt")) != MaxAltText+len("…")-1 {
		t.Errorf("first %v", first.form)
	}
	if second.body != "bytes" || second.token != "" {
		t.Errorf("second %+v", second)
	}
	if third.form.Encode() != "channel_id=C0SUPPORT01&files=%5B%7B%22id%22%3A%22F01%22%2C%22title%22%3A%22A+%3Cshot%3E%22%7D%5D&initial_comment=Ana+sent+a+file&thread_ts=1.2" {
		t.Errorf("third %v", third.form)
	}
}

func TestFileThatDoesNotArriveIsNotShared(t *testing.T) {
	for name, test := range map[string]struct {
		taken int
		bytes io.Reader
	}{
		"not taken": {500, strings.NewReader("bytes")},
		"moved":     {302, strings.NewReader("bytes")},
		"too short": {200, strings.NewReader("byte")},
		"broken":    {200, io.MultiReader(strings.NewReader("by"), brokenReader{})},
	} {
		got := &shelf{}
		_, err := uploadServer(t, got, test.taken).Upload(t.Context(), Upload{Place: Place{testChannel, ""}, Name: "a", Size: 5, Bytes: test.bytes})
		if _, shared := got.take("/api/files.completeUploadExternal"); err == nil || shared {
			t.Errorf("%s: %v, shared %v", name, err, shared)
		} else {
			noSecret(t, name, err)
		}
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestFileGoesNowhereButToSlack(t *testing.T) {
	for name, answer := range map[string]string{
		"elsewhere":  `{"ok":true,"upload_url":"https://evil.example/upload","file_id":"F01"}`,
		"not there":  `{"ok":true,"upload_url":"","file_id":"F01"}`,
		"to nowhere": `{"ok":true}`,
	} {
		_, err := answering(t, 200, answer).Upload(t.Context(), Upload{Name: "a", Size: 5, Bytes: brokenReader{}})
		if err == nil || strings.Contains(err.Error(), "broken") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMessageOfAFileIsKnownAfterwards(t *testing.T) {
	info := func(shares string) File {
		f, err := answering(t, 200, `{"ok":true,"file":{"id":"F01","shares":`+shares+`}}`).FileInfo(t.Context(), "F01")
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	if ts := info(`{"private":{"C0SUPPORT01":[{"ts":"5.6","thread_ts":"1.2"}]},"public":{"C2":[{"ts":"7.8"}]}}`).SharedIn(testChannel); ts != "5.6" {
		t.Errorf("got %q", ts)
	}
	for _, none := range []string{`{}`, `null`, `[]`, `{"public":{"C0SUPPORT01":[]}}`, `{"public":{"C0SUPPORT01":[7,{}]}}`} {
		if ts := info(none).SharedIn(testChannel); ts != "" {
			t.Errorf("%s: got %q", none, ts)
		}
	}
	if _, err := answering(t, 200, `{"ok":true}`).FileInfo(t.Context(), "F01"); err == nil {
		t.Error("no file is no error")
	}
}

// page is what Slack shows to whoever may not have a file.
const page = "<!DOCTYPE html><html>Sign in to Slack</html>"

func TestDownloadIsTheFileAndNotTheSignInPage(t *testing.T) {
	for name, test := range map[string]struct {
		file   File
		answer func(w http.ResponseWriter)
		want   Kind
	}{
		"a file": {File{MimeType: "image/png", Size: 5}, func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "bytes")
		}, KindNone},
		"a file without a type": {File{}, func(w http.ResponseWriter) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "bytes")
		}, KindNone},
		"a file that is a page": {File{MimeType: "text/html", Size: 5}, func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "bytes")
		}, KindNone},
		"the sign-in page": {File{MimeType: "image/png", Size: 5}, func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, page)
		}, KindNoRights},
		"the sign-in page instead of a page": {File{MimeType: "text/html", Size: 5}, func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, page)
		}, KindNoRights},
		"the way to the sign-in page": {File{MimeType: "image/png"}, func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://x.slack.com/?redir=%2Ffiles")
			w.WriteHeader(http.StatusFound)
		}, KindNoRights},
		"gone":      {File{}, func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }, KindFileRefused},
		"forbidden": {File{}, func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden) }, KindNoRights},
		"trouble":   {File{}, func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }, KindUnknown},
		"too many":  {File{}, func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) }, KindRateLimited},
	} {
		token := ""
		c := against(t, func(w http.ResponseWriter, r *http.Request) {
			token = recorded(r).token
			test.answer(w)
		})
		test.file.URL = c.api.Scheme + "://" + c.api.Host + "/files/EEtesttoken"
		got, err := c.Download(t.Context(), test.file)
		if KindOf(err) != test.want || token != testToken {
			t.Errorf("%s: %v is %v, want %v", name, err, KindOf(err), test.want)
		}
		if err != nil {
			noSecret(t, name, err)
			continue
		}
		data, err := io.ReadAll(got.Body)
		if err != nil || string(data) != "bytes" || got.Size != 5 || got.Body.Close() != nil {
			t.Errorf("%s: %q of %d, %v", name, data, got.Size, err)
		}
	}
}

func TestDownloadThatBreaksSaysSo(t *testing.T) {
	c := against(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "bytes")
	})
	got, err := c.Download(t.Context(), File{URL: c.base + "x"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	if _, err = io.Copy(&bytes.Buffer{}, got.Body); KindOf(err) != KindUnknown || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
}

func TestTokenGoesNowhereButToSlack(t *testing.T) {
	real, simulated := New(Config{Token: testToken, APIURL: DefaultAPIURL}), New(Config{Token: testToken, APIURL: "http://127.0.0.1:8080/api/"})
	for address, want := range map[string][2]bool{
		"https://files.slack.com/files-pri/T/F/a.png": {true, true},
		"https://slack.com/x":                         {true, true},
		"https://files.slack-gov.com/x":               {true, true},
		"https://FILES.SLACK.COM/x":                   {true, true},
		"http://files.slack.com/x":                    {false, false},
		"https://files.slack.com.evil.example/x":      {false, false},
		"https://evilslack.com/x":                     {false, false},
		"https://evil.example/files.slack.com":        {false, false},
		"https://files.slack.com@evil.example/x":      {false, false},
		"https://x:y@files.slack.com/x":               {false, false},
		"http://127.0.0.1:8080/files/x":               {false, true},
		"http://127.0.0.1:8081/files/x":               {false, false},
		"https://127.0.0.1:8080/files/x":              {false, false},
		"http://169.254.169.254/latest/meta-data":     {false, false},
		"":            {false, false},
		"/files/x":    {false, false},
		"https://%zz": {false, false},
	} {
		if got := [2]bool{real.trusted(address), simulated.trusted(address)}; got != want {
			t.Errorf("%q: %v, want %v", address, got, want)
		}
	}
	if _, err := real.Download(t.Context(), File{URL: "https://evil.example/EEtesttoken"}); KindOf(err) != KindBadRequest {
		t.Errorf("%v is %v", err, KindOf(err))
	} else {
		noSecret(t, "elsewhere", err)
	}
}
