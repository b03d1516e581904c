package occupancy

import (
	"context"
	"errors"
	"time"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

const (
	// Lease is how long what a gateway reported stands after its last renewal.
	Lease = 10 * time.Second
	// Settling is how long a state takes, over a lease, until all gateways that there are have reported to it.
	Settling = 2 * time.Second
	// Hidden begins the names of channels that are never listed: those that tell which users are signed in.
	Hidden = "#"
)

var (
	// ErrNoLease says that a gateway has no lease: what it reported before, if it did, has been taken back, or is not all known any more.
	ErrNoLease = errors.New("the gateway has no lease")
	// ErrLate says that a later report of the gateway was taken.
	ErrLate = errors.New("the report is late")
)

// Change is what happened to one channel. Its roster is sorted by user.
type Change struct {
	App, Channel string
	Roster       *sessionsv1.Roster
}

// Store keeps who is where. It is safe for concurrent use. Each change of a channel is answered once, to whoever caused it; those that are
// answered beside an error have happened too.
//
// Versions are microseconds since 1970 when an app's state began, and one more with each change in the app: a state that
// was lost begins above where it ended.
//
// What was lost may also be the last second alone. Gateways say what they have seen, and when one has seen more than there is, the state begins
// anew with what it holds: each gateway's next lease is fresh, and what it does not report under it is taken back.
type Store interface {
	// Renew begins or keeps a lease. One that has run out and was not taken back yet goes on, with all that was reported under it.
	// What webhooks are to be told of the app holds for HooksFor; nil changes nothing.
	Renew(ctx context.Context, req *sessionsv1.RenewRequest) (*sessionsv1.RenewResponse, []Change, error)
	// Report takes moves, all or none of them: each channel once, and each user once in a move. The first of a channel after a fresh lease is
	// all that the gateway has of it. ErrNoLease, ErrLate.
	Report(ctx context.Context, req *sessionsv1.ReportRequest) ([]*sessionsv1.Standing, []Change, error)
	// Look answers how channels stand, in their order.
	Look(ctx context.Context, app string, channels []string, members bool) ([]*sessionsv1.Standing, error)
	// Occupied answers the channels that somebody is in and whose names begin so, by name, without those that are Hidden. It is not one
	// moment's picture.
	Occupied(ctx context.Context, app, prefix string) ([]*sessionsv1.Standing, error)
	// Expire takes back what was reported under leases that have run out, in all apps. Several may do so at once.
	Expire(ctx context.Context) ([]Change, error)
	// News answers what webhooks are to be told, of each app that has some: it is noted with the change that it comes from. A leaving
	// becomes news after Grace, and not before the state has settled, and none when the channel or the user is back by then: neither
	// that is told. Several may ask at once, and are answered the same.
	News(ctx context.Context) ([]News, error)
	// Told forgets the first n batches of some news, unless that was done.
	Told(ctx context.Context, news News, n int) error
	// Close releases what the store holds.
	Close() error
}
