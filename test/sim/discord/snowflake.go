package discord

import (
	"cmp"
	"strconv"
	"time"
)

// epochMS is the first millisecond of Discord's own era, 2015-01-01 UTC.
const epochMS = 1420070400000

// newID returns a snowflake later than all before it, with the clock's time in it. 4096 of them fit into a millisecond;
// on a clock that stands still the time part runs ahead.
func (w *world) newID(now time.Time) string {
	ms := max(now.UnixMilli()-epochMS, w.LastMS)
	if ms > w.LastMS {
		w.LastMS, w.Increment = ms, 0
	} else if w.Increment++; w.Increment == 4096 {
		w.LastMS, w.Increment = ms+1, 0
	}
	return strconv.FormatInt(w.LastMS<<22|1<<17|w.Increment, 10)
}

// idTime is when a snowflake was made.
func idTime(id string) time.Time {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n>>22 + epochMS)
}

// compareIDs orders snowflakes by age.
func compareIDs(a, b string) int {
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return cmp.Compare(a, b)
}

// isID says whether a text can be a snowflake.
func isID(text string) bool {
	n, err := strconv.ParseUint(text, 10, 64)
	return err == nil && n > 0 && text[0] != '+' && text[0] != '0'
}
