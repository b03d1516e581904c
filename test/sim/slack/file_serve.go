package slack

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

var unfit = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// pathName is a file's name as its address has it.
func pathName(name string) string {
	if name = unfit.ReplaceAllString(strings.ToLower(name), "_"); name != "" {
		return url.PathEscape(name)
	}
	return "file"
}

func (c *call) file() (*storedFile, *apiError) {
	f := c.s.world.Files[c.p.values["file"]]
	if f == nil || !f.Ready {
		return nil, refuse("file_not_found")
	}
	if f.Deleted {
		return nil, refuse("file_deleted")
	}
	return f, nil
}

func (c *call) fileInfo() (fields, *apiError) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	out := c.s.wireFile(f)
	shares := map[string]map[string][]fields{"public": {}, "private": {}}
	channels, groups := []string{}, []string{}
	for _, share := range f.Shares {
		ch, kind := c.s.world.Channels[share.Channel], "public"
		if ch.Private {
			kind, groups = "private", append(groups, ch.ID)
		} else {
			channels = append(channels, ch.ID)
		}
		entry := fields{"ts": share.TS, "channel_name": ch.Name, "team_id": TeamID, "reply_users": []string{}, "reply_count": 0}
		if share.ThreadTS != "" {
			entry["thread_ts"] = share.ThreadTS
		}
		shares[kind][ch.ID] = append(shares[kind][ch.ID], entry)
	}
	out.Shares, out.Channels, out.Groups = fields{}, channels, groups
	for kind, list := range shares {
		if len(list) > 0 {
			out.Shares[kind] = list
		}
	}
	return fields{"file": out, "comments": []string{}, "response_metadata": fields{"next_cursor": ""}}, nil
}

func (c *call) deleteFile() (fields, *apiError) {
	f, err := c.file()
	if err != nil {
		return nil, err
	}
	if f.User != BotUserID {
		return nil, refuse("cant_delete_file")
	}
	f.Deleted, f.Data = true, nil
	c.s.touch()
	return nil, nil
}

// serveUpload takes the bytes of step two, raw or as a form.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	x := s.receive(w, r, "upload")
	x.enter()
	body, refused := readBody(r, maxUpload)
	if refused != nil {
		x.finish(plain(refused.Status, refused.Code))
		return
	}
	kind := r.Header.Get("Content-Type")
	data, kind, err := unwrap(body, kind)
	if err != nil {
		x.finish(plain(http.StatusBadRequest, "invalid form"))
		return
	}
	x.finish(x.perform(func() fault.Answer { return s.takeUpload(x, r.PathValue("secret"), data, kind) }))
}

func (s *Server) takeUpload(x *exchange, secret string, data []byte, kind string) fault.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.world.Files {
		if f.Secret == "" || f.Secret != secret || f.Uploaded {
			continue
		}
		if f.Length != int64(len(data)) {
			x.p.warn("the upload has another length than was announced")
		}
		f.store(data, kind)
		return plain(http.StatusOK, "OK - "+strconv.Itoa(len(data)))
	}
	return plain(http.StatusNotFound, "not found")
}

// unwrap takes the first file out of a multipart body; any other body is the file itself.
func unwrap(body []byte, contentType string) ([]byte, string, error) {
	kind, options, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		if kind == "application/x-www-form-urlencoded" {
			kind = ""
		}
		return body, kind, nil
	}
	reader := multipart.NewReader(bytes.NewReader(body), options["boundary"])
	for {
		part, err := reader.NextPart()
		if err != nil {
			return nil, "", errors.Join(errors.New("slack simulator: no file in the form"), err)
		}
		if part.FileName() == "" {
			continue
		}
		data, err := io.ReadAll(part)
		return data, part.Header.Get("Content-Type"), err
	}
}

const loginPage = `<!DOCTYPE html><html lang="en-US"><head><title>Slack</title></head><body>` +
	`<form action="/signin"><h1>Sign in to your workspace</h1></form></body></html>`

// serveFile is url_private. Without a token that may read files Slack shows its login page, with 200.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	x := s.receive(w, r, "download")
	x.p.token, x.p.bearer = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	x.log.Bearer = x.p.bearer
	x.enter()
	x.finish(x.perform(func() fault.Answer { return s.readFile(x, r.PathValue("id")) }))
}

func (s *Server) readFile(x *exchange, id string) fault.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !x.p.bearer || x.p.token != s.world.Token || s.world.Gone != "" || !s.world.Scopes["files:read"] {
		return fault.Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: []byte(loginPage)}
	}
	f := s.world.Files[strings.TrimPrefix(id, TeamID+"-")]
	if f == nil || f.Deleted || !f.Ready {
		return fault.HTML(http.StatusNotFound)
	}
	header := http.Header{"Content-Type": {f.MIME}, "Content-Disposition": {`attachment; filename="` + pathName(f.Name) + `"`}}
	return fault.Answer{Status: http.StatusOK, Header: header, Body: f.Data}
}
