package runner

// What the tests look at from outside.
var (
	IsTerminal = isTerminal
	VersionOf  = versionOf
)
