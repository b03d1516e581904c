package guard

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// UAOptions are the rules for User-Agents.
type UAOptions struct {
	// Mode says what the lists mean; ModeBlocklist when empty.
	Mode Mode
	// Allow and Block are patterns: words that a User-Agent contains, in any case, or a regular expression (RE2) between slashes,
	// such as /^mozilla.*chrome/, also in any case.
	Allow, Block []string
	// NoDefaultBots leaves out DefaultBots, which stand behind Block otherwise.
	NoDefaultBots bool
	// Custom decides before the lists do; optional.
	Custom func(userAgent string) Verdict
}

// UAFilter decides about User-Agents. It is safe for concurrent use.
type UAFilter struct {
	mode         Mode
	allow, block patterns
	bots         bool
	custom       func(string) Verdict
}

// NewUAFilter makes a filter. The error names every pattern that is empty or no regular expression.
func NewUAFilter(o UAOptions) (*UAFilter, error) {
	f := &UAFilter{mode: o.Mode, bots: !o.NoDefaultBots, custom: o.Custom}
	var problems [3]error
	problems[0] = o.Mode.check()
	f.allow, problems[1] = compile(o.Allow)
	f.block, problems[2] = compile(o.Block)
	if err := errors.Join(problems[:]...); err != nil {
		return nil, err
	}
	return f, nil
}

// Check decides about a User-Agent. A request without one is allowed: some privacy tools leave it out. A nil filter allows
// everything, with ReasonDisabled.
func (f *UAFilter) Check(userAgent string) Result {
	if f == nil {
		return Result{Allowed: true, Reason: ReasonDisabled}
	}
	own := Defer
	if f.custom != nil {
		own = f.custom(userAgent)
	}
	if userAgent == "" && own == Defer {
		return Result{Allowed: true, Reason: ReasonDefault}
	}
	lower := lowered(userAgent)
	return decide(f.mode, own,
		func() (string, Reason) { return f.allow.find(userAgent, lower), ReasonAllowlist },
		func() (string, Reason) {
			if pattern := f.block.find(userAgent, lower); pattern != "" {
				return pattern, ReasonBlocklist
			}
			if f.bots {
				return find(lower, defaultBots), ReasonDefaultBot
			}
			return "", ""
		})
}

// CheckUAFilter is Check of a filter that is used once. Who asks often makes a UAFilter.
func CheckUAFilter(userAgent string, o UAOptions) (Result, error) {
	f, err := NewUAFilter(o)
	if err != nil {
		return Result{}, err
	}
	return f.Check(userAgent), nil
}

// IsBot tells whether a User-Agent is one of DefaultBots.
func IsBot(userAgent string) bool { return find(lowered(userAgent), defaultBots) != "" }

// maxUserAgent is how much of a User-Agent is looked at: far more than any browser has, and a bound for what a pattern costs.
const maxUserAgent = 2048

func lowered(userAgent string) string {
	return strings.ToLower(userAgent[:min(len(userAgent), maxUserAgent)])
}

// find is the first of the words that a text contains, or "".
func find(lower string, words []string) string {
	for _, word := range words {
		if strings.Contains(lower, word) {
			return word
		}
	}
	return ""
}

// patterns are a list's entries as they were written, and what they look for.
type patterns []pattern

type pattern struct {
	written, word string
	regexp        *regexp.Regexp
}

// compile reads patterns: one between slashes, longer than the two of them, is a regular expression.
func compile(written []string) (patterns, error) {
	var all patterns
	var problems []error
	for _, w := range written {
		p := pattern{written: w, word: strings.ToLower(strings.TrimSpace(w))}
		switch trimmed := strings.TrimSpace(w); {
		case trimmed == "":
			problems = append(problems, errors.New("an empty pattern would match everything"))
		case len(trimmed) > 2 && strings.HasPrefix(trimmed, "/") && strings.HasSuffix(trimmed, "/"):
			var err error
			if p.regexp, err = regexp.Compile("(?i)" + trimmed[1:len(trimmed)-1]); err != nil {
				problems = append(problems, fmt.Errorf("pattern %s: %w", trimmed, err))
			}
		}
		all = append(all, p)
	}
	return all, errors.Join(problems...)
}

func (ps patterns) find(userAgent, lower string) string {
	userAgent = userAgent[:min(len(userAgent), maxUserAgent)]
	for _, p := range ps {
		if p.regexp != nil && p.regexp.MatchString(userAgent) || p.regexp == nil && strings.Contains(lower, p.word) {
			return p.written
		}
	}
	return ""
}
