// Package label makes one harmless line of what somebody else is called or says to be: names, titles, addresses. It refuses to
// escape anything: how a line is written so that it stays text is each platform's own matter.
package label
