// Package bridge takes in what a site's own backend reports of visitors that it serves itself, in the words of PocketPing's bridge
// server: typed events about sessions with the backend's own ids. The team sees them as it sees any visitor's.
//
// It refuses a visitor's words for a session that a widget holds here, because those come from the visitor's page alone; and it never
// says yes to what was not stored.
package bridge
