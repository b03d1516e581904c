// Package auth keeps who may use the bus: a key for each user, and what the servers are told of it. A directory holds the seeds, which
// only their users need, a list of who there is, and the configuration that NATS servers include. Neither of the last two is a secret.
//
// It refuses to overwrite a key, and to know what anybody may do: that is package bus's.
package auth
