package proof

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var (
	secret = strings.Repeat("s", minSecret)
	former = strings.Repeat("f", minSecret)
	noon   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	site   = at(Config{Secrets: []string{secret, former}}, func() time.Time { return noon })
)

// signed writes a token by hand: libraries refuse to write most of the bad ones.
func signed(key, header, claims string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac(key, text))
}

func mac(key, text string) []byte {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return m.Sum(nil)
}

const hs256 = `{"alg":"HS256","typ":"JWT"}`

// claims are those of ada, from one instant to another, relative to noon.
func claims(more string, exp time.Duration) string {
	return fmt.Sprintf(`{"sub":"ada","exp":%d%s}`, noon.Add(exp).Unix(), more)
}

func instant(name string, d time.Duration) string {
	return fmt.Sprintf(`,%q:%d`, name, noon.Add(d).Unix())
}

func TestTokenProvesItsIdentityAndOnlyThat(t *testing.T) {
	good := signed(secret, hs256, claims("", time.Hour))
	for name, c := range map[string]struct {
		token string
		want  error
	}{
		"good":                    {good, nil},
		"of the secret before":    {signed(former, hs256, claims("", time.Hour)), nil},
		"without typ":             {signed(secret, `{"alg":"HS256"}`, claims("", time.Hour)), nil},
		"with what else it says":  {signed(secret, hs256, claims(`,"email":"a@b.c","roles":["x"],"aud":"shop"`, time.Hour)), nil},
		"expired within leeway":   {signed(secret, hs256, claims("", -leeway+time.Second)), nil},
		"issued within leeway":    {signed(secret, hs256, claims(instant("iat", leeway-time.Second)+instant("nbf", leeway-time.Second), time.Hour)), nil},
		"none":                    {"", ErrMissing},
		"other secret":            {signed(strings.Repeat("x", minSecret), hs256, claims("", time.Hour)), ErrWrong},
		"other secret, expired":   {signed(strings.Repeat("x", minSecret), hs256, claims("", -time.Hour)), ErrWrong},
		"no signature":            {good[:strings.LastIndexByte(good, '.')+1], ErrWrong},
		"alg none":                {signed(secret, `{"alg":"none"}`, claims("", time.Hour)), ErrWrong},
		"alg none, unsigned":      {unsigned(`{"alg":"none"}`), ErrWrong},
		"alg NONE, unsigned":      {unsigned(`{"alg":"NONE"}`), ErrWrong},
		"alg in other letters":    {signed(secret, `{"alg":"hs256"}`, claims("", time.Hour)), ErrWrong},
		"alg a number":            {signed(secret, `{"alg":256}`, claims("", time.Hour)), ErrWrong},
		"no alg":                  {signed(secret, `{}`, claims("", time.Hour)), ErrWrong},
		"HS512 of the secret":     {by(jwt.SigningMethodHS512, []byte(secret)), ErrWrong},
		"RS256":                   {by(jwt.SigningMethodRS256, rsaKey()), ErrWrong},
		"says RS256, is HS256":    {signed(secret, `{"alg":"RS256"}`, claims("", time.Hour)), ErrWrong},
		"key named in the header": {signed("k", `{"alg":"HS256","jwk":{"kty":"oct","k":"aw"},"kid":"../../dev/null"}`, claims("", time.Hour)), ErrWrong},
		"critical extension":      {signed(secret, `{"alg":"HS256","crit":["b64"],"b64":false}`, claims("", time.Hour)), ErrMalformed},
		"expired":                 {signed(secret, hs256, claims("", -leeway-time.Second)), ErrExpired},
		"never expires":           {signed(secret, hs256, `{"sub":"ada"}`), ErrMalformed},
		"expires at 0":            {signed(secret, hs256, `{"sub":"ada","exp":0}`), ErrMalformed},
		"expires at null":         {signed(secret, hs256, `{"sub":"ada","exp":null}`), ErrMalformed},
		"expires as a text":       {signed(secret, hs256, fmt.Sprintf(`{"sub":"ada","exp":"%d"}`, noon.Add(time.Hour).Unix())), ErrMalformed},
		"expires in milliseconds": {signed(secret, hs256, fmt.Sprintf(`{"sub":"ada","exp":%d}`, noon.Add(time.Hour).UnixMilli())), ErrMalformed},
		"expires at 1e300":        {signed(secret, hs256, `{"sub":"ada","exp":1e300}`), ErrMalformed},
		"expires at 1e309":        {signed(secret, hs256, `{"sub":"ada","exp":1e309}`), ErrMalformed},
		"not before, ahead":       {signed(secret, hs256, claims(instant("nbf", leeway+time.Second), time.Hour)), ErrEarly},
		"issued ahead":            {signed(secret, hs256, claims(instant("iat", leeway+time.Second), time.Hour)), ErrEarly},
		"not before as a text":    {signed(secret, hs256, claims(`,"nbf":"x"`, time.Hour)), ErrMalformed},
		"another's":               {signed(secret, hs256, strings.Replace(claims("", time.Hour), "ada", "eve", 1)), ErrOther},
		"in other letters":        {signed(secret, hs256, strings.Replace(claims("", time.Hour), "ada", "Ada", 1)), ErrOther},
		"nobody's":                {signed(secret, hs256, strings.Replace(claims("", time.Hour), "ada", "", 1)), ErrMalformed},
		"no sub":                  {signed(secret, hs256, strings.Replace(claims("", time.Hour), "sub", "Sub", 1)), ErrMalformed},
		"sub a list":              {signed(secret, hs256, strings.Replace(claims("", time.Hour), `"ada"`, `["ada"]`, 1)), ErrMalformed},
		"sub twice":               {signed(secret, hs256, claims(`,"sub":"ada"`, time.Hour)), ErrMalformed},
		"sub twice, escaped":      {signed(secret, hs256, claims(`,"\u0073ub":"eve"`, time.Hour)), ErrMalformed},
		"exp twice":               {signed(secret, hs256, claims(instant("exp", 2*time.Hour), time.Hour)), ErrMalformed},
		"alg twice":               {signed(secret, `{"alg":"none","alg":"HS256"}`, claims("", time.Hour)), ErrMalformed},
		"claims null":             {signed(secret, hs256, `null`), ErrMalformed},
		"claims a list":           {signed(secret, hs256, `[]`), ErrMalformed},
		"more after the claims":   {signed(secret, hs256, claims("", time.Hour)+`{}`), ErrMalformed},
		"truncated":               {good[:len(good)-1], ErrMalformed},
		"truncated by three":      {good[:len(good)-3], ErrWrong},
		"truncated by half":       {good[:len(good)/2], ErrMalformed},
		"two parts":               {good[:strings.LastIndexByte(good, '.')], ErrMalformed},
		"four parts":              {good + ".x", ErrMalformed},
		"five parts (JWE)":        {"a.b.c.d.e", ErrMalformed},
		"padded":                  {good + "=", ErrMalformed},
		"line break":              {good + "\n", ErrMalformed},
		"line break within":       {good[:len(good)-3] + "\n" + good[len(good)-3:], ErrMalformed},
		"with a scheme":           {"Bearer " + good, ErrMalformed},
		"huge":                    {signed(secret, hs256, claims(`,"x":"`+strings.Repeat("x", maxToken)+`"`, time.Hour)), ErrMalformed},
		"deep":                    {signed(secret, hs256, claims(`,"x":`+strings.Repeat("[", 2000)+strings.Repeat("]", 2000), time.Hour)), nil},
		"not base64":              {"!.!.!", ErrMalformed},
		"dots":                    {"..", ErrMalformed},
		"a hash":                  {hex.EncodeToString(mac(secret, "ada")), ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			err := site.Check("ada", Proof{Token: c.token})
			if !errors.Is(err, c.want) {
				t.Fatalf("answered %v, want %v", err, c.want)
			}
			if err != nil && c.token != "" && (strings.Contains(err.Error(), c.token) || strings.Contains(err.Error(), secret)) {
				t.Errorf("the error repeats it: %v", err)
			}
		})
	}
}

// unsigned is a token with an empty signature.
func unsigned(header string) string {
	token := signed(secret, header, claims("", time.Hour))
	return token[:strings.LastIndexByte(token, '.')+1]
}

func by(method jwt.SigningMethod, key any) string {
	token, err := jwt.NewWithClaims(method, jwt.MapClaims{"sub": "ada", "exp": noon.Add(time.Hour).Unix()}).SignedString(key)
	if err != nil {
		panic(err)
	}
	return token
}

func rsaKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func TestTokenOfALibraryIsTaken(t *testing.T) {
	if err := site.Check("ada", Proof{Token: by(jwt.SigningMethodHS256, []byte(secret))}); err != nil {
		t.Error(err)
	}
}

func FuzzToken(f *testing.F) {
	good := signed(secret, hs256, claims("", time.Hour))
	for _, seed := range []string{"", "..", good, good[:40], unsigned(`{"alg":"none"}`), signed(secret, `{"alg":"HS256","crit":[]}`, claims("", time.Hour)),
		signed(secret, hs256, claims(`,"sub":"eve"`, time.Hour)), "a.b.c", strings.Repeat("e30.", 100)} {
		f.Add("ada", seed)
	}
	f.Fuzz(func(t *testing.T, id, token string) {
		err := site.Check(id, Proof{Token: token})
		if err != nil {
			return
		}
		text, signature, _ := strings.Cut(token[strings.IndexByte(token, '.')+1:], ".")
		text = token[:strings.IndexByte(token, '.')+1] + text
		given, bad := base64.RawURLEncoding.DecodeString(signature)
		if bad != nil || !hmac.Equal(given, mac(secret, text)) && !hmac.Equal(given, mac(former, text)) {
			t.Errorf("%q was taken for %q without the site's signature", token, id)
		}
	})
}

// FuzzClaims signs whatever is claimed: what the site says is read in one way only.
func FuzzClaims(f *testing.F) {
	for _, seed := range []string{claims("", time.Hour), claims(`,"sub":"eve"`, time.Hour), `{"sub":"ada","exp":1e300}`, `null`, `{}`, claims(`,"nbf":-1`, time.Hour), claims(`,"exp":1`, time.Hour)} {
		f.Add(hs256, seed)
	}
	f.Fuzz(func(t *testing.T, header, claims string) {
		token := signed(secret, header, claims)
		if site.Check("ada", Proof{Token: token}) != nil {
			return
		}
		if !strings.Contains(header, "HS256") && !strings.Contains(header, `\u`) {
			t.Errorf("header %q was taken", header)
		}
		if err := site.Check("eve", Proof{Token: token}); !errors.Is(err, ErrOther) {
			t.Errorf("%q is ada's and, for eve, %v", claims, err)
		}
	})
}
