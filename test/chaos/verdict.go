package chaos

import (
	"fmt"
	"strings"
)

// verdict is what the checker found of one crowd. All of the first group must be 0.
type verdict struct {
	Lost          int // answered 200 and not in the history, or not on the page
	Duplicated    int // in the history twice by id, or on the page
	Inversions    int // in the history after something younger
	AnswersLost   int // operators' words that the history or the page does not have
	AnswersDouble int // operators' words that the history or the page has twice

	Accepted    int // answered 200
	Unasked     int // in the history without a 200: the answer was lost, and the visitor sent the text again
	Regressions int // statuses that went back on a page

	// Platforms are in the order in which they were checked.
	Platforms []*shown
	details   []string
}

// shown is what was found on one platform. All of the first group must be 0.
type shown struct {
	Name       string
	Lost       int // answered 200, or written by an operator elsewhere, and not there
	Inversions int // there before something that stands before it in the history
	Echoed     int // written by an operator there, and posted there by us
	TooOften   int // repeated more often in one conversation than something was killed

	Repeated int // posts beyond what the history has
	Threads  int // threads beyond one for each visitor
}

func (v *verdict) note(count *int, format string, args ...any) {
	if *count++; len(v.details) < 20 {
		v.details = append(v.details, fmt.Sprintf(format, args...))
	}
}

// broken tells whether a promise was broken.
func (v *verdict) broken() bool {
	sum := v.Lost + v.Duplicated + v.Inversions + v.AnswersLost + v.AnswersDouble
	for _, p := range v.Platforms {
		sum += p.Lost + p.Inversions + p.Echoed + p.TooOften
	}
	return sum > 0
}

func (v *verdict) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "accepted %d, lost %d, duplicated %d, inversions %d, answers lost %d, answers doubled %d | stored without a 200 %d, statuses that went back %d",
		v.Accepted, v.Lost, v.Duplicated, v.Inversions, v.AnswersLost, v.AnswersDouble, v.Unasked, v.Regressions)
	for _, p := range v.Platforms {
		fmt.Fprintf(&text, "\n%s: lost %d, inversions %d, echoed %d, repeated too often %d | posts repeated %d, threads repeated %d",
			p.Name, p.Lost, p.Inversions, p.Echoed, p.TooOften, p.Repeated, p.Threads)
	}
	for _, line := range v.details {
		text.WriteString("\n  " + line)
	}
	return text.String()
}
