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

func ExampleNewIPFilter() {
	filter, err := guard.NewIPFilter(guard.IPOptions{Mode: guard.ModeBlocklist, Block: []string{"2001:db8::/32"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(filter.Check(netip.MustParseAddr("2001:db8::7")).Allowed, filter.Check(netip.MustParseAddr("192.0.2.7")).Allowed)
	// Output: false true
}

func ExampleNewUAFilter() {
	filter, err := guard.NewUAFilter(guard.UAOptions{NoDefaultBots: true, Block: []string{"/^curl/"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(filter.Check("curl/8.5.0").Matched, filter.Check("my-curl").Allowed)
	// Output: /^curl/ true
}

func ExampleNewNetworks() {
	ours, err := guard.NewNetworks("10.0.0.0/8", "192.0.2.7")
	fmt.Println(ours.Find(netip.MustParseAddr("10.1.2.3")), ours.Find(netip.MustParseAddr("192.0.2.8")) == "", err)
	_, err = guard.NewNetworks("10.0.0.0/33")
	fmt.Println(err != nil)
	// Output:
	// 10.0.0.0/8 true <nil>
	// true
}

func ExampleSuspect() {
	fmt.Println(guard.Suspect(netip.MustParseAddr("138.197.1.1"), "HeadlessChrome/131", "DigitalOcean, LLC"))
	// Output: [datacenter_ip hosting_asn headless_ua]
}
