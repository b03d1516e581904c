package appearance

import (
	"strconv"
	"strings"

	"github.com/bellhop-chat/bellhop/internal/wire"
)

// Statuses of a widget's version.
const (
	OK          = "ok"
	Outdated    = "outdated"
	Deprecated  = "deprecated"
	Unsupported = "unsupported"
)

// Version is what a widget's version is worth here.
type Version struct {
	Status  string
	Message string
}

// Check judges a widget's version; an empty one is accepted silently, because others than widgets send none.
func (c *Config) Check(version string) Version {
	v := Version{Status: OK}
	switch {
	case version == "" || c.MinVersion == "" && c.LatestVersion == "":
	case c.MinVersion != "" && older(version, c.MinVersion):
		v = Version{Unsupported, "this version of the widget is no longer supported; the oldest that is, is " + c.MinVersion}
	case c.LatestVersion == "" || !older(version, c.LatestVersion):
	case part(version, 0) < part(c.LatestVersion, 0):
		v = Version{Deprecated, "this version of the widget will not be supported for long; the newest is " + c.LatestVersion}
	default:
		v = Version{Outdated, "there is a newer version of the widget: " + c.LatestVersion}
	}
	if v.Status != OK && c.VersionMessage != "" {
		v.Message = c.VersionMessage
	}
	return v
}

// Warning is what a widget of a version is told over its connection; nil for nothing.
func (c *Config) Warning(version string) *wire.VersionWarning {
	v := c.Check(version)
	severity := map[string]string{Outdated: "info", Deprecated: "warning", Unsupported: "error"}[v.Status]
	if severity == "" {
		return nil
	}
	return &wire.VersionWarning{
		Severity: severity, Message: v.Message, CurrentVersion: version, MinVersion: c.MinVersion, LatestVersion: c.LatestVersion,
		CanContinue: v.Status != Unsupported, UpgradeURL: c.UpgradeURL,
	}
}

// older compares part by part, as numbers.
func older(a, b string) bool {
	for i := range max(strings.Count(a, "."), strings.Count(b, ".")) + 1 {
		if x, y := part(a, i), part(b, i); x != y {
			return x < y
		}
	}
	return false
}

// part is one number of a version: what cannot be read is 0, and a pre-release's name is left out.
func part(version string, i int) uint64 {
	parts := strings.SplitN(strings.TrimPrefix(strings.TrimSpace(version), "v"), ".", i+2)
	if i >= len(parts) {
		return 0
	}
	digits := parts[i]
	if end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = digits[:end]
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// isVersion tells a version that an owner may configure.
func isVersion(s string) bool {
	for one := range strings.SplitSeq(strings.TrimPrefix(s, "v"), ".") {
		if _, err := strconv.ParseUint(one, 10, 32); err != nil {
			return false
		}
	}
	return len(s) <= 40
}
