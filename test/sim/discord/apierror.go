package discord

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// apiError is a refusal as Discord words it.
type apiError struct {
	Status  int             `json:"-"`
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Errors  json.RawMessage `json:"errors,omitempty"`

	limited *limited // of a 429
	html    bool     // a page of the proxy in front instead of JSON
}

func (e *apiError) Error() string { return fmt.Sprintf("%d: %s", e.Code, e.Message) }

func refuse(status, code int, message string) *apiError {
	return &apiError{Status: status, Code: code, Message: message}
}

// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
var (
	errUnauthorized       = refuse(401, 0, "401: Unauthorized")
	errNotFound           = refuse(404, 0, "404: Not Found")
	errMethod             = refuse(405, 0, "405: Method Not Allowed")
	errAPIVersion         = refuse(400, 50041, "Invalid API version provided")
	errBadJSON            = refuse(400, 50109, "The request body contains invalid JSON.")
	errTooLarge           = refuse(413, 40005, "Request entity too large")
	errFileTooLarge       = refuse(400, 50045, "File uploaded exceeds the maximum size")
	errUnknownChannel     = refuse(404, 10003, "Unknown Channel")
	errUnknownGuild       = refuse(404, 10004, "Unknown Guild")
	errUnknownMember      = refuse(404, 10007, "Unknown Member")
	errUnknownMessage     = refuse(404, 10008, "Unknown Message")
	errUnknownUser        = refuse(404, 10013, "Unknown User")
	errUnknownEmoji       = refuse(400, 10014, "Unknown Emoji")
	errUnknownWebhook     = refuse(404, 10015, "Unknown Webhook")
	errUnknownApp         = refuse(404, 10002, "Unknown Application")
	errUnknownInteraction = refuse(404, 10062, "Unknown interaction")
	errAcknowledged       = refuse(400, 40060, "Interaction has already been acknowledged.")
	errTagRequired        = refuse(400, 40067, "A tag is required to create a forum post in this channel")
	errMissingAccess      = refuse(403, 50001, "Missing Access")
	errNotAuthor          = refuse(403, 50005, "Cannot edit a message authored by another user")
	errEmptyMessage       = refuse(400, 50006, "Cannot send an empty message")
	errNonText            = refuse(400, 50008, "Cannot send messages in a non-text channel")
	errMissingPermissions = refuse(403, 50013, "Missing Permissions")
	errSystemMessage      = refuse(403, 50021, "Cannot execute action on a system message")
	errWrongChannelType   = refuse(400, 50024, "Cannot execute action on this channel type")
	errWebhookToken       = refuse(401, 50027, "Invalid Webhook Token")
	errArchived           = refuse(400, 50083, "Thread is archived")
	errTooManyReactions   = refuse(400, 30010, "Maximum number of reactions reached (20)")
	errNoHistory          = refuse(400, 160002, "Cannot reply without permission to read message history")
	errHasThread          = refuse(400, 160004, "A thread has already been created for this message")
	errThreadLocked       = refuse(403, 160005, "Thread is locked")
	errTooManyThreads     = refuse(400, 160006, "Maximum number of active threads reached")
	errForumNeedsThread   = refuse(400, 220001, "Webhooks posted to forum channels must have a thread_name or thread_id")
	errForumBoth          = refuse(400, 220002, "Webhooks posted to forum channels cannot have both a thread_name and thread_id")
	errThreadNotForum     = refuse(400, 220003, "Webhooks can only create threads in forum channels")
)

// proxyPage is a refusal of the proxy in front of Discord, which speaks HTML.
func proxyPage(status int, title string) *apiError {
	return &apiError{Status: status, Message: title, html: true}
}

// answer is how a refusal looks on the wire.
func (e *apiError) answer() fault.Answer {
	if e.html {
		body := "<!DOCTYPE html>\n<html><head><title>" + e.Message + "</title></head><body><h1>" + e.Message +
			"</h1><p>Cloudflare</p></body></html>\n"
		return fault.Answer{Status: e.Status, Header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, Body: []byte(body)}
	}
	if e.limited != nil {
		return e.limited.answer()
	}
	return jsonAnswer(e.Status, e)
}

func jsonAnswer(status int, result any) fault.Answer {
	if status == http.StatusNoContent {
		return fault.Answer{Status: status, Header: http.Header{}}
	}
	body, err := json.Marshal(result)
	if err != nil {
		status, body = 500, []byte(`{"message": "500: Internal Server Error", "code": 0}`)
	}
	return fault.Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}
