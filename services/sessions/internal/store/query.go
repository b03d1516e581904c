package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
)

// MaxLimit is the largest page of messages or sessions.
const MaxLimit = 100

// ErrLimit says that a page was asked for that is not 1 to MaxLimit long.
var ErrLimit = errors.New("page limit out of range")

// CheckLimit wraps ErrLimit when a page of that length can't be asked for.
func CheckLimit(limit int) error {
	if limit < 1 || limit > MaxLimit {
		return fmt.Errorf("%w: %d is not 1 to %d", ErrLimit, limit, MaxLimit)
	}
	return nil
}

// Page orders what a store found for a query and cuts it to the limit: by content_seq from the oldest with ContentAfter, in the
// order of the conversation from the oldest with Oldest and AfterID (when that message is known), and else to the newest. A store may
// hand over more than it needs to, never less than limit+1 where there are as many.
func (q Query) Page(found []*sessionsv1.MessageRecord, known bool) (page []*sessionsv1.MessageRecord, more bool) {
	if q.ContentAfter != nil {
		slices.SortFunc(found, func(a, b *sessionsv1.MessageRecord) int {
			return cmp.Or(cmp.Compare(a.GetContentSeq(), b.GetContentSeq()), cmp.Compare(a.GetMessage().GetId(), b.GetMessage().GetId()))
		})
	} else {
		slices.SortFunc(found, func(a, b *sessionsv1.MessageRecord) int {
			return cmp.Or(cmp.Compare(a.GetCreatedSeq(), b.GetCreatedSeq()), cmp.Compare(a.GetMessage().GetId(), b.GetMessage().GetId()))
		})
	}
	switch {
	case len(found) <= q.Limit:
		return found, false
	case q.ContentAfter != nil, q.Oldest, q.AfterID != "" && known:
		return found[:q.Limit], true
	default:
		return found[len(found)-q.Limit:], true
	}
}
