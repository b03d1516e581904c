package widget_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bellhop-chat/bellhop/internal/bus"
	eventv1 "github.com/bellhop-chat/bellhop/proto/bellhop/event/v1"
	"github.com/bellhop-chat/bellhop/services/gateway"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/gatewaytest"
)

func TestVisitorsFileIsStoredSaidAndShownWithAddressesThatWork(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	tab := s.Dial(session)
	id := s.Upload(session, "../caf\u00e9\u202e.png", "image/png", gatewaytest.PNG)
	if got, want := s.Types(session), []bus.Type{bus.SessionStarted, bus.AttachmentStored}; !slices.Equal(got, want) {
		t.Errorf("the bus has %v, want %v", got, want)
	}
	said := s.Show(session, "", id)
	if said.Status != http.StatusOK {
		t.Fatalf("message answered %d %s", said.Status, said.Raw)
	}
	created, ok := s.Events(session)[2].Data.(*eventv1.MessageCreated)
	if !ok || len(created.GetMessage().GetAttachments()) != 1 || created.GetMessage().GetAttachments()[0].GetUrl() != "" || len(created.GetMessage().GetAttachments()[0].GetDigest()) != 64 {
		t.Errorf("the bus has %v", created)
	}
	again := s.Call("POST", "/connect", map[string]any{"visitorId": "v", "sessionId": session})
	history := s.Call("GET", "/messages?sessionId="+session, nil)
	for where, data := range map[string]map[string]any{
		"answer": said.Body, "frame": tab.Hear("message").Object(), "replay": s.Dial(session).Hear("message").Object(),
		"connect": firstMessage(again.Body), "history": firstMessage(history.Body),
	} {
		files := gatewaytest.FilesOf(data)
		if len(files) != 1 || files[0].ID != id || files[0].Filename != "café.png" || files[0].MimeType != "image/png" || files[0].Status != "ready" {
			t.Errorf("%s shows %v", where, data)
			continue
		}
		if got := s.Fetch("GET", files[0].URL); got.Status != http.StatusOK || got.Raw != gatewaytest.PNG || !strings.HasPrefix(files[0].URL, s.Base) {
			t.Errorf("%s: %s answered %d %q", where, files[0].URL, got.Status, got.Raw)
		}
	}
}

// firstMessage of a page of history.
func firstMessage(body map[string]any) map[string]any {
	list, _ := body["messages"].([]any)
	if len(list) == 0 {
		return nil
	}
	m, _ := list[0].(map[string]any)
	return m
}

func TestUploadAddressIsGoodForOneFileOfOneSizeFromAnyPage(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	id, address := s.Promise(session, "a.png", "image/png", len(gatewaytest.PNG))
	preflight := s.Fetch("OPTIONS", address, "Origin", "https://example.com", "Access-Control-Request-Method", "PUT")
	if preflight.Status != http.StatusNoContent || !strings.Contains(preflight.Header.Get("Access-Control-Allow-Methods"), "PUT") {
		t.Errorf("preflight answered %d %v", preflight.Status, preflight.Header)
	}
	s.WantError(s.Put(address, gatewaytest.PNG+"x"), http.StatusBadRequest, "size_mismatch")
	s.WantError(s.Put(address, gatewaytest.PNG[1:]), http.StatusBadRequest, "size_mismatch")
	s.WantError(s.Put(address, ""), http.StatusBadRequest, "size_mismatch")
	s.WantError(s.Put(address+"x", gatewaytest.PNG), http.StatusForbidden, "invalid_link")
	s.WantError(s.Put(s.Base+"/files/nonsense", gatewaytest.PNG), http.StatusForbidden, "invalid_link")
	s.WantError(s.Complete(session, id), http.StatusBadRequest, "unknown_attachment")
	got := s.Put(address, gatewaytest.PNG, "Origin", "https://example.com")
	if got.Status != http.StatusOK || got.Header.Get("Access-Control-Allow-Origin") != "https://example.com" {
		t.Errorf("the address answered %d %s %v", got.Status, got.Raw, got.Header)
	}
	s.WantError(s.Put(address, gatewaytest.PNG), http.StatusConflict, "already_uploaded")
}

func TestUploadOfUnknownLengthIsCountedWhileItComes(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	id, address := s.Promise(session, "a.png", "image/png", len(gatewaytest.PNG))
	for body, code := range map[string]string{gatewaytest.PNG + strings.Repeat("x", 1<<20): "size_mismatch", gatewaytest.PNG[:20]: "size_mismatch"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, address, struct{ *strings.Reader }{strings.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = -1
		s.WantError(s.Do(req), http.StatusBadRequest, code)
	}
	s.WantError(s.Complete(session, id), http.StatusBadRequest, "unknown_attachment")
	if got := s.Put(address, gatewaytest.PNG); got.Status != http.StatusOK {
		t.Errorf("after what was refused: %d %s", got.Status, got.Raw)
	}
}

func TestFileThatIsNotWhatItIsSaidToBeIsNotTaken(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	for _, body := range []string{"<!DOCTYPE html><script>alert(1)</script>", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "\x00\x01\x02 what is this"} {
		id, address := s.Promise(session, "a.png", "image/png", len(body))
		s.WantError(s.Put(address, body), http.StatusUnsupportedMediaType, "type_not_allowed")
		s.WantError(s.Complete(session, id), http.StatusBadRequest, "unknown_attachment")
	}
}

func TestFileBelongsToItsSessionAndToOneMessage(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session, stranger := s.Visit("v"), s.Visit("w")
	id := s.Upload(session, "a.png", "image/png", gatewaytest.PNG)
	half, address := s.Promise(session, "b.png", "image/png", len(gatewaytest.PNG))
	s.WantError(s.Show(session, "x", half), http.StatusBadRequest, "unknown_attachment")
	s.Put(address, gatewaytest.PNG)
	s.WantError(s.Show(session, "x", half), http.StatusBadRequest, "attachment_not_ready")
	before := s.End()
	s.WantError(s.Complete(stranger, id), http.StatusBadRequest, "unknown_attachment")
	for _, ids := range [][]string{{id}, {"att_0000000000000000000000"}, {""}, {"../x"}} {
		s.WantError(s.Show(stranger, "x", ids...), http.StatusBadRequest, "unknown_attachment")
	}
	s.WantError(s.Show(session, "x", id, id), http.StatusBadRequest, "duplicate_attachment")
	if s.End() != before {
		t.Error("something was published")
	}
	var mu sync.Mutex
	answers := map[int]int{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			got := s.Show(session, "raced", id)
			mu.Lock()
			defer mu.Unlock()
			answers[got.Status]++
		})
	}
	all.Wait()
	if answers[http.StatusOK] != 1 || answers[http.StatusConflict] != 3 {
		t.Errorf("four messages with one file were answered %v", answers)
	}
	s.WantError(s.Show(session, "again", id), http.StatusConflict, "attachment_used")
}

func TestFileOfAMessageThatWasNeverStoredIsFreeAgain(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session, files := s.Visit("v"), s.Files()
	id := s.Upload(session, "a.png", "image/png", gatewaytest.PNG)
	f, err := files.Info(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if f, err = files.Claim(t.Context(), f, "a-message-on-its-way"); err != nil {
		t.Fatal(err)
	}
	s.WantError(s.Show(session, "x", id), http.StatusConflict, "attachment_used")
	if _, err := files.Release(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	said := s.Show(session, "x", id)
	if said.Status != http.StatusOK {
		t.Fatalf("answered %d %s", said.Status, said.Raw)
	}
	if f, err = files.Info(t.Context(), id); err != nil || f.Message != said.Text("messageId") {
		t.Fatalf("%v: %v", f.Message, err)
	}
	if _, err := files.Release(t.Context(), f); err != nil { // as if the answer of the bus had been lost
		t.Fatal(err)
	}
	s.WantError(s.Show(session, "x", id), http.StatusConflict, "attachment_used")
}

func TestDeletedMessageTakesItsFilesWithIt(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	ids := []string{s.Upload(session, "a.png", "image/png", gatewaytest.PNG), s.Upload(session, "b.txt", "text/plain", "hello")}
	said := s.Show(session, "two", ids...)
	files := gatewaytest.FilesOf(said.Body)
	if len(files) != 2 {
		t.Fatalf("answered %s", said.Raw)
	}
	if got := s.Call("DELETE", "/message/"+said.Text("messageId")+"?sessionId="+session, nil); got.Status != http.StatusOK {
		t.Fatalf("delete answered %d %s", got.Status, got.Raw)
	}
	for _, f := range files {
		if got := s.Fetch("GET", f.URL); got.Status != http.StatusNotFound {
			t.Errorf("%s is still there: %d", f.Filename, got.Status)
		}
	}
}

func TestSDKsWordsForUploadsAreUnderstood(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t)
	session := s.Visit("v")
	got := s.Call("POST", "/upload-request", map[string]any{"sessionId": session, "filename": "a.png", "mimeType": "image/png", "size": len(gatewaytest.PNG)})
	id := got.Text("attachmentId")
	alone := map[string]string{"attachmentId": id}
	s.WantError(s.Call("POST", "/upload-complete", alone), http.StatusBadRequest, "unknown_attachment")
	if failed := s.Call("POST", "/upload-failed", alone); failed.Body["ok"] != true {
		t.Errorf("failed answered %d %s", failed.Status, failed.Raw)
	}
	s.Put(got.Text("uploadUrl"), gatewaytest.PNG)
	for range 2 {
		if done := s.Call("POST", "/upload-complete", alone); done.Status != http.StatusOK || done.Text("status") != "ready" || done.Text("url") == "" {
			t.Errorf("complete answered %d %s", done.Status, done.Raw)
		}
	}
	s.Show(session, "x", id)
	s.WantError(s.Call("POST", "/upload-complete", alone), http.StatusBadRequest, "unknown_attachment")
	if n := len(s.Events(session)); n != 3 {
		t.Errorf("%d events, want the start, the file and the message", n)
	}
}

func TestSiteChoosesTypesAndSize(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, func(cfg *gateway.Config) { cfg.Files.MaxBytes, cfg.Files.Types = 10, []string{"audio/*"} })
	session := s.Visit("v")
	ask := func(kind string, size int) gatewaytest.Answer {
		return s.Call("POST", "/upload", map[string]any{"sessionId": session, "filename": "a", "mimeType": kind, "size": size})
	}
	s.WantError(ask("image/png", 5), http.StatusUnsupportedMediaType, "type_not_allowed")
	s.WantError(ask("audio/ogg", 11), http.StatusRequestEntityTooLarge, "file_too_large")
	for _, kind := range []string{"audio/ogg", "", "application/octet-stream"} {
		if got := ask(kind, 10); got.Status != http.StatusOK {
			t.Errorf("%q: %d %s", kind, got.Status, got.Raw)
		}
	}
}

func TestOneAddressSendsOnlySoManyBytesAnHour(t *testing.T) {
	t.Parallel()
	s := gatewaytest.Start(t, func(cfg *gateway.Config) {
		cfg.RateLimits, cfg.Files.MaxBytes, cfg.Files.HourlyBytes = "on", 100, 150
	})
	for _, visit := range []struct {
		visitor string
		size    int
		status  int
	}{{"v", 100, http.StatusOK}, {"v", 100, http.StatusTooManyRequests}, {"another", 100, http.StatusTooManyRequests}, {"v", 40, http.StatusOK}} {
		asked := s.Call("POST", "/upload", map[string]any{
			"sessionId": s.Visit(visit.visitor), "filename": "a.png", "mimeType": "image/png", "size": visit.size,
		})
		if asked.Status != visit.status {
			t.Errorf("%d bytes of %s: %d %s", visit.size, visit.visitor, asked.Status, asked.Raw)
		}
		if again := asked.Header.Get("Retry-After"); (again != "") != (visit.status == http.StatusTooManyRequests) {
			t.Errorf("%d bytes of %s: again after %q", visit.size, visit.visitor, again)
		}
	}
}
