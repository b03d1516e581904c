// Package access decides who may call the API: holders of the key of the environment, or of one that was made by `bellhop key create`.
// It refuses to trust what it knew half a second ago, so a key that is revoked opens nothing within a second at any gateway.
package access
