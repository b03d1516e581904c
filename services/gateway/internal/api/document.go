package api

import (
	_ "embed"
	"net/http"
)

// openapi describes the API. It was written first, and the tests hold the API to it.
//
//go:embed openapi.json
var openapi []byte

// document answers it. It says nothing that is not in the documentation, so it wants no key.
func document(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Access-Control-Allow-Origin", "*") // viewers of such documents run in browsers
	_, _ = w.Write(openapi)                            // a client that has gone needs nothing
}
