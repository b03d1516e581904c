// Package pusher posts Pusher's webhooks: what gateways and the sessions service have put on the bus about the channels of an app, signed
// with the app's secret, in the order of the bus.
//
// Each address of an app is told by one process at a time, from a place in the stream that it keeps in the notebook: so whoever takes over
// goes on there, and nothing overtakes anything. A receiver that does not answer is tried for five minutes; then what it was to be told is
// dropped, as Pusher does: there are no dead letters of it, for what a channel was like would be wrong by the time that somebody sent it again, and
// would stand after what has happened since. The package refuses to know who is in a channel.
package pusher
