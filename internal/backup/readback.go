package backup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/s2"
	"github.com/nats-io/nats-server/v2/server/archive"
)

// readBack reads what was written of a stream to its end: that it is whole must not turn out when it is needed.
func (s Stream) readBack(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	defer f.Close()
	last, err := lastOf(s2.NewReader(f)) // which has a checksum of each block
	if err != nil {
		return fmt.Errorf("read back stream %s: %w", s.Stream, err)
	}
	want, err := s.Extent()
	if err == nil && last > want.Last {
		err = fmt.Errorf("read back stream %s: it holds %d, and was to end at %d", s.Stream, last, want.Last)
	}
	return err
}

// errCut says that an archive has no end.
var errCut = errors.New("it is cut off")

// lastOf reads an archive to the mark at its end, and answers the highest sequence. Servers before 2.15 write a tar of their own files,
// of which only the checksums are looked at.
func lastOf(r io.Reader) (last uint64, err error) {
	magic := make([]byte, len(archive.MagicBytes))
	if _, err := io.ReadFull(r, magic); err != nil {
		return 0, err
	}
	if string(magic) != archive.MagicBytes {
		_, err := io.Copy(io.Discard, r)
		return 0, err
	}
	entries := archive.NewReader(io.MultiReader(bytes.NewReader(magic), r))
	for {
		entry, err := entries.Next()
		switch {
		case errors.Is(err, io.EOF):
			return 0, errCut
		case err != nil:
			return 0, err
		case *entry == archive.Header{}:
			return last, nil
		}
		last = max(last, entry.Sequence)
	}
}
