package signature_test

import (
	"fmt"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

func ExampleSubscription() {
	digest := signature.Subscription("7ad3773142a6692b25b8", "1234.1234", "private-foobar", "", false)
	fmt.Println(signature.Auth("278d425bdf160c739803", digest))
	// Output: 278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4
}

// A server says what it has signed to whom it refuses.
func ExampleRequestString() {
	fmt.Printf("%q\n", signature.RequestString("GET", "/apps/3/channels", []signature.Param{
		{Key: "info", Value: "user_count"}, {Key: "auth_key", Value: "k"}, {Key: "auth_signature", Value: "left out"},
	}))
	// Output: "GET\n/apps/3/channels\nauth_key=k&info=user_count"
}
