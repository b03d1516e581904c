package telegram

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

// Limits on files.
const (
	maxDownload = 20 << 20
	maxPhoto    = 10 << 20
	linkLives   = time.Hour
)

// storedFile is one file of this bot.
type storedFile struct {
	FileRef
	Data []byte
}

// filePath is a download link.
type filePath struct {
	FileID  string
	Expires time.Time
}

// store keeps a file. file_id is the bot's own; file_unique_id depends on the content only.
func (s *Server) store(data []byte, name, mime string, width, height int) FileRef {
	sum := sha256.Sum256(data)
	digest := hex.EncodeToString(sum[:])
	s.world.NextFile++
	ref := FileRef{
		ID:       fmt.Sprintf("BQACAgIAAx%d_%d_%s", s.world.Bot.ID, s.world.NextFile, digest[:20]),
		UniqueID: "AgAD" + digest[:12], Name: name, MIME: mime, Size: int64(len(data)),
		Width: width, Height: height, Digest: digest,
	}
	s.world.Files[ref.ID] = &storedFile{FileRef: ref, Data: data}
	return ref
}

// storeOwn keeps what an operator attaches. Pictures that cannot be decoded are kept as they are.
func (s *Server) storeOwn(kind string, f upload) *Media {
	if kind == "photo" {
		if sizes, err := photoSizes(f.Data); err == nil {
			return &Media{Kind: kind, Files: s.storeSizes(sizes)}
		}
		return &Media{Kind: kind, Files: []FileRef{s.store(f.Data, "", "image/jpeg", 90, 90)}}
	}
	return &Media{Kind: kind, Files: []FileRef{s.store(f.Data, f.Name, f.MIME, 0, 0)}}
}

func (s *Server) storeSizes(sizes []sizedPhoto) []FileRef {
	var refs []FileRef
	for _, p := range sizes {
		refs = append(refs, s.store(p.data, "", "image/jpeg", p.width, p.height))
	}
	return refs
}

func (c *call) getFile() (any, *apiError) {
	f := c.s.world.Files[c.p.values["file_id"]]
	if f == nil {
		return nil, badRequest("wrong file_id or the file is temporarily unavailable")
	}
	if f.Size > maxDownload {
		return nil, badRequest("file is too big")
	}
	folder := "documents"
	if strings.HasPrefix(f.MIME, "image/jpeg") && f.Name == "" {
		folder = "photos"
	}
	location := fmt.Sprintf("%s/file_%s%s", folder, f.UniqueID, path.Ext(path.Base(f.Name)))
	c.s.world.Paths[location] = &filePath{FileID: f.ID, Expires: c.now.Add(linkLives)}
	return wireFile{FileID: f.ID, FileUniqueID: f.UniqueID, FileSize: f.Size, FilePath: location}, nil
}

// serveFile serves /file/bot<token>/<file_path> while the link lives.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, rest string) {
	x := &exchange{s: s, w: w, r: r, arrived: time.Now()}
	token, location, _ := strings.Cut(rest, "/")
	location = strings.TrimPrefix(location, "test/")
	x.log = &Request{At: s.clock.Now(), Method: "file", HTTPMethod: r.Method, Params: map[string]string{"file_path": location}}
	x.p = &params{values: map[string]string{}}
	s.mu.Lock()
	s.reqs.add(x.log)
	f, refused := s.download(token, location)
	s.mu.Unlock()
	if refused != nil {
		x.finish(refusal(refused))
		return
	}
	a := answer{status: http.StatusOK, body: f.Data, contentType: "application/octet-stream"}
	if fault, hit := s.matchFault(x.log, x.p); hit {
		done, stop := x.before(fault)
		if stop {
			x.finish(done)
			return
		}
		a = x.after(fault, a)
	}
	x.finish(a)
}

// download finds a file by its link. The caller holds mu.
func (s *Server) download(token, location string) (*storedFile, *apiError) {
	if !tokenShape.MatchString(token) {
		return nil, errNotFound
	}
	if token != s.world.Token || s.world.Revoked {
		return nil, errUnauthorized
	}
	link := s.world.Paths[location]
	if link == nil || !link.Expires.After(s.clock.Now()) || s.world.Files[link.FileID] == nil {
		return nil, errNotFound
	}
	return s.world.Files[link.FileID], nil
}

// File returns a stored file's bytes and description by its file_id, as a person would see it.
func (s *Server) File(fileID string) ([]byte, FileRef, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.world.Files[fileID]
	if f == nil {
		return nil, FileRef{}, false
	}
	return f.Data, f.FileRef, true
}
