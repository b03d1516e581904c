package discord

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"
)

var now = time.Unix(1795000000, 0)

// signer is Discord's side.
func signer(t testing.TB) (*Verifier, func(at time.Time, body string) http.Header) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	v, err := NewVerifier(hex.EncodeToString(public))
	if err != nil {
		t.Fatal(err)
	}
	return v, func(at time.Time, body string) http.Header {
		stamp := strconv.FormatInt(at.Unix(), 10)
		h := http.Header{}
		h.Set("x-signature-ed25519", hex.EncodeToString(ed25519.Sign(private, []byte(stamp+body))))
		h.Set("x-signature-timestamp", stamp)
		return h
	}
}

func TestOnlyWhatDiscordSignedJustNowIsBelieved(t *testing.T) {
	v, sign := signer(t)
	const body = `{"type":1}`
	for name, test := range map[string]struct {
		change func(http.Header)
		body   string
		at     time.Time
		want   error
	}{
		"right":             {nil, body, now, nil},
		"a little old":      {nil, body, now.Add(-signedWithin), nil},
		"clock behind":      {nil, body, now.Add(signedWithin), nil},
		"too old":           {nil, body, now.Add(-signedWithin - time.Second), ErrStale},
		"from the future":   {nil, body, now.Add(signedWithin + time.Second), ErrStale},
		"another body":      {nil, body + " ", now, ErrSignature},
		"no signature":      {func(h http.Header) { h.Del(headerSignature) }, body, now, ErrUnsigned},
		"no timestamp":      {func(h http.Header) { h.Del(headerTimestamp) }, body, now, ErrUnsigned},
		"two signatures":    {func(h http.Header) { h.Add(headerSignature, "00") }, body, now, ErrUnsigned},
		"no digits":         {func(h http.Header) { h.Set(headerSignature, "xyz") }, body, now, ErrSignature},
		"too short":         {func(h http.Header) { h.Set(headerSignature, "00ff") }, body, now, ErrSignature},
		"another timestamp": {func(h http.Header) { h.Set(headerTimestamp, "1795000001") }, body, now, ErrSignature},
		"all zeros":         {func(h http.Header) { h.Set(headerSignature, hex.EncodeToString(make([]byte, 64))) }, body, now, ErrSignature},
		"one bit is different": {func(h http.Header) {
			b, _ := hex.DecodeString(h.Get(headerSignature))
			b[10] ^= 1
			h.Set(headerSignature, hex.EncodeToString(b))
		}, body, now, ErrSignature},
	} {
		h := sign(test.at, body)
		if test.change != nil {
			test.change(h)
		}
		if err := v.Verify(h, []byte(test.body), now); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestSignedTimestampThatIsNoNumberIsStale(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(nil)
	v, err := NewVerifier(hex.EncodeToString(public))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	h.Set(headerTimestamp, "soon")
	h.Set(headerSignature, hex.EncodeToString(ed25519.Sign(private, []byte("soonx"))))
	if err := v.Verify(h, []byte("x"), now); !errors.Is(err, ErrStale) {
		t.Fatal(err)
	}
}

func TestKeyMustBeOne(t *testing.T) {
	for _, key := range []string{"", "xyz", "00ff"} {
		if v, err := NewVerifier(key); err == nil || v != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	v, sign := signer(f)
	good := sign(now, "body")
	f.Add(good.Get(headerSignature), good.Get(headerTimestamp), []byte("body"))
	f.Add("", "1795000000", []byte("x"))
	f.Fuzz(func(t *testing.T, signature, stamp string, body []byte) {
		h := http.Header{}
		h.Set(headerSignature, signature)
		h.Set(headerTimestamp, stamp)
		if err := v.Verify(h, body, now); err == nil && (stamp != good.Get(headerTimestamp) || string(body) != "body") {
			t.Fatalf("believed %q %q %q", signature, stamp, body)
		}
	})
}
