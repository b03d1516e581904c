package httpserver

import (
	"encoding/json"
	"net/http"
)

// Error answers with status and the body that every error of Bellhop has: {"error": text, "code": code}.
// The text is for people, the code (snake_case) for programs; neither may tell what is inside the server.
func Error(w http.ResponseWriter, status int, code, text string) {
	JSON(w, status, struct {
		Error string `json:"error"`
		Code  string `json:"code"`
	}{text, code})
}

// JSON answers with status and body as JSON. A body that can't be encoded is a mistake in the program and becomes an empty 500.
func JSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, nil
	}
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	// A client that has gone away is nobody's error.
	_, _ = w.Write(append(data, '\n'))
}
