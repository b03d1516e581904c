package slack_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/slack"
)

// upload does steps one and two, and returns the file's id.
func (b *bot) upload(name, content string) string {
	b.t.Helper()
	var step struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	b.ok("files.getUploadURLExternal", fields{"filename": name, "length": len(content)}, &step)
	resp, err := b.http.Post(step.URL, "application/octet-stream", strings.NewReader(content))
	must(b.t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	must(b.t, err)
	if resp.StatusCode != 200 || !strings.HasPrefix(string(text), "OK - ") {
		b.t.Fatalf("upload: %d %q", resp.StatusCode, text)
	}
	return step.ID
}

// shares are the timestamps where a file is shown, as files.info tells them.
func (b *bot) shares(file string) (found []string) {
	b.t.Helper()
	var info struct {
		File struct {
			Shares struct {
				Public map[string][]struct{ TS string }
			}
		}
	}
	b.ok("files.info", fields{"file": file}, &info)
	for _, s := range info.File.Shares.Public[b.sim.ChannelID()] {
		found = append(found, s.TS)
	}
	return found
}

func TestUploadIsSharedAMomentAfterItsAnswer(t *testing.T) {
	b := start(t, slack.Options{Budget: slack.Budget{Off: true}})
	r := receive(b)
	b.hook(r)
	root := b.post("", "Ana")
	b.wait(quiet)
	id := b.upload("shot.png", "not really a picture")
	answer := b.ok("files.completeUploadExternal", fields{
		"files": []fields{{"id": id, "title": "A shot"}}, "channel_id": b.sim.ChannelID(), "thread_ts": root, "initial_comment": "Ana sent a file",
	}, nil)
	if strings.Contains(string(answer.Body), `"ts"`) || len(b.shares(id)) != 0 {
		t.Fatalf("the answer tells where it is: %s", answer.Body)
	}
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(slack.DefaultShareDelay)
	m, err := b.sim.AwaitMessage(deadline(t), root, "Ana sent a file")
	must(t, err)
	if got := b.shares(id); len(got) != 1 || got[0] != m.TS || m.Subtype != "file_share" || m.ThreadTS != root {
		t.Fatalf("shares %v, message %+v", got, m)
	}
	b.wait(quiet)
	if got := r.kinds(); !sameWords(got, "message file_share message_changed file_shared") {
		t.Fatalf("events: %s", got)
	}
	file, data, ok := b.sim.State().File(id)
	if !ok || string(data) != "not really a picture" || file.Title != "A shot" || len(file.Digest) != 64 || len(file.Shares) != 1 {
		t.Fatalf("file: %+v", file)
	}
}

func TestUploadsAreCompletedOnceAndOnlyWithBytes(t *testing.T) {
	b := unlimited(t)
	b.refused("files.getUploadURLExternal", fields{"filename": "a", "length": "0"}, "invalid_arguments")
	var step struct {
		ID string `json:"file_id"`
	}
	b.ok("files.getUploadURLExternal", fields{"filename": "a", "length": "3"}, &step)
	b.refused("files.completeUploadExternal", fields{"files": []fields{{"id": step.ID}}}, "file_not_found")
	id := b.upload("a", "abc")
	done := fields{"files": []fields{{"id": id}}, "channel_id": b.sim.ChannelID()}
	b.ok("files.completeUploadExternal", done, nil)
	b.refused("files.completeUploadExternal", done, "file_not_found")
	b.refused("files.completeUploadExternal", fields{"files": "x"}, "invalid_arguments")
}

func TestDownloadNeedsTheTokenElseALoginPageComesWith200(t *testing.T) {
	b := unlimited(t)
	m := b.say("", "see", slack.WithFile("Log file.txt", "text/plain", []byte("the log")))
	var page struct{ Messages []inner }
	b.ok("conversations.history", fields{"channel": b.sim.ChannelID()}, &page)
	address := page.Messages[0].Files[0].Private
	get := func(token string) (int, string, string) {
		req, err := http.NewRequest(http.MethodGet, address, nil)
		must(t, err)
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := b.http.Do(req)
		must(t, err)
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		must(t, err)
		return resp.StatusCode, resp.Header.Get("Content-Type"), string(data)
	}
	if status, kind, data := get(b.sim.Token()); status != 200 || kind != "text/plain" || data != "the log" {
		t.Fatalf("%d %s %q", status, kind, data)
	}
	for _, token := range []string{"", "wrong"} {
		if status, kind, data := get(token); status != 200 || !strings.HasPrefix(kind, "text/html") || !strings.Contains(data, "Sign in") {
			t.Errorf("token %q: %d %s %q", token, status, kind, data)
		}
	}
	b.sim.SetScope("files:read", false)
	if _, kind, _ := get(b.sim.Token()); !strings.HasPrefix(kind, "text/html") {
		t.Error("the file came without files:read")
	}
	if m.Subtype != "file_share" || len(m.Files) != 1 {
		t.Fatalf("message: %+v", m)
	}
}

func TestDeletedFileLeavesATombstone(t *testing.T) {
	b := unlimited(t)
	id := b.upload("a", "abc")
	b.ok("files.completeUploadExternal", fields{"files": []fields{{"id": id}}, "channel_id": b.sim.ChannelID()}, nil)
	hers := b.say("", "", slack.WithFile("b", "text/plain", []byte("x"))).Files[0]
	b.refused("files.delete", fields{"file": hers}, "cant_delete_file")
	b.ok("files.delete", fields{"file": id}, nil)
	b.refused("files.info", fields{"file": id}, "file_deleted")
	history := b.ok("conversations.history", fields{"channel": b.sim.ChannelID()}, nil)
	if !strings.Contains(string(history.Body), `"id":"`+id+`","editable":false,"mode":"tombstone"`) {
		t.Fatalf("history: %s", history.Body)
	}
}

func TestUploadTakesAFormAsWell(t *testing.T) {
	b := unlimited(t)
	var step struct {
		URL string `json:"upload_url"`
		ID  string `json:"file_id"`
	}
	b.ok("files.getUploadURLExternal", fields{"filename": "a.bin", "length": "3"}, &step)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "a.bin")
	must(t, err)
	_, _ = part.Write([]byte("abc"))
	must(t, form.Close())
	resp, err := b.http.Post(step.URL, form.FormDataContentType(), &body)
	must(t, err)
	_ = resp.Body.Close()
	if _, data, _ := b.sim.State().File(step.ID); string(data) != "abc" || resp.StatusCode != 200 {
		t.Fatalf("%d %q", resp.StatusCode, data)
	}
	resp, err = b.http.Post(step.URL, "text/plain", strings.NewReader("again"))
	must(t, err)
	_ = resp.Body.Close()
	if resp.StatusCode != 404 {
		t.Fatalf("an upload URL was used twice: %d", resp.StatusCode)
	}
}

func TestUploadCanBeLostLikeAnythingElse(t *testing.T) {
	b := unlimited(t)
	b.sim.Fault(slack.Fault{Method: "upload", Times: 1, Latency: time.Minute, Reset: slack.ResetBefore})
	var step struct {
		URL string `json:"upload_url"`
	}
	b.ok("files.getUploadURLExternal", fields{"filename": "a", "length": "3"}, &step)
	done := make(chan error, 1)
	go func() {
		resp, err := b.http.Post(step.URL, "text/plain", strings.NewReader("abc"))
		if err == nil {
			_ = resp.Body.Close()
		}
		done <- err
	}()
	must(t, b.sim.Clock().AwaitTimers(deadline(t), 1))
	b.sim.Clock().Advance(time.Minute)
	if err := <-done; err == nil {
		t.Fatal("no transport error")
	}
}
