// Package hook says what Pusher's webhooks are told, as it travels on the bus and as receivers read it: the services that notice something
// and the one that posts it must agree. It refuses to know of signatures, addresses and queues.
package hook
