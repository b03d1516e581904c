package proof

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Proof is what an identity comes with.
type Proof struct {
	// Token is a JWT whose sub is the identity's id.
	Token string
	// Hash is the HMAC-SHA256 of the identity's id in hex. It counts when there is no token: it never expires.
	Hash string
}

// Verifier checks proofs for one site.
type Verifier struct {
	secrets [][]byte
	keys    jwt.VerificationKeySet
	parser  *jwt.Parser
}

// leeway is how far the clocks of a site and of Bellhop may be apart.
const leeway = 30 * time.Second

// New makes a verifier; nil for a site without secrets, which cannot prove anything.
func New(c Config) *Verifier { return at(c, time.Now) }

func at(c Config, now func() time.Time) *Verifier {
	if len(c.Secrets) == 0 {
		return nil
	}
	v := &Verifier{parser: jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(leeway), jwt.WithStrictDecoding(), jwt.WithTimeFunc(now))}
	for _, secret := range c.Secrets {
		v.secrets = append(v.secrets, []byte(secret))
		v.keys.Keys = append(v.keys.Keys, []byte(secret))
	}
	return v
}

// Check tells why a proof does not prove that somebody is the identity of that id: ErrMissing, ErrMalformed, ErrWrong, ErrExpired,
// ErrEarly or ErrOther; nil when it does.
func (v *Verifier) Check(id string, p Proof) error {
	switch {
	case p.Token != "":
		return v.token(id, p.Token)
	case p.Hash != "":
		return v.hash(id, p.Hash)
	default:
		return ErrMissing
	}
}

func (v *Verifier) hash(id, given string) error {
	if len(given) != hex.EncodedLen(sha256.Size) {
		return ErrMalformed
	}
	sum, err := hex.DecodeString(given)
	if err != nil {
		return ErrMalformed
	}
	for _, secret := range v.secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(id))
		if hmac.Equal(sum, mac.Sum(nil)) {
			return nil
		}
	}
	return ErrWrong
}
