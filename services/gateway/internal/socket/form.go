package socket

// Form is how frames go over a connection, in both directions.
type Form interface {
	// Frame appends a frame as it is written.
	Frame(to, frame []byte) []byte
	// Ping is what asks for a sign of life, as it is written.
	Ping() []byte
	// Bye is the last thing that is written, nil where there is no such thing. A client answers it with its own, and Take then ends.
	Bye(code int, why string) []byte
	// Take reads what a client has sent, up to where it has come. It answers false at the end.
	Take(s *Socket, data []byte) bool
}

// maxWrap is about what a form adds to a frame, in bytes.
const maxWrap = 64
