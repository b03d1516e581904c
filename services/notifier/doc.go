// Package notifier brings conversations to the platforms where operators are: it opens threads, posts, edits, deletes and closes,
// within what each platform allows. It receives nothing from a platform, and keeps nothing: what is to be sent is what the
// sessions service says is not there yet.
package notifier
