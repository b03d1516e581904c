package slack

import (
	"net/http"
	"time"
)

// apiError is a refusal as the Web API words it. Its status is 200 unless it says otherwise.
type apiError struct {
	Code       string
	Status     int
	RetryAfter time.Duration
	Needed     string   // the scope that is missing
	Provided   string   // the scopes that are there
	Messages   []string // of response_metadata, without "[ERROR] "
	Method     string   // of unknown_method
}

func (e *apiError) Error() string { return e.Code }

func refuse(code string, messages ...string) *apiError {
	return &apiError{Code: code, Messages: messages}
}

func missing(field string) *apiError {
	return refuse("invalid_arguments", "missing required field: "+field)
}

func rateLimited(wait time.Duration) *apiError {
	return &apiError{Code: "ratelimited", Status: http.StatusTooManyRequests, RetryAfter: wait}
}
