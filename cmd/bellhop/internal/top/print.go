package top

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// ANSI is what terminals understand.
const (
	// Clear empties the screen and goes to its top.
	Clear = "\x1b[H\x1b[2J"
	red   = "\x1b[31m"
	plain = "\x1b[0m"
)

// Print writes a view for people. In colour what is wrong is red; otherwise it has a mark.
func (v View) Print(out io.Writer, colour bool) error {
	alarm := func(wrong bool, text string) string {
		switch {
		case !wrong:
			return text
		case colour:
			return red + text + plain
		}
		return text + " !"
	}
	var b strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	line("Bellhop  %s  the last %.1f s  durability %s", v.At.Format(time.TimeOnly), v.Interval, v.Durability)
	line("%s  %s  %s", alarm(v.Ready < v.Processes, fmt.Sprintf("processes ready %.0f of %.0f", v.Ready, v.Processes)),
		alarm(!v.BusUp, map[bool]string{true: "bus up", false: "bus away"}[v.BusUp]),
		alarm(v.Current < v.Replicas, fmt.Sprintf("replicas current %.0f of %.0f", v.Current, v.Replicas)))
	for _, why := range v.Silent {
		line("%s", alarm(true, why))
	}
	line("")
	line("accepted %.1f/s (%.0f)  rejected %.1f/s  rate limited %.1f/s  %s  sockets %.0f", v.Accepted, v.AcceptedTotal, v.Rejected, v.RateLimited,
		alarm(v.Unavailable > 0, fmt.Sprintf("unavailable %.1f/s", v.Unavailable)), v.Sockets)
	line("%s  webhooks refused %.0f", alarm(v.DeadLetters > 0, fmt.Sprintf("dead letters %.0f", v.DeadLetters)), v.Refused)
	line("")
	b.WriteString(v.table(alarm))
	_, err := io.WriteString(out, b.String())
	return err
}

// table are the lists. A mark or a colour stands in the last column only: it would count as width elsewhere.
func (v View) table(alarm func(bool, string) string) string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(format string, args ...any) { _, _ = fmt.Fprintf(t, format+"\n", args...) }
	row("STAGE\tP50\tP99\tCOUNT")
	for _, s := range v.Stages {
		row("%s\t%s\t%s\t%.0f", s.Name, span(s.P50), span(s.P99), s.Count)
	}
	row("")
	row("PLATFORM\tDELIVERED\tTOTAL\tP50\tP99\tLAG\tWAITING\tRATE LIMITED\tFAILED\tCIRCUIT")
	for _, p := range v.Platforms {
		name, circuit := p.Name, "closed"
		if p.Project != "" {
			name = p.Project + "/" + p.Name
		}
		if p.CircuitOpen {
			circuit = "open"
		} else if !p.Held {
			circuit = "nobody delivers"
		}
		row("%s\t%.1f/s\t%.0f\t%s\t%s\t%s\t%.0f\t%.0f\t%.0f\t%s", name, p.Delivered, p.DeliveredTotal, span(p.Delivery.P50), span(p.Delivery.P99),
			span(p.Lag), p.Waiting, p.RateLimited, p.Failed, alarm(p.CircuitOpen || !p.Held, circuit))
	}
	for _, d := range v.Webhooks {
		row("%s\t%.1f/s\t\t\t\t%s\t%.0f\t\t\t%s", d.Name, d.Delivered, span(d.Oldest), d.Waiting, alarm(d.Disabled, map[bool]string{true: "disabled", false: "on"}[d.Disabled]))
	}
	row("")
	row("CONSUMER\tWAITING\tUNSETTLED")
	for _, c := range v.Consumers {
		row("%s\t%.0f\t%.0f", c.Name, c.Waiting, c.Unsettled)
	}
	_ = t.Flush() // into memory
	return b.String()
}

// span is seconds for people; a dash for none.
func span(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d <= 0:
		return "-"
	case d < time.Millisecond:
		return d.Round(10 * time.Microsecond).String()
	case d < time.Second:
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}
