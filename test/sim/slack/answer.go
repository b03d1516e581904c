package slack

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/test/sim/fault"
)

// fields are the members of an answer beside ok.
type fields map[string]any

// encode builds the wire's answer of a method.
func encode(result fields, err *apiError, codes []string) fault.Answer {
	if err != nil {
		return refusal(err, codes)
	}
	if result == nil {
		result = fields{}
	}
	result["ok"] = true
	return answerJSON(http.StatusOK, result, nil, codes)
}

func refusal(e *apiError, codes []string) fault.Answer {
	out := fields{"ok": false, "error": e.Code}
	if e.Needed != "" {
		out["needed"], out["provided"] = e.Needed, e.Provided
	}
	if e.Method != "" {
		out["req_method"] = e.Method
	}
	if e.Code == "invalid_blocks" {
		out["errors"] = e.Messages
	}
	status := e.Status
	if status == 0 {
		status = http.StatusOK
	}
	a := answerJSON(status, out, e.Messages, codes)
	if e.RetryAfter > 0 {
		a.Header.Set("Retry-After", strconv.Itoa(seconds(e.RetryAfter)))
	}
	return a
}

func answerJSON(status int, out fields, messages, codes []string) fault.Answer {
	if len(codes) > 0 {
		slices.Sort(codes)
		out["warning"] = strings.Join(codes, ",")
	}
	meta, _ := out["response_metadata"].(fields)
	if meta == nil {
		meta = fields{}
	}
	for _, m := range messages {
		list, _ := meta["messages"].([]string)
		meta["messages"] = append(list, "[ERROR] "+m)
	}
	if len(codes) > 0 {
		meta["warnings"] = codes
	}
	if len(meta) > 0 {
		out["response_metadata"] = meta
	}
	header := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	body, err := json.Marshal(out)
	if err != nil {
		body = []byte(`{"ok":false,"error":"fatal_error"}`)
	}
	return fault.Answer{Status: status, Header: header, Body: body}
}

// seconds rounds up, as Retry-After does.
func seconds(d time.Duration) int {
	return int((d + time.Second - 1) / time.Second)
}

func plain(status int, text string) fault.Answer {
	return fault.Answer{Status: status, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: []byte(text)}
}
