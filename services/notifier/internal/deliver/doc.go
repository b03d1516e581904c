// Package deliver brings conversations to a platform, whichever it is: one durable consumer per platform, run by whoever holds
// the lease of the platform's bot, with a lane per session.
//
// An event of the bus only wakes a lane. What is to be done is what the sessions service lists as pending for that session and
// platform; it is worked off in order, one call after another, each reported to the bus before the next. So a redelivery sends
// nothing twice, a burst may be joined, and a backlog heals itself. While the platform's budget lets a lane wait, the
// visitor's texts that gather are joined into one post.
//
// It refuses to know any platform: formatting, calls and the meaning of an error are a Platform's. It keeps nothing that the
// bus could not give back: what it remembers of a session only saves calls.
package deliver
