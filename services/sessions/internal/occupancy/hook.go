package occupancy

import "time"

const (
	// Grace is how long after somebody has left webhooks are told: who is back by then has not been away.
	Grace = 3 * time.Second
	// HooksFor is how long it holds that webhooks are to be told of an app.
	HooksFor = time.Hour
	// CountsAtOnce is up to how many sockets every change of their number is told at once; beyond, every CountEvery.
	CountsAtOnce = 100
	CountEvery   = 5 * time.Second
	// Presence begins the names of channels whose sockets are not counted for webhooks: their members are told.
	Presence = "presence-"
	// MaxNews is how many batches of an app may wait to be told; of more, the oldest are dropped.
	MaxNews = 10_000
)

// Happening is what webhooks are told. Its text is how Redis writes it.
type Happening string

// What happens to channels, and to their users.
const (
	Occupied Happening = "o"
	Vacated  Happening = "v"
	Added    Happening = "+"
	Removed  Happening = "-"
	Counted  Happening = "c"
)

// Hook is something that webhooks are to be told.
type Hook struct {
	What    Happening
	Channel string
	User    string // of Added and Removed
	Sockets int64  // of Counted
}

// News is what webhooks are to be told of an app next. A batch never changes, so it can be told again after whatever went wrong.
type News struct {
	App, Project string
	// Batches in order, and the number of the first. Together with Began it is no other's, not even after the state was lost.
	Batches [][]Hook
	First   uint64
	Began   uint64
	// Lost is how many batches were dropped since there was news before: nobody told them for too long.
	Lost uint64
}
