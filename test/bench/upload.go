package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bellhop-chat/bellhop/test/cluster"
)

const (
	// uploadBytes is the size of each file, uploads how many there are, one after another.
	uploadBytes, uploads = 10 << 20, 20
)

// upload is how fast a visitor's files are taken in, and what memory that takes.
func (b *bench) upload(ctx context.Context) (err error) {
	size, n := uploadBytes, uploads
	if b.Brief {
		size, n = 1<<20, 2
	}
	s, err := b.open(ctx, "upload", b.durability(), false, cluster.Up)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	sessions, err := openSessions(host(s.URL), "upload", 1, true)
	if err != nil {
		return err
	}
	base, err := settled(s)
	if err != nil {
		return err
	}
	before, err := cpu(s.Site)
	if err != nil {
		return err
	}
	memory := watchMemory(s)
	content, begun := bytes.Repeat([]byte("a line of a text file that somebody sends\n"), size/42+1)[:size], time.Now()
	var sent error
	for i := 0; i < n && sent == nil; i++ {
		sent = send(ctx, s.URL, sessions[0], fmt.Sprintf("file-%d.txt", i), content)
	}
	took := time.Since(begun)
	after, err := cpu(s.Site)
	if err := errors.Join(sent, err, memory.stop()); err != nil {
		return err
	}
	mib := float64(size) * float64(n) / (1 << 20)
	b.tell(fmt.Sprintf("upload: %d files of %d MiB, one after another", n, size>>20), fmt.Sprintf("%.0f MiB/s", mib/took.Seconds()),
		fmt.Sprintf("%.1f ms of processor time per MiB; resident memory %d MiB before, at most %d meanwhile",
			1000*after.since(before).sum().Seconds()/mib, base>>20, memory.peak>>20))
	return nil
}

// send uploads one file in the widget's three steps.
func send(ctx context.Context, url, session, name string, content []byte) error {
	c, err := dial(host(url), "")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	raw, err := c.post("/pocketping/upload", []byte(`{"sessionId":"`+session+`","filename":"`+name+`","mimeType":"text/plain","size":`+strconv.Itoa(len(content))+`}`))
	if err != nil {
		return err
	}
	var promised struct{ AttachmentID, UploadURL string }
	if err := json.Unmarshal(raw, &promised); err != nil {
		return fmt.Errorf("promise of an upload: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, promised.UploadURL, bytes.NewReader(content))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/plain")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, res.Body) // what it says does not count
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: %s", errStatus, res.Status)
	}
	_, err = c.post("/pocketping/upload/complete", []byte(`{"sessionId":"`+session+`","attachmentId":"`+promised.AttachmentID+`"}`))
	return err
}
