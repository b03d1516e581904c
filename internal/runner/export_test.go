package runner

// What the tests look at from outside.
var (
	VersionOf = versionOf
)
