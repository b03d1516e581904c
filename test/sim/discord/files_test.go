package discord_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/discord"
)

// get fetches any address.
func (b *bot) get(url string) (int, []byte) {
	b.t.Helper()
	resp, err := b.http.Get(url)
	must(b.t, err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	must(b.t, err)
	return resp.StatusCode, data
}

// upload posts or patches a multipart form.
func (b *bot) upload(method, path, payload string, files ...[]byte) response {
	b.t.Helper()
	body, kind := multipartBody(b.t, payload, files...)
	r, err := b.do(b.request(method, path, kind, body))
	must(b.t, err)
	return r
}

func TestUploadedFilesComeBackUnderSignedLinksThatExpire(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	r := b.upload("POST", "/channels/"+thread+"/messages", `{"content":"two","attachments":[{"id":0,"filename":"shot.png","description":"d"}]}`,
		picture(t, 4, 3), []byte("plain"))
	var m message
	must(t, json.Unmarshal(r.Body, &m))
	if len(m.Attachments) != 2 || m.Attachments[0].Filename != "shot.png" || m.Attachments[0].Width != 4 || m.Attachments[0].Description != "d" ||
		m.Attachments[0].ContentType != "image/png" || m.Attachments[1].Filename != "file1.bin" || m.Attachments[1].Size != 5 {
		t.Fatalf("attachments: %+v", m.Attachments)
	}
	link := m.Attachments[1].URL
	if status, data := b.get(link); status != 200 || string(data) != "plain" {
		t.Fatalf("%d %q", status, data)
	}
	if status, _ := b.get(strings.Replace(link, "hm=", "hm=0", 1)); status != 404 {
		t.Fatalf("a forged link answered %d", status)
	}
	if status, _ := b.get(link[:strings.Index(link, "?")]); status != 404 {
		t.Fatalf("a bare link answered %d", status)
	}
	b.sim.Clock().Advance(25 * time.Hour)
	if status, _ := b.get(link); status != 404 {
		t.Fatalf("an old link answered %d", status)
	}
	b.ok("GET", "/channels/"+thread+"/messages/"+m.ID, nil, &m)
	if status, _ := b.get(m.Attachments[1].URL); status != 200 || m.Attachments[1].URL == link {
		t.Fatalf("a fresh link answered %d", status)
	}
}

func TestEditKeepsTheAttachmentsThatItNames(t *testing.T) {
	b := unlimited(t)
	thread := b.post("Ana", "hello")
	path := "/channels/" + thread + "/messages"
	var m, edited message
	must(t, json.Unmarshal(b.upload("POST", path, `{"content":"x"}`, []byte("a"), []byte("b")).Body, &m))
	keep := `{"attachments":[{"id":"` + m.Attachments[1].ID + `"},{"id":"0","filename":"new.txt"}]}`
	must(t, json.Unmarshal(b.upload("PATCH", path+"/"+m.ID, keep, []byte("c")).Body, &edited))
	if len(edited.Attachments) != 2 || edited.Attachments[0].ID != m.Attachments[1].ID || edited.Attachments[1].Filename != "new.txt" {
		t.Fatalf("edited: %+v", edited.Attachments)
	}
	b.ok("PATCH", path+"/"+m.ID, fields{"content": "y"}, &edited)
	if len(edited.Attachments) != 2 {
		t.Fatalf("an edit of the text took files away: %+v", edited.Attachments)
	}
	b.ok("PATCH", path+"/"+m.ID, fields{"attachments": []fields{}}, &edited)
	if len(edited.Attachments) != 0 {
		t.Fatalf("left: %+v", edited.Attachments)
	}
}

func TestFilesAreLimitedInSizeAndNumber(t *testing.T) {
	b := start(t, discord.Options{FileLimit: 100, Budget: discord.Budget{Off: true}})
	thread := b.post("Ana", "hello")
	path := "/channels/" + thread + "/messages"
	if r := b.upload("POST", path, "", bytes.Repeat([]byte("x"), 101)); r.Status != 400 || r.Code != 50045 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if r := b.upload("POST", path, "", make([]byte, 26<<20)); r.Status != http.StatusRequestEntityTooLarge || r.Code != 40005 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	many := make([][]byte, 10)
	if r := b.upload("POST", path, `{"attachments":[`+strings.Repeat(`{"id":0},`, 10)+`{"id":0}]}`, many...); r.Status != 400 || r.Code != 50035 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	said, err := b.sim.Say(deadline(t), thread, "", discord.WithFile("big.bin", "application/octet-stream", make([]byte, 5000)))
	must(t, err)
	if data, a, ok := b.sim.File(said.Attachments[0].ID); !ok || len(data) != 5000 || a.Digest == "" {
		t.Fatal("an operator's file is not limited by the bot's limit")
	}
}

func TestFilesOfAForumPostAreInItsThread(t *testing.T) {
	b := unlimited(t)
	r := b.upload("POST", "/channels/"+b.sim.ChannelID()+"/threads", `{"name":"n","message":{"content":"x","attachments":[{"id":0}]}}`, []byte("a"))
	var made struct {
		ID      string
		Message message
	}
	must(t, json.Unmarshal(r.Body, &made))
	link := made.Message.Attachments[0].URL
	if status, data := b.get(link); r.Status != 201 || status != 200 || string(data) != "a" || !strings.Contains(link, "/"+made.ID+"/") {
		t.Fatalf("%d: %s answered %d %q", r.Status, link, status, data)
	}
}
