// Package check is how a platform or a part of Bellhop is found to be: findings that a person can act on. It refuses to mend
// anything, and to hold secrets: a finding may be printed and passed on.
package check
