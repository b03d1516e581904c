// Package proof checks what a site gives its visitors to prove who they are: a token (JWT, HS256) or the hex HMAC-SHA256 of the
// identity's id, made with a secret that only the site's own servers and Bellhop have.
//
// It proves the id and nothing else that a page says of a visitor. It refuses every algorithm but HS256, tokens that never expire, and
// tokens that two readers could read differently; and it never puts a secret, a token or a hash into an error.
package proof
