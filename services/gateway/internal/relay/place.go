package relay

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/services/gateway/internal/intake"
)

// place is where a listener is: the sequence of the last event that it has, and which stream that is of, shortened; "" for any.
type place struct {
	seq   uint64
	epoch string
}

// String is the place as an event's id has it: "1234-5e0c1a9f".
func (p place) String() string { return strconv.FormatUint(p.seq, 10) + "-" + p.epoch }

// short is what an id has of a stream's epoch: enough to tell one from the next.
func short(epoch string) string {
	sum := sha256.Sum256([]byte(epoch))
	return hex.EncodeToString(sum[:4])
}

// parsePlace reads a place; a bare number is one of any stream.
func parsePlace(text string) (place, bool) {
	number, epoch, given := strings.Cut(text, "-")
	seq, err := strconv.ParseUint(number, 10, 63)
	if err != nil || given && (len(epoch) != 8 || strings.Trim(epoch, "0123456789abcdef") != "") {
		return place{}, false
	}
	return place{seq, epoch}, true
}

// asked is what a request wants: from where on, if anywhere, and whether it is told what visitors do.
func asked(r *http.Request) (from *place, visitors bool, refusal *intake.Refusal) {
	query := r.URL.Query()
	text, field := r.Header.Get("Last-Event-ID"), "Last-Event-ID"
	if text == "" { // a client that has come again knows better than its first address
		text, field = query.Get("after"), "after"
	}
	if text != "" {
		at, ok := parsePlace(text)
		if !ok {
			return nil, false, intake.Invalid("invalid_after", field+" must be the id of an event of this stream, or 0")
		}
		from = &at
	}
	switch query.Get("include") {
	case "":
	case "visitor":
		visitors = true
	default:
		return nil, false, intake.Invalid("invalid_include", "include must be visitor, or absent")
	}
	return from, visitors, nil
}
