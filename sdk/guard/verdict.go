package guard

import "fmt"

// Mode says what the lists of a filter mean.
type Mode string

// Modes of a filter. The zero value is ModeBlocklist.
const (
	// ModeBlocklist lets everybody in who is not on the block list.
	ModeBlocklist Mode = "blocklist"
	// ModeAllowlist lets nobody in who is not on the allow list.
	ModeAllowlist Mode = "allowlist"
	// ModeBoth lets in who is on the allow list, keeps out who is on the block list, and lets everybody else in.
	ModeBoth Mode = "both"
)

func (m Mode) check() error {
	switch m {
	case "", ModeBlocklist, ModeAllowlist, ModeBoth:
		return nil
	}
	return fmt.Errorf("mode %q is none of blocklist, allowlist, both", string(m))
}

// Reason says why a filter has decided as it has.
type Reason string

// Reasons, by PocketPing's names.
const (
	ReasonAllowlist      Reason = "allowlist"
	ReasonBlocklist      Reason = "blocklist"
	ReasonNotInAllowlist Reason = "not_in_allowlist"
	ReasonDefaultBot     Reason = "default_bot"
	ReasonCustom         Reason = "custom"
	ReasonDefault        Reason = "default"
	ReasonDisabled       Reason = "disabled"
)

// Result is what a filter has decided. Matched is the entry of a list that decided, empty where none did.
type Result struct {
	Allowed bool
	Reason  Reason
	Matched string
}

// Verdict is what a function of one's own decides about a request.
type Verdict int

// Verdicts. Defer leaves the decision to the lists.
const (
	Defer Verdict = iota
	Allow
	Deny
)

// decide asks the caller's own function, then the lists as the mode says. A list answers its matching entry, or "".
func decide(mode Mode, own Verdict, allow, block func() (entry string, reason Reason)) Result {
	switch own {
	case Allow:
		return Result{Allowed: true, Reason: ReasonCustom}
	case Deny:
		return Result{Reason: ReasonCustom}
	}
	if mode == ModeAllowlist || mode == ModeBoth {
		if entry, reason := allow(); entry != "" {
			return Result{true, reason, entry}
		}
		if mode == ModeAllowlist {
			return Result{Reason: ReasonNotInAllowlist}
		}
	}
	if entry, reason := block(); entry != "" {
		return Result{false, reason, entry}
	}
	return Result{Allowed: true, Reason: ReasonDefault}
}
