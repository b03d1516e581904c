package signature

import (
	"slices"
	"strings"
	"testing"
)

// The key and secret of Pusher's published examples.
const (
	key    = "278d425bdf160c739803"
	secret = "7ad3773142a6692b25b8"
	socket = "1234.1234"
)

func TestSubscriptionIsSignedAsPublished(t *testing.T) {
	for name, tc := range map[string]struct {
		channel, data, signed, digest string
		hasData                       bool
	}{
		"private": {
			channel: "private-foobar", signed: `1234.1234:private-foobar`,
			digest: "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4",
		},
		"presence": {
			channel: "presence-foobar", data: `{"user_id":10,"user_info":{"name":"Mr. Channels"}}`, hasData: true,
			signed: `1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Channels"}}`,
			digest: "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80",
		},
		"presence, older wording": {
			channel: "presence-foobar", data: `{"user_id":10,"user_info":{"name":"Mr. Pusher"}}`, hasData: true,
			signed: `1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Pusher"}}`,
			digest: "afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := SubscriptionString(socket, tc.channel, tc.data, tc.hasData); got != tc.signed {
				t.Errorf("signed string is %q, want %q", got, tc.signed)
			}
			if got := Subscription(secret, socket, tc.channel, tc.data, tc.hasData); got != tc.digest {
				t.Errorf("digest is %s, want %s", got, tc.digest)
			}
		})
	}
}

func TestDataCountOnlyWhenTheyAreThere(t *testing.T) {
	if got := SubscriptionString("1.2", "private-a", "", true); got != "1.2:private-a:" {
		t.Errorf("empty data give %q", got)
	}
	if got := SubscriptionString("1.2", "private-a", "ignored", false); got != "1.2:private-a" {
		t.Errorf("no data give %q", got)
	}
}

func TestSignInIsSignedAsPublished(t *testing.T) {
	const data, want = `{"id":"12345"}`, "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba"
	if got := UserString(socket, data); got != `1234.1234::user::{"id":"12345"}` {
		t.Errorf("signed string is %q", got)
	}
	got := User(secret, socket, data)
	if got != want {
		t.Errorf("digest is %s, want %s", got, want)
	}
	if auth := Auth(key, got); auth != key+":"+want {
		t.Errorf("auth is %s", auth)
	}
}

func TestRequestIsSignedAsPublished(t *testing.T) {
	body := []byte(`{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}`)
	params := []Param{
		{ParamVersion, Version},
		{ParamSignature, "is left out"},
		{ParamBodyMD5, BodyMD5(body)},
		{"AUTH_Key", key},
		{ParamTimestamp, "1353088179"},
	}
	before := slices.Clone(params)
	const signed = "POST\n/apps/3/events\nauth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0" +
		"&body_md5=ec365a775a4cd0599faeb73354201b6f"
	if got := RequestString("post", "/apps/3/events", params); got != signed {
		t.Errorf("signed string is %q, want %q", got, signed)
	}
	const want = "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"
	if got := Request(secret, "POST", "/apps/3/events", params); got != want {
		t.Errorf("digest is %s, want %s", got, want)
	}
	if !slices.Equal(params, before) {
		t.Error("the caller's parameters were changed")
	}
}

func TestValuesAreNotEscapedAndListsKeepTheirOrder(t *testing.T) {
	got := RequestString("GET", "/apps/3/channels", []Param{
		{"Ids[]", "b"}, {"info", "user_count,subscription_count"}, {"Auth_Signature", "x"}, {"ids[]", "a"}, {"filter_by_prefix", "presence-=&é"},
	})
	const want = "GET\n/apps/3/channels\nfilter_by_prefix=presence-=&é&ids[]=b&ids[]=a&info=user_count,subscription_count"
	if got != want {
		t.Errorf("signed string is %q, want %q", got, want)
	}
	if got := RequestString("GET", "/", nil); got != "GET\n/\n" {
		t.Errorf("without parameters it is %q", got)
	}
}

// Python's library sends the MD5 of an empty body with every GET.
func TestEmptyBodyHasItsMD5(t *testing.T) {
	if got := BodyMD5(nil); got != "d41d8cd98f00b204e9800998ecf8427e" {
		t.Errorf("MD5 of nothing is %s", got)
	}
}

func TestWebhookIsSignedByteByByte(t *testing.T) {
	body := []byte(`{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"x"}]}`)
	const want = "084589eb710e5ae798405b4e8db2b6bf8719e165d8986930d0bd4d799dc1afd0"
	if got := Webhook(secret, body); got != want {
		t.Errorf("digest is %s, want %s", got, want)
	}
	if Webhook(secret, append(body, '\n')) == want {
		t.Error("a newline more makes no difference")
	}
}

func TestEqualTakesNothingButTheSame(t *testing.T) {
	digest := Digest(secret, "x")
	for _, other := range []string{"", digest[1:], digest + "0", strings.ToUpper(digest), Digest("other", "x")} {
		if Equal(digest, other) {
			t.Errorf("%q is taken for %q", other, digest)
		}
	}
	if !Equal(digest, strings.Clone(digest)) {
		t.Error("a digest is not itself")
	}
}
