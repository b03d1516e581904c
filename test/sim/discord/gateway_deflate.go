package discord

import (
	"bytes"
	"compress/zlib"
)

// deflater compresses a connection's payloads as one zlib stream, flushed after each.
type deflater struct {
	buffer bytes.Buffer
	writer *zlib.Writer
}

func newDeflater() *deflater {
	d := &deflater{}
	d.writer = zlib.NewWriter(&d.buffer)
	return d
}

// next is the part of the stream that holds one payload; it ends with the sync marker 00 00 ff ff.
func (d *deflater) next(payload []byte) []byte {
	d.buffer.Reset()
	_, _ = d.writer.Write(payload) // a buffer takes everything
	_ = d.writer.Flush()
	return bytes.Clone(d.buffer.Bytes())
}
