package occupancy

import (
	"cmp"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// Sort sorts members by user.
func Sort(members []*sessionsv1.Member) {
	slices.SortFunc(members, func(a, b *sessionsv1.Member) int { return cmp.Compare(a.GetUser(), b.GetUser()) })
}

// SortStandings sorts standings by channel.
func SortStandings(standings []*sessionsv1.Standing) {
	slices.SortFunc(standings, func(a, b *sessionsv1.Standing) int { return cmp.Compare(a.GetChannel(), b.GetChannel()) })
}
