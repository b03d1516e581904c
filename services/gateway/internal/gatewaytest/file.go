package gatewaytest

import (
	"net/http"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/file"
)

// PNG begins like a picture and is one for everybody who only looks at its beginning.
const PNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"

// Files is the store of the site's bus.
func (s *Site) Files() *file.Store {
	s.Helper()
	files, err := file.New(s.Context(), s.Bus)
	if err != nil {
		s.Fatal(err)
	}
	return files
}

// Promise asks for an upload address and answers the attachment's id and the address.
func (s *Site) Promise(sessionID, filename, mimeType string, size int) (attachmentID, address string) {
	s.Helper()
	got := s.Call("POST", "/upload", map[string]any{"sessionId": sessionID, "filename": filename, "mimeType": mimeType, "size": size})
	if got.Status != http.StatusOK || got.Text("attachmentId") == "" || got.Text("expiresAt") == "" {
		s.Fatalf("upload answered %d %s", got.Status, got.Raw)
	}
	return got.Text("attachmentId"), got.Text("uploadUrl")
}

// Put sends bytes to an address.
func (s *Site) Put(address, body string, headers ...string) Answer {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), http.MethodPut, address, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.Do(req)
}

// Complete says that an upload is complete.
func (s *Site) Complete(sessionID, attachmentID string) Answer {
	s.Helper()
	return s.Call("POST", "/upload/complete", map[string]string{"sessionId": sessionID, "attachmentId": attachmentID})
}

// Upload stores a visitor's file as a widget does, and answers its id.
func (s *Site) Upload(sessionID, filename, mimeType, body string) string {
	s.Helper()
	attachmentID, address := s.Promise(sessionID, filename, mimeType, len(body))
	if got := s.Put(address, body); got.Status != http.StatusOK {
		s.Fatalf("the address answered %d %s", got.Status, got.Raw)
	}
	if got := s.Complete(sessionID, attachmentID); got.Status != http.StatusOK || got.Text("status") != "ready" {
		s.Fatalf("complete answered %d %s", got.Status, got.Raw)
	}
	return attachmentID
}

// Show says something with files.
func (s *Site) Show(sessionID, content string, attachmentIDs ...string) Answer {
	s.Helper()
	return s.Call("POST", "/message", map[string]any{"sessionId": sessionID, "content": content, "sender": "visitor", "attachmentIds": attachmentIDs})
}

// Fetch gets an address as a browser does; the answer's body is not looked at as JSON.
func (s *Site) Fetch(method, address string, headers ...string) Answer {
	s.Helper()
	req, err := http.NewRequestWithContext(s.Context(), method, address, nil)
	if err != nil {
		s.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return s.raw(req)
}

// File is a file of a message or of an answer.
type File struct{ ID, Filename, MimeType, URL, Status string }

// FilesOf are the files in an answer's or a frame's data.
func FilesOf(data map[string]any) (files []File) {
	list, _ := data["attachments"].([]any)
	for _, entry := range list {
		fields, _ := entry.(map[string]any)
		text := func(name string) string { value, _ := fields[name].(string); return value }
		files = append(files, File{text("id"), text("filename"), text("mimeType"), text("url"), text("status")})
	}
	return files
}
