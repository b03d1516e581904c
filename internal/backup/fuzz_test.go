package backup

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats-server/v2/server/archive"
)

// FuzzOpen gives a directory any manifest: it is read, or refused with a reason, and names no file outside the directory.
func FuzzOpen(f *testing.F) {
	good := Manifest{Format: format, Version: "v1", Streams: []Stream{{File: "E.snapshot"}}}
	sum, err := good.digest()
	if err != nil {
		f.Fatal(err)
	}
	good.Sum = sum
	body, err := json.Marshal(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"format":1,"streams":[{"file":"../../etc/passwd"}]}`))
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte("null"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, manifestFile), body, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := Open(dir)
		if err == nil && len(m.Streams) > 0 {
			t.Errorf("%d streams are said to be whole, and none is there", len(m.Streams))
		}
		for _, s := range m.Streams {
			if err := s.check(dir); err == nil {
				t.Errorf("%q is said to be whole, and is not there", s.File)
			}
		}
	})
}

// FuzzLastOf reads any bytes as a stream that was backed up: to the end, or to an error.
func FuzzLastOf(f *testing.F) {
	var empty bytes.Buffer
	w := s2.NewWriter(&empty)
	if _, err := w.Write([]byte(archive.MagicBytes)); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(empty.Bytes())
	f.Add([]byte(archive.MagicBytes))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := lastOf(bytes.NewReader(data)); err == nil && bytes.Equal(data, []byte(archive.MagicBytes)) {
			t.Error("a stream without an end passes for whole")
		}
		_, _ = lastOf(s2.NewReader(bytes.NewReader(data))) // whatever it says, it comes to an end
	})
}
