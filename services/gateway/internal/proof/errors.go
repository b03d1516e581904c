package proof

import "errors"

var (
	// ErrMissing says that there is no proof.
	ErrMissing = errors.New("neither token nor userHash is given")
	// ErrMalformed says that the proof cannot be read, or lacks what it must say.
	ErrMalformed = errors.New("this is no token with sub, a text, and exp, in seconds, signed with HS256, nor 64 hex digits")
	// ErrWrong says that no secret of the site has made it, or not with HS256.
	ErrWrong = errors.New("the signature is not the site's")
	// ErrExpired says that the token's time is over.
	ErrExpired = errors.New("the token has expired")
	// ErrEarly says that the token's time has not begun: its nbf or iat lies ahead.
	ErrEarly = errors.New("the token is not valid yet")
	// ErrOther says that the token is another identity's.
	ErrOther = errors.New("the token's sub is not the identity's id")
)
