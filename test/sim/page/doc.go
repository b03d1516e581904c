// Package page is what the operators' pages of all simulators have in common: the style sheet and the script that they build on, how
// they are served, and the stream that tells an open one to look again. What a page shows, and what can be done in it, is its simulator's.
package page
