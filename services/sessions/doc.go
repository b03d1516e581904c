// Package sessions is the service that owns state: it projects the bus onto a store and answers questions over gRPC.
//
// Run starts it, alone or beside the other services in one process. It refuses to speak HTTP to the public and to talk to
// a platform.
package sessions
