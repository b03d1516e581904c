// Package pusher speaks the Pusher Channels protocol: WebSockets at /app/{key} for pusher-js and its kin, and the HTTP API at /apps/{id}
// for backends. What is published to a channel travels over the bus to all gateways, each of which tells its own sockets.
//
// Who is in a channel is kept by the sessions service: each gateway reports what it holds, and hears from there what others do. A channel's last
// event, for the kinds that keep one, is in the bus's cache. So this package keeps nothing that outlives its sockets.
//
// Where servers of this protocol differ it does as Pusher's own. It refuses to look into the data of an event, and to sign for anybody: the
// endpoints that authorise subscriptions are the customer's.
package pusher
