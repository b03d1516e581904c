// Package mtls is how the services know each other over gRPC: each shows a certificate, and takes only those that the installation's own
// authority has signed. Without certificates there is no encryption either, which is for one machine or a private network.
//
// The files are read at each handshake, so whoever renews them restarts nothing. It refuses to serve half of it: a server that
// shows a certificate and asks for none.
package mtls
