// Package brief says in words what a team is shown of a visitor, a message or a notice, the same on every platform. It refuses
// to format or escape: where the words stand, and how they stay text there, is each platform's own matter.
package brief
