package pusher

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bellhop-chat/bellhop/sdk/channels/signature"
	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

const (
	// clockWindow is how far a request's time may be from ours, either way.
	clockWindow = 600 * time.Second
	// bodyFrame is how large a body may be beside its events' data.
	bodyFrame = 1 << 20
)

// params are those of a query, as they stand in it. Libraries escape their values or not, and none of them says which.
type params []signature.Param

// paramsOf splits a query. net/url would refuse a ; and make a blank of a +.
func paramsOf(query string) (all params) {
	for pair := range strings.SplitSeq(query, "&") {
		if pair != "" {
			key, value, _ := strings.Cut(pair, "=")
			all = append(all, signature.Param{Key: key, Value: value})
		}
	}
	return all
}

// get is a value, unescaped.
func (p params) get(key string) string {
	for _, param := range p {
		if param.Key == key {
			return unescaped(param.Value)
		}
	}
	return ""
}

// readings are what the values may mean: unescaped, with + for itself or for a blank, or just as they stand.
func (p params) readings() []params {
	read := func(unescape func(string) (string, error)) params {
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
	return []params{read(url.PathUnescape), read(url.QueryUnescape), p}
}

// verify says who calls, and reads the body.
func (s *Server) verify(w http.ResponseWriter, r *http.Request, p params) ([]byte, *intake.Refusal) {
	if f := s.known(p); f != nil {
		s.metrics.unverified.Inc()
		return nil, f
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(bodyFrame+12*s.MaxPayload)))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return nil, &intake.Refusal{Status: http.StatusRequestEntityTooLarge, Code: "too_large", Text: fmt.Sprintf("the body has more than %d bytes", tooLarge.Limit)}
	}
	if err != nil {
		return nil, invalid("the body cannot be read")
	}
	if f := s.signed(r, p, body); f != nil {
		s.metrics.unverified.Inc()
		return nil, f
	}
	return body, nil
}

func unauthorized(text string) *intake.Refusal {
	return &intake.Refusal{Status: http.StatusUnauthorized, Code: "unauthorized", Text: text}
}

// known checks what can be checked without the body.
func (s *Server) known(p params) *intake.Refusal {
	for _, key := range []string{signature.ParamKey, signature.ParamTimestamp, signature.ParamVersion, signature.ParamSignature} {
		if p.get(key) == "" {
			return unauthorized("missing parameter " + key)
		}
	}
	if key := p.get(signature.ParamKey); key != s.Key {
		return unauthorized(fmt.Sprintf("auth_key %.100q is not this app's", key))
	}
	if version := p.get(signature.ParamVersion); version != signature.Version {
		return unauthorized(fmt.Sprintf("auth_version is %.20q, and must be %s", version, signature.Version))
	}
	stamp, err := strconv.ParseInt(p.get(signature.ParamTimestamp), 10, 64)
	if err != nil {
		return unauthorized("auth_timestamp must be seconds since 1970")
	}
	now := time.Now()
	if off := now.Sub(time.Unix(stamp, 0)); off.Abs() >= clockWindow {
		return unauthorized(fmt.Sprintf("auth_timestamp %d is not within 600 seconds of this server's time, %d: check both clocks", stamp, now.Unix()))
	}
	return nil
}

// signed checks the body's digest and the signature, in every way in which the libraries may have meant the values.
func (s *Server) signed(r *http.Request, p params, body []byte) *intake.Refusal {
	digest := p.get(signature.ParamBodyMD5)
	if digest == "" && len(body) > 0 {
		return unauthorized("missing parameter body_md5")
	}
	if digest != "" && !signature.Equal(digest, signature.BodyMD5(body)) {
		return unauthorized("body_md5 is not that of the body")
	}
	given := p.get(signature.ParamSignature)
	path := r.URL.EscapedPath()
	paths := []string{path}
	if s.PathPrefix != "" {
		paths = append(paths, s.PathPrefix+path)
	}
	readings := p.readings()
	for _, path := range paths {
		for _, reading := range readings {
			if signature.Equal(given, signature.Request(s.Secret, r.Method, path, reading)) {
				return nil
			}
		}
	}
	return unauthorized(fmt.Sprintf("the signature is wrong: expected HMAC SHA256 hex digest of %q, but got %.200q",
		signature.RequestString(r.Method, path, readings[0]), given))
}
