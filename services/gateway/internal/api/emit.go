package api

import (
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// parseEmit reads a custom event that is to be sent.
func parseEmit(body []byte) (emitRequest, *structpb.Value, *intake.Refusal) {
	var req emitRequest
	if refusal := parse(body, &req); refusal != nil {
		return req, nil, refusal
	}
	data, refusal := intake.CustomEvent(req.Name, req.Data)
	return req, data, refusal
}
