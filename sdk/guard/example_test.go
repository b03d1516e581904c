package guard_test

import (
	"fmt"
	"net/http"
	"net/netip"

	"github.com/bellhop-chat/bellhop/sdk/guard"
)

func ExampleCheckIPFilter() {
	result, err := guard.CheckIPFilter("10.1.2.3", guard.IPOptions{Mode: guard.ModeBoth, Allow: []string{"10.1.0.0/16"}, Block: []string{"10.0.0.0/8"}})
	fmt.Println(result.Allowed, result.Reason, result.Matched, err)
	// Output: true allowlist 10.1.0.0/16 <nil>
}

func ExampleCheckUAFilter() {
	result, err := guard.CheckUAFilter("Mozilla/5.0 (compatible; bingbot/2.0)", guard.UAOptions{Allow: []string{"/^mozilla/"}})
	fmt.Println(result.Allowed, result.Reason, result.Matched, err)
	// Output: false default_bot bingbot <nil>
}

func ExampleIsBot() {
	fmt.Println(guard.IsBot("curl/8.5.0"), guard.IsBot("Mozilla/5.0 (Windows NT 10.0) Firefox/133.0"))
	// Output: true false
}

func ExampleClientIP() {
	r := &http.Request{RemoteAddr: "10.0.0.2:4711", Header: http.Header{"X-Forwarded-For": {"6.6.6.6, 203.0.113.9"}}}
	fmt.Println(guard.ClientIP(r), guard.ClientIP(r, netip.MustParsePrefix("10.0.0.0/8")))
	// Output: 10.0.0.2 203.0.113.9
}
