package pusher

import (
	"net/url"
	"slices"
	"strings"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
)

// params are those of a query. Libraries escape their values or not, and none of them says which.
type params []signature.Param

// paramsOf splits a query, and leaves everything as it stands in it. net/url would refuse a ; and make a blank of a +.
func paramsOf(query string) (all params) {
	for pair := range strings.SplitSeq(query, "&") {
		if pair != "" {
			key, value, _ := strings.Cut(pair, "=")
			all = append(all, signature.Param{Key: key, Value: value})
		}
	}
	return all
}

// get is the first value of a parameter.
func (p params) get(key string) string {
	for _, param := range p {
		if param.Key == key {
			return param.Value
		}
	}
	return ""
}

// list is every value of a parameter: libraries write a list as info=a,b, as info[]=a&info[]=b or as info[0]=a&info[1]=b.
func (p params) list(key string) string {
	var values []string
	for _, param := range p {
		if base, _, _ := strings.Cut(param.Key, "["); base == key {
			values = append(values, param.Value)
		}
	}
	return strings.Join(values, ",")
}

// reading is how a query may be meant, and what would have been signed of it then.
type reading struct{ signed, meant params }

// readings are unescaped, with + for itself or for a blank; as the query stands, for who signs what he has escaped; and with each list as one
// value, for PHP's library, which signs a=x,y where it sends a[0]=x&a[1]=y.
func (p params) readings() []reading {
	plain, form := p.unescaped(url.PathUnescape), p.unescaped(url.QueryUnescape)
	all := []reading{{plain, plain}, {form, form}, {p, plain}}
	if slices.ContainsFunc(form, func(param signature.Param) bool { return strings.HasSuffix(param.Key, "]") }) {
		all = append(all, reading{form.folded(), form})
	}
	return all
}

func (p params) unescaped(unescape func(string) (string, error)) params {
	made := make(params, len(p))
	for i, param := range p {
		made[i] = param
		if key, err := url.PathUnescape(param.Key); err == nil {
			made[i].Key = key
		}
		if value, err := unescape(param.Value); err == nil {
			made[i].Value = value
		}
	}
	return made
}

// folded has a=x,y for a[0]=x&a[1]=y.
func (p params) folded() (made params) {
	for _, param := range p {
		base, _, listed := strings.Cut(param.Key, "[")
		if last := len(made) - 1; listed && last >= 0 && made[last].Key == base {
			made[last].Value += "," + param.Value
			continue
		}
		made = append(made, signature.Param{Key: base, Value: param.Value})
	}
	return made
}
