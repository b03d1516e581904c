package discord

import (
	"fmt"
	"strings"
)

// minPart is the least that a part may hold: more than any link, with its style.
const minPart = maxLink + 64

// NumberRoom is how much longer Numbered may make a text, in code points.
const NumberRoom = 20

// Split cuts the text into parts of at most limit code points (MaxContent, MaxDescription, or somewhat less), after a line's end or a
// space where there is one in the second half. Formatting goes on in the next part. What the parts show is together what the
// text shows, without parts of nothing but spaces, which Discord refuses.
func (t *Text) Split(limit int) []string {
	limit = max(limit, minPart)
	var parts []string
	for rest := t.atoms; len(rest) > 0; {
		end := cut(rest, limit)
		piece := rest[:end]
		if !blank(piece) {
			parts = append(parts, render(piece))
		}
		rest = rest[end:]
	}
	return parts
}

// Numbered marks each of several parts with its place among them. One part is left alone.
func Numbered(parts []string) []string {
	if len(parts) < 2 {
		return parts
	}
	numbered := make([]string, len(parts))
	for i, part := range parts {
		numbered[i] = fmt.Sprintf("%s\n-# %d/%d", part, i+1, len(parts))
	}
	return numbered
}

// cut is how many atoms make the first part.
func cut(atoms []atom, limit int) int {
	end, _ := fit(atoms, limit)
	if end = max(end, 1); end == len(atoms) {
		return end
	}
	half, _ := fit(atoms[:end], limit/2)
	for _, ends := range []string{"\n", " \t"} {
		for i := end; i > half; i-- {
			if strings.ContainsAny(atoms[i-1].shown, ends) && len(atoms[i-1].shown) == 1 {
				return i
			}
		}
	}
	return end
}

// fit is how many atoms are no longer than limit when they are rendered, and how long those are.
func fit(atoms []atom, limit int) (n, length int) {
	written := 0 // without the end of the present style
	var now style
	for i, a := range atoms {
		more := points(a.out)
		if a.style != now {
			more += points(now.close) + points(a.style.open)
		}
		if written+more+points(a.style.close) > limit {
			return i, written + points(now.close)
		}
		written += more
		now = a.style
	}
	return len(atoms), written + points(now.close)
}

func blank(atoms []atom) bool {
	for _, a := range atoms {
		if strings.TrimSpace(a.shown) != "" {
			return false
		}
	}
	return true
}
