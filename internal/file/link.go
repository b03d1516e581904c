package file

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/bellhop-chat/bellhop/internal/id"
	bellhopv1 "github.com/bellhop-chat/bellhop/proto/bellhop/v1"
)

// Path is where a gateway serves files: Path + id + "/" + name.
const Path = "/files/"

// ProjectPath is where a gateway serves what is of one project: ProjectPath + project + "/".
const ProjectPath = "/api/widget/"

// Base is where the links of a project's files begin, for a gateway that is reached at base. Those of the default project are served
// at the gateway's own root, as they are where there is no other. An empty base stays empty.
func Base(base string, p id.Project) string {
	if p == id.Default || base == "" {
		return base
	}
	return base + ProjectPath + string(p)
}

// Link is the address of a file for whoever it is given to, good for ttl and at most a quarter more: the end is rounded up, so
// that the address of a file stays the same for a while and a browser need not fetch it again. base is where a gateway is
// reached, without a slash at its end.
func (s *Store) Link(base string, a *bellhopv1.Attachment, ttl time.Duration) string {
	step := max(int64(ttl/time.Second)/4, 1)
	end := (time.Now().Add(ttl).Unix()/step + 1) * step
	expires := strconv.FormatInt(end, 10)
	return base + Path + a.GetId() + "/" + url.PathEscape(a.GetFilename()) + "?expires=" + expires + "&signature=" + s.signature(a.GetId(), expires)
}

// Verify checks what a link carries: ErrSignature.
func (s *Store) Verify(attachmentID, expires, signature string) error {
	want := s.signature(attachmentID, expires)
	if !hmac.Equal([]byte(want), []byte(signature)) {
		return ErrSignature
	}
	end, err := strconv.ParseInt(expires, 10, 64) // ours, so it parses
	if err != nil || time.Now().Unix() >= end {
		return fmt.Errorf("%w: it was good until %s", ErrSignature, expires)
	}
	return nil
}

func (s *Store) signature(attachmentID, expires string) string {
	return base64.RawURLEncoding.EncodeToString(s.sign("link", attachmentID, expires)[:16])
}

// sign is the HMAC of words that no other words have: each is preceded by its length.
func (s *Store) sign(purpose string, words ...string) []byte {
	mac := hmac.New(sha256.New, s.key)
	for _, word := range append([]string{purpose}, words...) {
		_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(word)))) // a hash takes everything
		_, _ = mac.Write([]byte(word))
	}
	return mac.Sum(nil)
}
