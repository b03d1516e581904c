package widget

import (
	"net/netip"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/bellhop-chat/bellhop/sdk/guard"
)

// What a session's metadata says of a visitor that looks like a program.
const (
	isBot      = "isBot"
	botReasons = "botReasons"
)

// suspicions are those keys, none for most visitors.
func suspicions(ip netip.Addr, userAgent string) map[string]*structpb.Value {
	found := guard.Suspect(ip, userAgent, "")
	if len(found) == 0 {
		return nil
	}
	reasons := &structpb.ListValue{}
	for _, reason := range found {
		reasons.Values = append(reasons.Values, structpb.NewStringValue(string(reason)))
	}
	return map[string]*structpb.Value{isBot: structpb.NewBoolValue(true), botReasons: structpb.NewListValue(reasons)}
}
