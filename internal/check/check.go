package check

// Status is how bad a finding is.
type Status string

// The statuses, from good to bad.
const (
	// OK: it is as it should be.
	OK Status = "ok"
	// Warning: it works, and something that people expect does not.
	Warning Status = "warning"
	// Problem: it does not work.
	Problem Status = "problem"
)

// Finding is one thing that was looked at.
type Finding struct {
	// Part is telegram, discord, slack, webhook, bus, clock and the like.
	Part string `json:"part"`
	// Check is what was looked at: "token", "topics".
	Check  string `json:"check"`
	Status Status `json:"status"`
	// Detail is what was found, and Fix what to do about it; empty for OK.
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"`
}

// Report gathers the findings of one part.
type Report struct {
	part     string
	findings []Finding
}

// NewReport begins a report.
func NewReport(part string) *Report { return &Report{part: part} }

// OK notes what is as it should be.
func (r *Report) OK(check, detail string) { r.add(check, OK, detail, "") }

// Warn notes what is missing.
func (r *Report) Warn(check, detail, fix string) { r.add(check, Warning, detail, fix) }

// Fail notes what does not work.
func (r *Report) Fail(check, detail, fix string) { r.add(check, Problem, detail, fix) }

func (r *Report) add(check string, status Status, detail, fix string) {
	r.findings = append(r.findings, Finding{Part: r.part, Check: check, Status: status, Detail: detail, Fix: fix})
}

// Findings are what was noted, in order.
func (r *Report) Findings() []Finding { return r.findings }

// Worst is the worst status among findings; OK for none.
func Worst(findings []Finding) Status {
	worst := OK
	for _, f := range findings {
		if f.Status == Problem || f.Status == Warning && worst == OK {
			worst = f.Status
		}
	}
	return worst
}
