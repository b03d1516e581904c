// Package attach gives the notifier the files of messages: their bytes, to be sent on to a platform, and signed links for what a
// platform does not take. It refuses to decide which: limits are each platform's own.
package attach
