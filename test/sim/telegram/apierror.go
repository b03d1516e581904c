package telegram

import "fmt"

// apiError is a refusal as the Bot API words it.
type apiError struct {
	Code        int
	Description string
	RetryAfter  int
	MigrateTo   int64
}

func (e *apiError) Error() string { return e.Description }

func badRequest(format string, args ...any) *apiError {
	return &apiError{Code: 400, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(text string) *apiError {
	return &apiError{Code: 403, Description: "Forbidden: " + text}
}

func conflict(text string) *apiError {
	return &apiError{Code: 409, Description: "Conflict: " + text}
}

func tooMany(seconds int) *apiError {
	return &apiError{Code: 429, Description: fmt.Sprintf("Too Many Requests: retry after %d", seconds), RetryAfter: seconds}
}

var (
	errNotFound      = &apiError{Code: 404, Description: "Not Found"}
	errNoMethod      = &apiError{Code: 404, Description: "Not Found: method not found"}
	errUnauthorized  = &apiError{Code: 401, Description: "Unauthorized"}
	errTooLarge      = &apiError{Code: 413, Description: "Request Entity Too Large"}
	errMessageID     = badRequest("message identifier is not specified")
	errThread        = badRequest("message thread not found")
	errNotModified   = badRequest("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	errReplyNotFound = badRequest("message to be replied not found")
	errFileID        = badRequest("wrong file_id or the file is temporarily unavailable")
)
