package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/bellhop-chat/bellhop/internal/bus"
)

// manifestFile tells what is in the directory.
const manifestFile = "manifest.json"

// format is the number of the form of a directory that this build writes and reads.
const format = 1

// Stream is one stream in the directory.
type Stream struct {
	bus.Snapshot
	// File has its bytes, Size how many and SHA256 their digest in hex.
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Manifest tells what a backup holds.
type Manifest struct {
	Format int `json:"format"`
	// Version is that of the Bellhop that took it.
	Version string `json:"version"`
	// Begun and Ended are when: what was accepted before Begun is in it.
	Begun   time.Time `json:"begun"`
	Ended   time.Time `json:"ended"`
	Streams []Stream  `json:"streams"`
	// Sum is the digest of all the rest.
	Sum string `json:"sum"`
}

// fileOf is the file of a stream.
func fileOf(stream string) string { return stream + ".snapshot" }

// digest is that of everything but Sum.
func (m Manifest) digest() (string, error) {
	m.Sum = ""
	body, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), nil
}

// write makes the directory a whole backup.
func (m Manifest) write(dir string) (err error) {
	if m.Sum, err = m.digest(); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	partial := filepath.Join(dir, "."+manifestFile)
	f, err := create(partial)
	if err != nil {
		return err
	}
	_, err = f.Write(append(body, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	if err := os.Rename(partial, filepath.Join(dir, manifestFile)); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return syncDir(dir)
}

// create makes a file that its owner alone reads: it holds what people wrote.
func create(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make file: %w", err)
	}
	return f, nil
}

// syncDir has the names of a directory survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}

// Open reads the manifest of a directory and checks every byte that it tells of. It wraps ErrUnfinished or ErrDamaged.
func Open(dir string) (Manifest, error) {
	var m Manifest
	body, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s holds %w", dir, ErrUnfinished)
	}
	if err != nil {
		return m, fmt.Errorf("read manifest: %w", err)
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("%w: read manifest: %w", ErrDamaged, err)
	}
	if m.Format != format {
		return m, fmt.Errorf("backup has format %d, and this Bellhop reads %d: version %s wrote it", m.Format, format, m.Version)
	}
	if sum, err := m.digest(); err != nil || sum != m.Sum {
		return m, fmt.Errorf("%w: the manifest has other contents than it says", ErrDamaged)
	}
	for _, s := range m.Streams {
		if err := s.check(dir); err != nil {
			return m, err
		}
	}
	return m, nil
}

// check compares a file with what the manifest says of it.
func (s Stream) check(dir string) error {
	if s.File != fileOf(s.Stream) || filepath.Base(s.File) != s.File {
		return fmt.Errorf("%w: no file is called %q", ErrDamaged, s.File)
	}
	f, err := os.Open(filepath.Join(dir, s.File))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s is missing", ErrDamaged, s.File)
	}
	if err != nil {
		return fmt.Errorf("check backup: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err != nil {
		return fmt.Errorf("check backup: %w", err)
	}
	if size != s.Size || hex.EncodeToString(sum.Sum(nil)) != s.SHA256 {
		return fmt.Errorf("%w: %s has other contents than the manifest says", ErrDamaged, s.File)
	}
	return nil
}
