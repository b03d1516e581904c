package embedded

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// What a NATS file store writes, as of nats-server 2.15: a block is records one after another, each its length (4 bytes, the highest bit
// tells of headers), its sequence (8 bytes, the two highest bits tell what the record is), a time (8), a subject's length (2), subject,
// headers and message, and a checksum (8). A tombstone names a message that is removed and holds nothing else.
const (
	recordHeader    = 4 + 8 + 8 + 2
	tombstoneLength = recordHeader + 8
	withHeaders     = 1 << 31
	erasedBit       = 1 << 63
	tombstoneBit    = 1 << 62
)

// resumeShredding takes back a removal that a kill has cut off. The server first writes that a message is removed and then overwrites
// its bytes: killed in between, it would hold the message as removed ever after, refuse to remove it again, and keep its bytes. Without
// that tombstone, which is the last that was written, the message is there again, and whoever was removing it finds it.
func resumeShredding(dir string) error {
	streams, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", "*", "msgs"))
	if err != nil {
		return err
	}
	for _, stream := range streams {
		if strings.HasPrefix(filepath.Base(filepath.Dir(stream)), "KV_") {
			continue // what leaves a bucket is not overwritten
		}
		if err := resumeStream(stream); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("look for a removal that was cut off: %w", err)
		}
	}
	return nil
}

func resumeStream(dir string) error {
	blocks, err := filepath.Glob(filepath.Join(dir, "*.blk"))
	if err != nil || len(blocks) == 0 {
		return err
	}
	slices.SortFunc(blocks, func(a, b string) int { return number(b) - number(a) }) // the newest first
	seq, err := openTombstone(blocks[0], filepath.Join(dir, "index.db"))
	if err != nil || seq == 0 {
		return err
	}
	for _, block := range blocks {
		switch at, err := find(block, seq); {
		case err != nil:
			return err
		case at == whole:
			return takeBack(blocks[0])
		case at == nowhere:
			return nil
		}
	}
	return nil
}

// number is a block's, of <number>.blk; the server makes them in order.
func number(path string) (n int) {
	_, _ = fmt.Sscanf(filepath.Base(path), "%d.blk", &n) // 0 for what is not the server's
	return n
}

// openTombstone is the sequence that a block's last record says is removed, 0 when it says nothing of the kind. Nor does it when the
// index was written after it: then the removal was complete.
func openTombstone(block, index string) (uint64, error) {
	at, err := os.Stat(block)
	if err != nil {
		return 0, err
	}
	if written, err := os.Stat(index); err == nil && !written.ModTime().Before(at.ModTime()) {
		return 0, nil
	}
	if at.Size() < tombstoneLength {
		return 0, nil
	}
	f, err := os.Open(block)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	var record [tombstoneLength]byte
	if _, err := f.ReadAt(record[:], at.Size()-tombstoneLength); err != nil {
		return 0, err
	}
	length, seq := binary.LittleEndian.Uint32(record[:]), binary.LittleEndian.Uint64(record[4:])
	if length != tombstoneLength || seq&tombstoneBit == 0 {
		return 0, nil
	}
	return seq &^ tombstoneBit, nil
}

// place is where a message is, seen from a block.
type place int

const (
	nowhere place = iota // overwritten, or left out when its block was written anew
	earlier              // if anywhere, in a block before this one
	whole                // here, and not overwritten
)

// find looks for a message in a block. Messages are in the order of their sequences, so that of most blocks only the begin is read.
func find(block string, seq uint64) (place, error) {
	f, err := os.Open(block)
	if err != nil {
		return nowhere, err
	}
	defer func() { _ = f.Close() }()
	at := earlier
	for r := bufio.NewReader(f); ; {
		header, err := r.Peek(recordHeader)
		if errors.Is(err, io.EOF) { // also of a record that the kill has cut off: the server mends that
			return at, nil
		}
		if err != nil {
			return nowhere, err
		}
		length, is := binary.LittleEndian.Uint32(header)&^withHeaders, binary.LittleEndian.Uint64(header[4:])
		switch {
		case length < tombstoneLength: // damaged: the server's to mend
			return nowhere, nil
		case is == seq:
			return whole, nil
		case is&tombstoneBit != 0: // of some message, before or after
		case is&^erasedBit > seq:
			return at, nil
		default:
			at = nowhere
		}
		if _, err := r.Discard(int(length)); err != nil && !errors.Is(err, io.EOF) {
			return nowhere, err
		}
	}
}

// takeBack removes a block's last record, and the block with it if it has no other: the server takes an empty one for damage.
func takeBack(block string) error {
	at, err := os.Stat(block)
	if err != nil {
		return err
	}
	if at.Size() == tombstoneLength {
		return os.Remove(block)
	}
	return os.Truncate(block, at.Size()-tombstoneLength)
}
