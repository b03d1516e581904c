package signature

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
)

// The query parameters by which a request to the HTTP API is signed.
const (
	ParamKey       = "auth_key"
	ParamTimestamp = "auth_timestamp"
	ParamVersion   = "auth_version"
	ParamBodyMD5   = "body_md5"
	ParamSignature = "auth_signature"
)

// Version is the value of [ParamVersion].
const Version = "1.0"

// Param is a parameter of a request's query, its value as it is meant, not escaped.
type Param struct{ Key, Value string }

// Request signs a request to the HTTP API. See [RequestString] for what its parts are.
func Request(secret, method, path string, params []Param) string {
	return Digest(secret, RequestString(method, path, params))
}

// RequestString is what is signed of a request: its method in upper case, its path as it stands in the request line, and its
// parameters, joined by newlines.
//
// Of the parameters auth_signature is left out; the others are key=value joined by &, keys in lower case, sorted by key. Values are
// not escaped. Those that have the same key, such as two of "ids[]", stay in the order in which they came. Params may be in any order and
// are not changed.
func RequestString(method, path string, params []Param) string {
	signed := make([]Param, 0, len(params))
	for _, p := range params {
		if key := strings.ToLower(p.Key); key != ParamSignature {
			signed = append(signed, Param{key, p.Value})
		}
	}
	slices.SortStableFunc(signed, func(a, b Param) int { return cmp.Compare(a.Key, b.Key) })
	var b strings.Builder
	b.WriteString(strings.ToUpper(method) + "\n" + path + "\n")
	for i, p := range signed {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.Key + "=" + p.Value)
	}
	return b.String()
}

// BodyMD5 is the value of [ParamBodyMD5]: 32 lower-case hex digits. That MD5 can be collided does no harm here: who makes up a body
// has the secret, or the signature does not fit.
func BodyMD5(body []byte) string {
	sum := md5.Sum(body)
	return hex.EncodeToString(sum[:])
}
