package pusher

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
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

// verify says who calls, and reads the body.
func (s *Server) verify(w http.ResponseWriter, r *http.Request) (call, *intake.Refusal) {
	most := int64(bodyFrame + 12*s.MaxPayload)
	p := paramsOf(r.URL.RawQuery)
	if f := s.known(p.readings()[0].meant); f != nil {
		s.metrics.unverified.Inc()
		drain(w, r, most)
		return call{}, f
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if over := new(http.MaxBytesError); errors.As(err, &over) {
		return call{}, tooLarge(fmt.Sprintf("the body has more than %d bytes", over.Limit))
	}
	if err != nil {
		return call{}, invalid("the body cannot be read")
	}
	meant, f := s.signed(r, p, body)
	if f != nil {
		s.metrics.unverified.Inc()
	}
	return call{meant, body, r}, f
}

// drain reads the body of a call that is refused whatever it says, as far as a body may go: what is left unread costs the caller the connection.
func drain(w http.ResponseWriter, r *http.Request, most int64) {
	_, _ = io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, most)) // it is refused anyway
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

// signed checks the body's digest and the signature, in every way in which the libraries may have meant the parameters, and answers what they
// mean.
func (s *Server) signed(r *http.Request, p params, body []byte) (params, *intake.Refusal) {
	readings := p.readings()
	plain := readings[0].meant
	digest, given := plain.get(signature.ParamBodyMD5), plain.get(signature.ParamSignature)
	if digest == "" && len(body) > 0 {
		return nil, unauthorized("missing parameter body_md5")
	}
	if digest != "" && !signature.Equal(digest, signature.BodyMD5(body)) {
		return nil, unauthorized("body_md5 is not that of the body")
	}
	path := r.URL.EscapedPath()
	paths := []string{path}
	if s.PathPrefix != "" {
		paths = append(paths, s.PathPrefix+path)
	}
	for _, path := range paths {
		for _, reading := range readings {
			if signature.Equal(given, signature.Request(s.Secret, r.Method, path, reading.signed)) {
				return reading.meant, nil
			}
		}
	}
	return nil, unauthorized(fmt.Sprintf("the signature is wrong: expected HMAC SHA256 hex digest of %q, but got %.200q",
		signature.RequestString(r.Method, path, plain), given))
}
